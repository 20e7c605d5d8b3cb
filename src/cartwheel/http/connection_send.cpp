// The part of a connection that sends: what is ready at once, what has to wait for the client, and answers that go piece by piece.

#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <cerrno>
#include <charconv>

#include "cartwheel/http/connection.h"

namespace cartwheel::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t stream_flush_bytes = 32 * 1024;
constexpr std::size_t endless_buffer_bytes = 8192;           // more is given back: most endless answers rest most of the time
constexpr std::chrono::milliseconds last_send_timeout{500};  // of an endless answer, when the service stops

}  // namespace

void Connection::begin_stop() {
    if (phase_ == Phase::idle) abandon();
    else if (is_endless_ && phase_ == Phase::answering) set_deadline(last_send_timeout);
}

Task<Result<void>> Connection::write_piece(std::string_view piece) {
    if (!stream_begun_) {
        stream_begun_ = true;
        out_.clear();
        append_head(std::nullopt);
    }
    if (request.method == Method::head) co_return fail(Error::unavailable("HEAD has no body"));
    if (!piece.empty()) {
        if (request.http_1_1) {
            char digits[24];
            const auto end = std::to_chars(digits, digits + sizeof digits, piece.size(), 16).ptr;
            out_.append(digits, end);
            out_ += "\r\n";
        }
        out_ += piece;
        if (request.http_1_1) out_ += "\r\n";
    }
    if (out_.size() < stream_flush_bytes) co_return Result<void>{};
    co_return co_await flush();
}

Task<Result<void>> Connection::flush() {
    const bool sent = co_await send(out_);
    out_.clear();
    if (is_endless_ && out_.capacity() > endless_buffer_bytes) std::string().swap(out_);
    phase_ = Phase::handling;
    if (sent) co_return Result<void>{};
    stream_failed_ = true;
    co_return fail(timed_out_ ? Error::deadline("The client is too slow") : Error::unavailable("The client went away"));
}

void Connection::watch_client(std::function<void()> on_gone) {
    watch_ = std::make_shared<Watch>(Watch{this, std::move(on_gone)});
    look_at_client(watch_);
}

void Connection::look_at_client(const std::shared_ptr<Watch>& watch) {
    watch->connection->socket_.async_wait(Socket::wait_read, [watch](const boost::system::error_code& error) {
        if (watch->connection == nullptr) return;
        // An error means that this side has given the connection up.
        if (!error) {
            // Bytes are another request, which is looked at when its turn comes; after them nothing can be told from here.
            char byte = 0;
            const auto found = ::recv(watch->connection->socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
            if (found > 0) return;
            if (found < 0 && (errno == EAGAIN || errno == EINTR)) return look_at_client(watch);
        }
        watch->connection->keep_alive_ = false;
        watch->on_gone();
    });
}

void Connection::end_watch() {
    if (!watch_) return;
    watch_->connection = nullptr;
    watch_.reset();
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

void Connection::become_endless() {
    if (std::exchange(is_endless_, true)) return;
    worker_.end_request();
}

Task<bool> Connection::end_stream() {
    if (stream_failed_) co_return false;  // no end mark: the client sees that it is not whole
    if (request.http_1_1 && request.method != Method::head) out_ += "0\r\n\r\n";
    co_return co_await send(out_);
}

/// Sends what the socket takes at once, which nearly always is everything. The bytes sent; none: the client is gone.
std::optional<std::size_t> Connection::send_now(std::string_view bytes) {
    boost::system::error_code error;
    const auto sent = socket_.write_some(asio::buffer(bytes), error);
    if (error && error != asio::error::would_block) return std::nullopt;
    worker_.metrics().bytes_out.add(bytes.size());
    return error ? 0 : sent;
}

Task<bool> Connection::send(std::string_view bytes) {
    const auto sent = send_now(bytes);
    if (!sent) co_return false;
    co_return co_await send_rest(bytes.substr(*sent));
}

/// Waits for a client whose window is full.
Task<bool> Connection::send_rest(std::string_view rest) {
    set_deadline(is_endless_ && worker_.stopping() ? last_send_timeout : worker_.settings().body_timeout);
    while (!rest.empty()) {
        phase_ = Phase::answering;
        if (!is_endless_) set_deadline(worker_.settings().body_timeout);
        const auto [failed, written] = co_await socket_.async_write_some(asio::buffer(rest), asio::as_tuple(use_task));
        if (failed) co_return false;
        rest.remove_prefix(written);
    }
    co_return true;
}

}  // namespace cartwheel::http
