#include "cartwheel/http/connection.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <charconv>
#include <cstring>
#include <limits>

#include "cartwheel/http/answer_head.h"
#include "cartwheel/http/errors.h"
#include "cartwheel/http/request_parser.h"

namespace cartwheel::http {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

constexpr std::size_t small_buffer_bytes = 1024;   // what an idle connection keeps
constexpr std::size_t large_buffer_bytes = 8192;   // buffers beyond this are given back when the connection is idle
constexpr std::size_t piece_bytes = 64 * 1024;     // of a streamed body
constexpr std::size_t linger_bytes_max = 8 * 1024 * 1024;
constexpr std::chrono::milliseconds linger_timeout{2'000};

/// Takes a socket error as a value: (error, bytes).
constexpr auto as_value = asio::as_tuple(use_task);

void shrink(std::string& buffer) {
    if (buffer.capacity() > large_buffer_bytes) std::string().swap(buffer);
}

/// Browsers say where a request's page is from (Sec-Fetch-Site, W3C Fetch Metadata) and let no script write that header; who is no browser
/// sends none. Pages of other sites can send some writes without asking, to a shop on the same machine as well.
bool is_from_another_site(const Request& request) {
    if (request.method == Method::get || request.method == Method::head || request.method == Method::options) return false;
    const auto site = request.header("sec-fetch-site");
    return site && *site != "same-origin" && *site != "none";
}

}  // namespace

Connection::Connection(Socket socket, Worker& worker) : socket_(std::move(socket)), worker_(worker) {
    set_deadline(worker_.settings().idle_timeout);
    worker_.enter(*this);
}

Connection::~Connection() { worker_.leave(*this); }

void Connection::look_at_clock(steady_clock::time_point now) {
    if (now >= deadline_ && phase_ != Phase::handling) {
        timed_out_ = true;
        boost::system::error_code ignored;
        socket_.cancel(ignored);
        return;
    }
    if (phase_ == Phase::idle) {
        shrink(head_);
        shrink(out_);
        shrink(body_);
        shrink(response.body);
    }
}

void Connection::abandon() {
    boost::system::error_code ignored;
    socket_.close(ignored);
}

Task<void> Connection::run() {
    boost::system::error_code error;
    socket_.non_blocking(true, error);
    socket_.set_option(asio::ip::tcp::no_delay(true), error);
    if (error) co_return;
    while (co_await serve_one()) {
    }
    if (lingers_ && socket_.is_open()) co_await linger();
    socket_.close(error);
}

/// One request and its answer. False: the connection ends.
Task<bool> Connection::serve_one() {
    request.clear();
    response.clear();
    route_ = nullptr;
    stream_begun_ = stream_failed_ = framing_is_broken_ = is_endless_ = false;
    keep_alive_ = true;
    if (!co_await read_head()) co_return false;

    const auto begun = steady_clock::now();
    if (response.status == 200) {
        if (worker_.may_begin_request()) {
            worker_.begin_request();
            co_await dispatch();
            if (!is_endless_) worker_.end_request();
        } else {
            worker_.metrics().requests_shed.add(1);
            response.add_header("Retry-After", "1");
            refuse(503, "Too many requests at once; try again soon");
        }
    }
    served_any_ = true;
    bool goes_on = !stream_failed_;
    if (stream_begun_) {
        goes_on = co_await end_stream();
    } else if (goes_on) {
        write_answer();
        const auto sent = send_now(out_);
        goes_on = sent && (*sent == out_.size() || co_await send_rest(std::string_view(out_).substr(*sent)));
    }
    count(begun);
    co_return goes_on&& keep_alive_;
}

Task<bool> Connection::fill(std::size_t room) {
    if (begin_ == end_) begin_ = end_ = 0;
    if (in_.size() - end_ < room) {
        // Nothing points into the buffer when more is read: a head that is complete was detached.
        if (begin_ > 0) {
            std::memmove(in_.data(), in_.data() + begin_, end_ - begin_);
            end_ -= begin_;
            begin_ = 0;
        }
        if (in_.size() - end_ < room) in_.resize(end_ + room);
    }
    const auto [error, bytes] = co_await socket_.async_read_some(asio::buffer(in_.data() + end_, in_.size() - end_), as_value);
    if (error || bytes == 0) co_return false;
    end_ += bytes;
    worker_.metrics().bytes_in.add(bytes);
    co_return true;
}

/// Reads a request's head. False: nothing more is to be read or said. A refused request leaves its answer in `response`.
Task<bool> Connection::read_head() {
    if (begin_ == end_ && in_.size() > large_buffer_bytes) {
        std::string().swap(in_);
        begin_ = end_ = 0;
    }
    phase_ = Phase::idle;
    set_deadline(worker_.settings().idle_timeout);
    HeadScanner scanner;
    auto state = HeadScanner::State::incomplete;
    for (int blank_lines = 0;;) {
        // RFC 9112, section 2.2: an empty line before a request is to be ignored. At most two of them.
        while (end_ - begin_ >= 2 && in_[begin_] == '\r' && in_[begin_ + 1] == '\n' && blank_lines < 2) {
            begin_ += 2;
            ++blank_lines;
        }
        if (end_ > begin_) {
            if (phase_ == Phase::idle) {
                phase_ = Phase::head;
                set_deadline(worker_.settings().header_timeout);
            }
            state = scanner.scan({in_.data() + begin_, end_ - begin_});
            if (state != HeadScanner::State::incomplete) break;
        } else if (worker_.stopping()) {
            co_return false;
        }
        // The client has the answer only now: serve those who are ready first. Asking the kernel at once would mostly be in vain, and
        // that is a fifth of the system calls of a busy server (docs/adr/0007-strict-http.md).
        if (phase_ == Phase::idle && served_any_) co_await asio::post(worker_.context(), use_task);
        if (co_await fill(in_.empty() ? small_buffer_bytes : std::max<std::size_t>(256, in_.size() - end_))) continue;
        if (!timed_out_ || phase_ == Phase::idle) co_return false;
        refuse(408, "The request did not arrive in time");
        co_return true;
    }
    switch (state) {
        case HeadScanner::State::target_too_long: refuse(414, "The request target is longer than 8 KiB"); co_return true;
        case HeadScanner::State::headers_too_large: refuse(431, "The request headers are larger than 16 KiB"); co_return true;
        case HeadScanner::State::complete: break;
        default: refuse(400, "Invalid HTTP request received"); co_return true;
    }
    const std::string_view head(in_.data() + begin_, scanner.head_bytes());
    begin_ += head.size();
    if (const int status = RequestParser(request).read_head(head); status != 0) {
        refuse(status, status == 417   ? "This expectation cannot be met"
                       : status == 414 ? "The request target is longer than 8 KiB"
                                       : "Invalid HTTP request received");
        co_return true;
    }
    keep_alive_ = request.keep_alive;
    co_return true;
}

Task<void> Connection::dispatch() {
    std::string_view path = request.raw_path;
    if (path.contains('%')) {
        auto decoded = percent_decoded(path, false);
        if (!decoded) {
            refuse(400, "The path has a broken percent escape");
            co_return;
        }
        path_ = std::move(*decoded);
        path = path_;
    }
    const auto match = worker_.router().find(request.method, path);
    if (match) {
        route_ = match->route;
        path_parameters = match->parameters;
    }
    if (is_from_another_site(request)) {
        refuse(403, "A page of another site may not change anything here");
        co_return;
    }
    const bool streams = match && match->route->streams_body;
    if (streams) {
        detach_head();
        body_left_ = request.content_length.value_or(0);
        chunks_.emplace(std::numeric_limits<std::uint64_t>::max());
        chunks_end_ = false;
    } else if (!body_is_complete() && !co_await read_body()) {
        co_return;
    }
    if (match) {
        phase_ = Phase::handling;
        try {
            co_await match->route->handler->run(*this);
        } catch (const std::exception& error) {
            if (worker_.settings().log_error) worker_.settings().log_error(error.what());
            if (stream_begun_) stream_failed_ = true;
            else refuse(500, "Internal Server Error");
        }
        end_watch();
        if (streams && !stream_failed_ && !framing_is_broken_ && !co_await drain_body()) keep_alive_ = false;
        if (framing_is_broken_ && stream_begun_) stream_failed_ = true;
        else if (framing_is_broken_) refuse(400, "The body's chunks are malformed");
        co_return;
    }
    if (auto location = worker_.router().slash_redirect(request)) {
        response.status = 307;
        response.content_type = {};
        response.add_header("Location", std::move(*location));
        co_return;
    }
    const auto allowed = worker_.router().allowed(path);
    if (allowed.empty()) {
        write_detail(response, 404, "Not Found");
    } else {
        write_detail(response, 405, "Method Not Allowed");
        response.add_header("Allow", allowed);
    }
}

/// Whether there is no body, or it came with the head: the common case, without a copy.
bool Connection::body_is_complete() const noexcept { return !request.is_chunked && request.content_length.value_or(0) == 0; }

Task<bool> Connection::read_body() {
    const auto body_bytes_max = worker_.settings().body_bytes_max;
    if (request.content_length.value_or(0) > body_bytes_max) {
        refuse(413, "The body is larger than " + std::to_string(body_bytes_max) + " bytes");
        co_return false;
    }
    if (request.is_chunked) co_return co_await read_chunked_body();
    const auto length = static_cast<std::size_t>(*request.content_length);
    if (end_ - begin_ >= length) {
        request.body = {in_.data() + begin_, length};
        begin_ += length;
        co_return true;
    }
    detach_head();
    phase_ = Phase::body;
    if (!co_await ask_for_body()) co_return false;
    body_.assign(in_.data() + begin_, end_ - begin_);
    begin_ = end_;
    while (body_.size() < length) {
        set_deadline(worker_.settings().body_timeout);
        const auto have = body_.size();
        body_.resize(std::min(length, have + piece_bytes));
        const auto [error, bytes] = co_await socket_.async_read_some(asio::buffer(body_.data() + have, body_.size() - have), as_value);
        body_.resize(have + bytes);
        worker_.metrics().bytes_in.add(bytes);
        if (error || bytes == 0) co_return body_is_cut();
    }
    request.body = body_;
    co_return true;
}

Task<bool> Connection::read_chunked_body() {
    detach_head();
    phase_ = Phase::body;
    if (!co_await ask_for_body()) co_return false;
    body_.clear();
    const auto body_bytes_max = worker_.settings().body_bytes_max;
    chunks_.emplace(body_bytes_max);
    for (;;) {
        const auto state = take_chunks();
        if (state == ChunkDecoder::State::end) break;
        if (state == ChunkDecoder::State::too_large) {
            refuse(413, "The body is larger than " + std::to_string(body_bytes_max) + " bytes");
            co_return false;
        }
        if (state == ChunkDecoder::State::malformed) {
            refuse(400, "The body's chunks are malformed");
            co_return false;
        }
        set_deadline(worker_.settings().body_timeout);
        if (!co_await fill(large_buffer_bytes)) co_return body_is_cut();
    }
    request.body = body_;
    co_return true;
}

/// Decodes what has arrived of a chunked body into `body_`.
ChunkDecoder::State Connection::take_chunks() {
    std::size_t used = 0;
    const auto state = chunks_->feed({in_.data() + begin_, end_ - begin_}, body_, used);
    begin_ += used;
    return state;
}

/// A body that ended early: too slow is told, a client that went away is not.
bool Connection::body_is_cut() {
    if (timed_out_) refuse(408, "The body did not arrive in time");
    else stream_failed_ = true;
    keep_alive_ = false;
    return false;
}

/// Keeps the head where it is, for the request's views into it, and goes on reading into another buffer.
void Connection::detach_head() {
    head_.swap(in_);
    in_.assign(head_, begin_, end_ - begin_);
    begin_ = 0;
    end_ = in_.size();
}

/// RFC 9110, section 10.1.1.
Task<bool> Connection::ask_for_body() {
    if (!request.expects_continue || end_ > begin_) co_return true;
    request.expects_continue = false;
    co_return co_await send("HTTP/1.1 100 Continue\r\n\r\n");
}

Task<Result<std::string_view>> Connection::read_piece() {
    phase_ = Phase::body;
    if (!co_await ask_for_body()) co_return fail(Error::unavailable("The client went away"));
    body_.clear();
    for (;;) {
        if (request.is_chunked ? chunks_end_ : body_left_ == 0) break;
        const std::string_view ready(in_.data() + begin_, end_ - begin_);
        if (request.is_chunked) {
            const auto state = take_chunks();
            if (state == ChunkDecoder::State::malformed || state == ChunkDecoder::State::too_large) {
                framing_is_broken_ = true;
                co_return fail(Error::invalid("The body's chunks are malformed"));
            }
            chunks_end_ = state == ChunkDecoder::State::end;
            if (!body_.empty()) co_return std::string_view(body_);
            if (chunks_end_) break;
        } else if (!ready.empty()) {
            const auto bytes = static_cast<std::size_t>(std::min<std::uint64_t>(ready.size(), body_left_));
            begin_ += bytes;
            body_left_ -= bytes;
            body_.assign(ready.substr(0, bytes));
            co_return std::string_view(body_);
        }
        set_deadline(worker_.settings().body_timeout);
        if (!co_await fill(piece_bytes)) {
            keep_alive_ = false;
            stream_failed_ = true;
            co_return fail(Error::unavailable("The body did not arrive whole"));
        }
    }
    phase_ = Phase::handling;
    co_return std::string_view{};
}

/// Reads what a streaming handler left of the body, so that the next request can be found; false when that is not worth it.
Task<bool> Connection::drain_body() {
    std::size_t drained = 0;
    while (drained < linger_bytes_max) {
        const auto piece = co_await read_piece();
        if (!piece) co_return false;
        if (piece->empty()) co_return true;
        drained += piece->size();
    }
    lingers_ = true;
    co_return false;
}

void Connection::refuse(int status, std::string_view detail) {
    write_detail(response, status, detail);
    const bool client_is_at_fault = status >= 400 && status < 500;
    if (client_is_at_fault || !body_is_complete()) {
        keep_alive_ = false;
        lingers_ = true;
    }
}

void Connection::append_head(std::optional<std::size_t> body_bytes) {
    // The end of an HTTP/1.0 stream is the end of the connection.
    if (response.close || worker_.stopping() || (!body_bytes && !request.http_1_1)) keep_alive_ = false;
    append_answer_head(out_, request, response, {.body_bytes = body_bytes, .date = worker_.date(), .keep_alive = keep_alive_},
                       [this](std::string& out) { worker_.append_request_id(out); });
}

/// Writes the answer into `out_`.
void Connection::write_answer() {
    phase_ = Phase::answering;
    out_.clear();
    append_head(response.body.size());
    if (request.method != Method::head && response.status != 304) out_ += response.body;
}

/// Closing with unread bytes would reset the connection and could take the answer with it: say the end, then read on for a while.
Task<void> Connection::linger() {
    phase_ = Phase::closing;
    boost::system::error_code error;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
    set_deadline(linger_timeout);
    timed_out_ = false;
    begin_ = end_ = 0;
    for (std::size_t total = 0; !error && total < linger_bytes_max && !worker_.stopping();) {
        in_.resize(large_buffer_bytes);
        const auto [failed, bytes] = co_await socket_.async_read_some(asio::buffer(in_), as_value);
        if (failed || bytes == 0) break;
        total += bytes;
    }
}

void Connection::count(steady_clock::time_point begun) {
    const auto& routes = worker_.router().routes();
    const auto took = steady_clock::now() - begun;
    const auto index = route_ != nullptr ? static_cast<std::size_t>(route_ - routes.data()) : routes.size();
    worker_.metrics().count_request(index, response.status, took);
    if (!worker_.settings().log_request) return;
    worker_.settings().log_request({.method = name_of(request.method),
                                    .target = request.target,
                                    .status = response.status,
                                    .answer_bytes = out_.size(),
                                    .took = std::chrono::duration_cast<std::chrono::microseconds>(took),
                                    .request_id = request.header("x-request-id").value_or("-")});
}

}  // namespace cartwheel::http
