#pragma once
// Where a server is, as people write it: http://127.0.0.1:8000. A value.

#include <cstdint>
#include <string>
#include <string_view>

#include "cartwheel/base/error.h"

namespace cartwheel::client {

struct Address {
    std::string host;  ///< a name or an address, without brackets
    std::uint16_t port = 80;

    /// `http://host`, `http://host:port`, `http://[::1]:port`, with a slash behind or not. Errors: invalid.
    static Result<Address> parse(std::string_view url);

    /// As a Host header wants it: `127.0.0.1:8000`, `[::1]:8000`.
    std::string authority() const;
    std::string url() const { return "http://" + authority(); }

    friend bool operator==(const Address&, const Address&) = default;
};

/// `text` as one segment of a path, percent-encoded.
std::string path_segment(std::string_view text);

}  // namespace cartwheel::client
