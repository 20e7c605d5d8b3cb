#pragma once
// A request as it came and an answer as it goes. A request's views point into the connection's buffer and live as long as the exchange.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cartwheel::http {

enum class Method : std::uint8_t { get, head, post, put, delete_, patch, options, other };
std::string_view name_of(Method method) noexcept;

struct Header {
    std::string_view name;
    std::string_view value;  ///< without blanks around it
};

struct Request {
    Method method = Method::get;
    bool http_1_1 = true;
    bool keep_alive = true;
    bool expects_continue = false;
    bool is_chunked = false;
    std::optional<std::uint64_t> content_length;
    std::string_view target;  ///< as it came, path and query
    std::string_view raw_path;
    std::string_view query;    ///< behind the `?`, undecoded
    std::string_view host;     ///< of the Host header, or of an absolute target
    std::string_view body;     ///< whole, unless the route streams it
    std::vector<Header> headers;

    /// The last header of that name, whatever the case of its letters.
    std::optional<std::string_view> header(std::string_view name) const noexcept;

    /// The last query parameter of that name, decoded. None when it is absent.
    std::optional<std::string> query_parameter(std::string_view name) const;

    void clear();
};

struct Response {
    int status = 200;
    std::string_view content_type = "application/json";  ///< static text; empty: none
    std::string body;
    std::vector<std::pair<std::string_view, std::string>> headers;  ///< further ones; names are static text
    bool close = false;                                              ///< close the connection after it

    void add_header(std::string_view name, std::string value) { headers.emplace_back(name, std::move(value)); }
    void clear();
};

/// The standard words for a status (RFC 9110, section 15).
std::string_view reason_of(int status) noexcept;

/// Percent-decoding (RFC 3986, section 2.1); none when an escape is broken. `plus_is_space` as in queries of forms.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space);

/// Percent-encodes all but RFC 3986's unreserved characters.
std::string percent_encoded(std::string_view text);

}  // namespace cartwheel::http
