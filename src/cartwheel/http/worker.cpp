#include "cartwheel/http/worker.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/write.hpp>
#include <cstring>

#include "cartwheel/base/time.h"
#include "cartwheel/base/uuid.h"
#include "cartwheel/http/answer_head.h"
#include "cartwheel/http/connection.h"
#include "cartwheel/http/errors.h"

namespace cartwheel::http {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::milliseconds sweep_interval{100};
std::size_t share_of(std::size_t total, unsigned threads) { return std::max<std::size_t>(1, total / std::max(1U, threads)); }

Task<void> run_connection(Socket socket, Worker& worker) {
    Connection connection(std::move(socket), worker);
    co_await connection.run();
}

}  // namespace

struct Worker::ConnectionList {
    boost::intrusive::list<Connection> connections;
};

Worker::Worker(const ServerSettings& settings, const Router& router)
    : settings_(settings),
      router_(router),
      metrics_(router.routes().size()),
      group_(context_.get_executor(),
             [this](std::exception_ptr error) {
                 if (!settings_.log_error) return;
                 try {
                     std::rethrow_exception(std::move(error));
                 } catch (const std::exception& known) {
                     settings_.log_error(known.what());
                 } catch (...) {
                     settings_.log_error("unknown exception");
                 }
             }),
      sweep_timer_(context_.get_executor()),
      connections_share_(share_of(settings.connections_max, settings.threads)),
      requests_share_(share_of(settings.requests_max, settings.threads)),
      open_(std::make_unique<ConnectionList>()) {
    std::memcpy(&request_id_, Uuid::random().bytes().data(), sizeof request_id_);
}

Worker::~Worker() = default;

void Worker::begin(Acceptor acceptor) {
    acceptor_.emplace(std::move(acceptor));
    group_.spawn(accept_loop());
    group_.spawn(deadline_loop());
}

Task<void> Worker::accept_loop() {
    while (!stopping_) {
        auto [error, socket] = co_await acceptor_->async_accept(asio::as_tuple(use_task));
        if (stopping_) break;
        if (error) {
            // Out of descriptors or the like: what is open goes on, and closing connections bring some back.
            Timer pause(context_.get_executor(), sweep_interval);
            co_await pause.async_wait(asio::as_tuple(use_task));
            continue;
        }
        serve(std::move(socket));
    }
}

void Worker::serve(Socket socket) {
    if (connections_ >= connections_share_) {
        metrics_.connections_refused.add(1);
        boost::system::error_code ignored;
        socket.non_blocking(true, ignored);
        Response response;
        write_error(response, Error::overloaded("Too many connections; try again"));
        std::string answer;
        append_answer_head(answer, Request{}, response, {.body_bytes = response.body.size(), .date = date(), .keep_alive = false},
                           [this](std::string& out) { append_request_id(out); });
        socket.write_some(asio::buffer(answer + response.body), ignored);
        return;
    }
    metrics_.connections_accepted.add(1);
    group_.spawn(run_connection(std::move(socket), *this));
}

Task<void> Worker::deadline_loop() {
    while (!stopping_ || !open_->connections.empty()) {
        sweep_timer_.expires_after(sweep_interval);
        co_await sweep_timer_.async_wait(asio::as_tuple(use_task));
        const auto now = std::chrono::steady_clock::now();
        for (auto at = open_->connections.begin(); at != open_->connections.end();) (at++)->look_at_clock(now);
    }
}

void Worker::begin_stop() {
    asio::post(context_, [this] {
        stopping_ = true;
        boost::system::error_code ignored;
        if (acceptor_) acceptor_->close(ignored);
        for (auto at = open_->connections.begin(); at != open_->connections.end();) (at++)->begin_stop();
        sweep_timer_.cancel();
    });
}

void Worker::abandon() {
    asio::post(context_, [this] {
        for (auto at = open_->connections.begin(); at != open_->connections.end();) (at++)->abandon();
        sweep_timer_.cancel();
    });
}

void Worker::enter(Connection& connection) {
    open_->connections.push_back(connection);
    ++connections_;
}

void Worker::leave(Connection& connection) {
    open_->connections.erase(open_->connections.iterator_to(connection));
    --connections_;
    metrics_.connections_closed.add(1);
    if (stopping_) sweep_timer_.cancel();
}

std::string_view Worker::date() {
    const auto now = coarse_wall_second();
    if (now.time_since_epoch() != date_second_) {
        date_second_ = now.time_since_epoch();
        date_ = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
    }
    return date_;
}

void Worker::append_request_id(std::string& out) {
    static constexpr std::string_view hex = "0123456789abcdef";
    // Weyl sequence through a mixer (splitmix64): each value once, none tells the next.
    request_id_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t id = request_id_;
    id = (id ^ (id >> 30)) * 0xbf58476d1ce4e5b9ULL;
    id = (id ^ (id >> 27)) * 0x94d049bb133111ebULL;
    id ^= id >> 31;
    for (int shift = 60; shift >= 0; shift -= 4) out += hex[(id >> shift) & 15];
}

void Worker::begin_request() noexcept {
    ++requests_running_;
    metrics_.requests_begun.add(1);
}

void Worker::end_request() noexcept {
    --requests_running_;
    metrics_.requests_ended.add(1);
}

}  // namespace cartwheel::http
