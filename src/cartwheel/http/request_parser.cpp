#include "cartwheel/http/request_parser.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <boost/beast/http/error.hpp>
#include <charconv>

#include "cartwheel/base/text.h"

namespace cartwheel::http {
namespace {

namespace beast_http = boost::beast::http;

bool is_control(char c) noexcept { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }

std::string_view as_std(boost::beast::string_view text) { return {text.data(), text.size()}; }

Method method_of(beast_http::verb verb) noexcept {
    switch (verb) {
        case beast_http::verb::get: return Method::get;
        case beast_http::verb::head: return Method::head;
        case beast_http::verb::post: return Method::post;
        case beast_http::verb::put: return Method::put;
        case beast_http::verb::delete_: return Method::delete_;
        case beast_http::verb::patch: return Method::patch;
        case beast_http::verb::options: return Method::options;
        default: return Method::other;
    }
}

/// RFC 9110, section 7.2 and RFC 3986, section 3.2: a host name, IPv4 or bracketed IPv6 address, and a port if any.
bool is_host(std::string_view text) {
    if (text.empty()) return false;
    std::string_view port;
    std::string_view name = text;
    const auto is_alnum = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    if (text.front() == '[') {
        const auto end = text.find(']');
        if (end == std::string_view::npos || end < 3) return false;
        const auto inside = text.substr(1, end - 1);
        boost::system::error_code error;
        if (inside.contains('%')) return false;
        boost::asio::ip::make_address_v6(inside, error);
        if (error) return false;
        port = text.substr(end + 1);
        if (!port.empty() && port.front() != ':') return false;
    } else {
        const auto colon = text.find(':');
        if (colon != std::string_view::npos) {
            name = text.substr(0, colon);
            port = text.substr(colon);
        }
        const auto decoded = percent_decoded(name, false);
        if (name.empty() || !decoded) return false;
        if (!std::ranges::all_of(name, [&](char c) { return is_alnum(c) || std::string_view("-._~!$&'()*+;=%").contains(c); }))
            return false;
    }
    if (port.empty()) return true;
    port.remove_prefix(1);
    std::uint32_t number = 0;
    const auto [end, status] = std::from_chars(port.data(), port.data() + port.size(), number);
    return port.empty() || (status == std::errc{} && end == port.data() + port.size() && number <= 65'535);
}

}  // namespace

HeadScanner::State HeadScanner::scan(std::string_view received) noexcept {
    for (; at_ < received.size(); ++at_) {
        const char c = received[at_];
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) continue;
        if (c == '\r') {
            if (at_ + 1 == received.size()) break;  // what follows is not here yet
            if (received[at_ + 1] != '\n') return State::malformed;
            const bool empty_line = at_ == line_start_;
            ++at_;
            line_start_ = at_ + 1;
            if (empty_line && start_line_ > 0) {
                ++at_;
                return at_ - start_line_ > headers_bytes_max ? State::headers_too_large : State::complete;
            }
            if (empty_line) return State::malformed;  // the connection skips blank lines before a request
            if (start_line_ == 0) start_line_ = line_start_;
            continue;
        }
        // A line that begins with a blank would be a fold (RFC 9112, section 5.2) or blanks before the first header (section 2.2).
        if (c == '\t' && at_ != line_start_ && start_line_ > 0) continue;
        return State::malformed;
    }
    if (start_line_ == 0 && received.size() > target_bytes_max + 64) return State::target_too_long;
    if (start_line_ > 0 && received.size() - start_line_ > headers_bytes_max) return State::headers_too_large;
    return State::incomplete;
}

RequestParser::RequestParser(Request& request) : request_(request) {
    eager(false);
    header_limit(static_cast<std::uint32_t>(target_bytes_max + headers_bytes_max + 1024));
    body_limit(boost::none);
}

int RequestParser::read_head(std::string_view head) {
    // Folds: Beast would join them.
    if (head.find("\n ") != std::string_view::npos) return 400;
    boost::beast::error_code error;
    put(boost::asio::buffer(head), error);
    if (status_ == 0 && (error || !is_header_done())) status_ = 400;
    return status_;
}

void RequestParser::refuse(int status, code& error) {
    status_ = status;
    error = beast_http::error::bad_field;
}

void RequestParser::on_request_impl(verb method, view, view target, int version, code& error) {
    request_.method = method_of(method);
    request_.http_1_1 = version >= 11;
    if (target.size() > target_bytes_max) return refuse(414, error);
    if (!take_target(as_std(target))) return refuse(400, error);
}

/// RFC 9112, section 3.2: origin-form, or absolute-form whose authority replaces Host; `*` only for OPTIONS.
bool RequestParser::take_target(std::string_view target) {
    const auto is_plain = [](char c) { return c > 0x20 && c < 0x7f && c != '#'; };
    if (!std::ranges::all_of(target, is_plain)) return false;
    request_.target = target;
    if (target == "*") {
        request_.raw_path = target;
        return request_.method == Method::options;
    }
    if (!target.starts_with('/')) {
        const auto scheme = target.find("://");
        if (scheme == std::string_view::npos || !equal_ignoring_case(target.substr(0, scheme), "http")) return false;
        const auto authority = target.substr(scheme + 3);
        const auto path = authority.find_first_of("/?");
        request_.host = authority.substr(0, path);
        if (!is_host(request_.host)) return false;
        target = path == std::string_view::npos ? std::string_view("/") : authority.substr(path);
        if (target.starts_with('?')) return false;
    }
    const auto question = target.find('?');
    request_.raw_path = target.substr(0, question);
    request_.query = question == std::string_view::npos ? std::string_view{} : target.substr(question + 1);
    return true;
}

void RequestParser::on_field_impl(field name, view name_text, view value_text, code& error) {
    const auto value = as_std(value_text);
    if (std::ranges::any_of(value, is_control)) return refuse(400, error);
    switch (name) {
        case field::host:
            ++hosts_;
            if (!is_host(value)) return refuse(400, error);
            if (request_.host.empty()) request_.host = value;
            break;
        case field::content_length: {
            std::uint64_t length = 0;
            const auto [end, status] = std::from_chars(value.data(), value.data() + value.size(), length);
            if (value.empty() || status != std::errc{} || end != value.data() + value.size()) return refuse(400, error);
            if (request_.content_length && *request_.content_length != length) return refuse(400, error);
            request_.content_length = length;
            break;
        }
        case field::transfer_encoding:
            ++transfer_encodings_;
            if (transfer_encodings_ > 1 || !equal_ignoring_case(value, "chunked")) return refuse(400, error);
            request_.is_chunked = true;
            break;
        case field::connection: take_connection(value); break;
        case field::expect:
            if (!equal_ignoring_case(value, "100-continue")) return refuse(417, error);
            request_.expects_continue = request_.http_1_1;
            break;
        default: break;
    }
    request_.headers.push_back({as_std(name_text), value});
}

void RequestParser::take_connection(std::string_view value) {
    while (!value.empty()) {
        const auto comma = value.find(',');
        auto option = value.substr(0, comma);
        value = comma == std::string_view::npos ? std::string_view{} : value.substr(comma + 1);
        while (!option.empty() && (option.front() == ' ' || option.front() == '\t')) option.remove_prefix(1);
        while (!option.empty() && (option.back() == ' ' || option.back() == '\t')) option.remove_suffix(1);
        if (equal_ignoring_case(option, "close")) closes_ = true;
        if (equal_ignoring_case(option, "keep-alive")) keeps_ = true;
    }
}

void RequestParser::on_header_impl(code& error) {
    if (hosts_ > 1 || (hosts_ == 0 && request_.http_1_1)) return refuse(400, error);
    if (request_.is_chunked && (request_.content_length || !request_.http_1_1)) return refuse(400, error);
    request_.keep_alive = !closes_ && (request_.http_1_1 || keeps_);
}

}  // namespace cartwheel::http
