#pragma once
// What a server is told at start.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace cartwheel::http {

/// What one line of the request log tells.
struct RequestLine {
    std::string_view method;
    std::string_view target;
    int status;
    std::size_t answer_bytes;
    std::chrono::microseconds took;
    std::string_view request_id;
};

struct ServerSettings {
    std::string address = "127.0.0.1";  ///< numeric, IPv4 or IPv6
    std::uint16_t port = 8000;          ///< 0: a free one
    unsigned threads = 1;

    std::chrono::milliseconds header_timeout{10'000};  ///< from the first byte of a request to the end of its headers
    std::chrono::milliseconds body_timeout{30'000};    ///< for the next part of a body to arrive, and of an answer to leave
    std::chrono::milliseconds idle_timeout{75'000};    ///< between requests
    std::chrono::milliseconds stop_timeout{10'000};    ///< for running requests to end

    std::size_t connections_max = 20'000;
    std::size_t requests_max = 8'192;                    ///< being worked on at once
    std::size_t body_bytes_max = std::size_t{1} << 20;  ///< of a body that is not streamed

    std::function<void(const RequestLine&)> log_request;  ///< empty: no request log; called on io threads, must not block
    std::function<void(std::string_view)> log_error;      ///< an exception that reached the request pipeline: a bug
};

}  // namespace cartwheel::http
