#pragma once
// Reads requests of HTTP/1.1 (RFC 9112) out of a buffer: Beast's parser, and before it the checks that Beast does not make.
// One parser a request; used by one thread.

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "cartwheel/http/message.h"

namespace cartwheel::http {

/// Limits on a request's head, in bytes.
inline constexpr std::size_t target_bytes_max = 8 * 1024;
inline constexpr std::size_t headers_bytes_max = 16 * 1024;

/// Looks for the end of a request's head in bytes that arrive piece by piece, and refuses what no head may hold.
class HeadScanner {
public:
    enum class State : std::uint8_t { incomplete, complete, malformed, target_too_long, headers_too_large };

    /// Goes on in `received`, all bytes of this request so far. `complete`: head_bytes() of them are the head.
    State scan(std::string_view received) noexcept;
    std::size_t head_bytes() const noexcept { return at_; }

private:
    std::size_t at_ = 0;          ///< bytes looked at
    std::size_t line_start_ = 0;  ///< of the line that `at_` stands in
    std::size_t start_line_ = 0;  ///< bytes of the request line with its CRLF; 0 while it is not complete
};

/// A head that HeadScanner found complete.
class RequestParser : public boost::beast::http::basic_parser<true> {
public:
    explicit RequestParser(Request& request);

    /// The status to refuse with, or 0. `head` must stay where it is as long as the request lives.
    int read_head(std::string_view head);

private:
    using verb = boost::beast::http::verb;
    using field = boost::beast::http::field;
    using view = boost::beast::string_view;
    using code = boost::beast::error_code;

    void on_request_impl(verb, view method, view target, int version, code& error) override;
    void on_response_impl(int, view, int, code&) override {}
    void on_field_impl(field name, view name_text, view value, code& error) override;
    void on_header_impl(code& error) override;
    void on_body_init_impl(const boost::optional<std::uint64_t>&, code&) override {}
    std::size_t on_body_impl(view body, code&) override { return body.size(); }
    void on_chunk_header_impl(std::uint64_t, view, code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, view body, code&) override { return body.size(); }
    void on_finish_impl(code&) override {}

    void refuse(int status, code& error);
    bool take_target(std::string_view target);
    void take_connection(std::string_view value);

    Request& request_;
    int status_ = 0;
    int hosts_ = 0;
    int transfer_encodings_ = 0;
    bool closes_ = false;
    bool keeps_ = false;
};

}  // namespace cartwheel::http
