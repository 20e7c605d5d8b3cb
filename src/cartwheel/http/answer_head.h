#pragma once
// The status line and headers of an answer (RFC 9112, section 4), appended by hand into a buffer that is used again. Pure; any thread.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "cartwheel/http/message.h"

namespace cartwheel::http {

struct AnswerHead {
    std::optional<std::size_t> body_bytes;  ///< none: the body comes in chunks
    std::string_view date;                  ///< as the Date header has it
    bool keep_alive;
};

/// Whether a client's X-Request-Id may be sent back: 1 to 128 visible ASCII characters.
bool is_request_id(std::string_view text) noexcept;

/// Appends everything up to the body. The request's own id goes back; without one `append_new_id` makes one.
template <class AppendNewId>
void append_answer_head(std::string& out, const Request& request, const Response& response, const AnswerHead& head,
                        AppendNewId append_new_id);

namespace detail {
void append_front(std::string& out, const Request& request, const Response& response, const AnswerHead& head);
void append_back(std::string& out, const Request& request, const Response& response, const AnswerHead& head);
}  // namespace detail

template <class AppendNewId>
void append_answer_head(std::string& out, const Request& request, const Response& response, const AnswerHead& head,
                        AppendNewId append_new_id) {
    detail::append_front(out, request, response, head);
    out += "\r\nX-Request-Id: ";
    if (const auto id = request.header("x-request-id"); id && is_request_id(*id)) out += *id;
    else append_new_id(out);
    detail::append_back(out, request, response, head);
}

}  // namespace cartwheel::http
