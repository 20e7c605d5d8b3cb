#include "cartwheel/http/answer_head.h"

#include <algorithm>
#include <charconv>

namespace cartwheel::http {

bool is_request_id(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 128 && std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

namespace detail {

void append_front(std::string& out, const Request& request, const Response& response, const AnswerHead& head) {
    char digits[24];
    const auto append_number = [&](std::size_t number) { out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr); };
    out += "HTTP/1.1 ";
    append_number(static_cast<std::size_t>(response.status));
    out += ' ';
    out += reason_of(response.status);
    out += "\r\nDate: ";
    out += head.date;
    if (!response.content_type.empty()) {
        out += "\r\nContent-Type: ";
        out += response.content_type;
    }
    if (!head.body_bytes) {
        if (request.http_1_1) out += "\r\nTransfer-Encoding: chunked";
    } else if (response.status != 304) {
        out += "\r\nContent-Length: ";
        append_number(*head.body_bytes);
    }
}

void append_back(std::string& out, const Request& request, const Response& response, const AnswerHead& head) {
    for (const auto& [name, value] : response.headers) {
        out += "\r\n";
        out += name;
        out += ": ";
        out += value;
    }
    if (!head.keep_alive) out += "\r\nConnection: close";
    else if (!request.http_1_1) out += "\r\nConnection: keep-alive";
    out += "\r\n\r\n";
}

}  // namespace detail
}  // namespace cartwheel::http
