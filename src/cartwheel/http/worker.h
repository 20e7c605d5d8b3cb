#pragma once
// What the connections of one io thread share. Used on that thread, but for metrics and begin_stop().

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <string>

#include "cartwheel/base/task_group.h"
#include "cartwheel/http/metrics.h"
#include "cartwheel/http/router.h"
#include "cartwheel/http/settings.h"

namespace cartwheel::http {

using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;
using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor>;
using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

class Connection;

class Worker {
public:
    Worker(const ServerSettings& settings, const Router& router);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Takes the listening socket and begins to accept; run() then serves until all is done.
    void begin(Acceptor acceptor);
    void run() { context_.run(); }
    boost::asio::io_context& context() noexcept { return context_; }

    /// From any thread: stop accepting, close idle connections, let running requests end.
    void begin_stop();
    /// From any thread: close what is left.
    void abandon();
    bool stopping() const noexcept { return stopping_; }
    /// Connections and background tasks that have not ended.
    std::size_t running() const noexcept { return group_.count(); }

    const ServerSettings& settings() const noexcept { return settings_; }
    const Router& router() const noexcept { return router_; }
    WorkerMetrics& metrics() noexcept { return metrics_; }
    const WorkerMetrics& metrics() const noexcept { return metrics_; }

    void enter(Connection& connection);
    void leave(Connection& connection);

    /// The Date header's value (RFC 9110, section 5.6.7), made anew at most once a second.
    std::string_view date();
    /// 16 hex digits, unique within this run of this thread.
    void append_request_id(std::string& out);

    /// Requests of this thread that are being worked on, against its share of requests_max.
    bool may_begin_request() const noexcept { return requests_running_ < requests_share_; }
    void begin_request() noexcept;
    void end_request() noexcept;

private:
    Task<void> accept_loop();
    Task<void> deadline_loop();
    void serve(Socket socket);

    const ServerSettings& settings_;
    const Router& router_;
    WorkerMetrics metrics_;
    boost::asio::io_context context_{1};
    TaskGroup group_;
    std::optional<Acceptor> acceptor_;
    Timer sweep_timer_;
    std::size_t connections_ = 0;
    std::size_t requests_running_ = 0;
    std::size_t connections_share_;
    std::size_t requests_share_;
    bool stopping_ = false;

    struct ConnectionList;
    std::unique_ptr<ConnectionList> open_;

    std::chrono::seconds date_second_{0};
    std::string date_;
    std::uint64_t request_id_ = 0;
};

}  // namespace cartwheel::http
