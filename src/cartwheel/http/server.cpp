#include "cartwheel/http/server.h"

#include <boost/asio/ip/address.hpp>
#include <condition_variable>
#include <thread>
#include <vector>

#include "cartwheel/http/worker.h"

namespace cartwheel::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

constexpr int backlog = 4096;

/// Opens a listening socket. `shared`: others of this process may listen on the same port.
Result<Acceptor> listen_on(const tcp::endpoint& endpoint, bool shared, asio::io_context& context) {
    Acceptor acceptor(context.get_executor());
    boost::system::error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error && shared) acceptor.set_option(ReusePort(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(backlog, error);
    if (!error) return acceptor;
    const auto where = endpoint.address().to_string() + ":" + std::to_string(endpoint.port());
    if (error == asio::error::address_in_use)
        return fail(Error::unavailable("Another program listens on " + where + "; stop it, or choose another address with --listen"));
    return fail(Error::unavailable("Cannot listen on " + where + ": " + error.message()));
}

class RunningServer final : public Server {
public:
    explicit RunningServer(ServerSettings settings) : settings_(std::move(settings)) {}
    ~RunningServer() override { stop(); }

    Result<void> begin(const Router& router) {
        boost::system::error_code error;
        const auto address = asio::ip::make_address(settings_.address, error);
        if (error) return fail(Error::invalid("'" + settings_.address + "' is no IP address; use one such as 127.0.0.1 or [::1]"));
        tcp::endpoint endpoint(address, settings_.port);
        for (unsigned i = 0; i < settings_.threads; ++i) workers_.push_back(std::make_unique<Worker>(settings_, router));
        {
            // Sockets that share a port would share it with another process of this user too, silently: try alone first.
            TRY(auto alone, listen_on(endpoint, false, workers_.front()->context()));
            if (settings_.port == 0) endpoint.port(alone.local_endpoint(error).port());
        }
        std::vector<Acceptor> acceptors;
        for (auto& worker : workers_) {
            TRY(auto acceptor, listen_on(endpoint, true, worker->context()));
            acceptors.push_back(std::move(acceptor));
        }
        port_ = endpoint.port();
        for (std::size_t i = 0; i < workers_.size(); ++i) {
            workers_[i]->begin(std::move(acceptors[i]));
            threads_.emplace_back([worker = workers_[i].get()] { worker->run(); });
        }
        return {};
    }

    std::uint16_t port() const noexcept override { return port_; }

    ServerFigures figures() const override {
        ServerFigures figures;
        for (const auto& worker : workers_) worker->metrics().add_to(figures);
        return figures;
    }

    void stop() override {
        if (threads_.empty()) return;
        for (auto& worker : workers_) worker->begin_stop();
        // Each worker's thread ends when its last connection has.
        std::mutex mutex;
        std::condition_variable all_ended;
        std::size_t ended = 0;
        std::thread joiner([&] {
            for (auto& thread : threads_) thread.join();
            const std::lock_guard lock(mutex);
            ended = threads_.size();
            all_ended.notify_one();
        });
        {
            std::unique_lock lock(mutex);
            if (!all_ended.wait_for(lock, settings_.stop_timeout, [&] { return ended == threads_.size(); }))
                for (auto& worker : workers_) worker->abandon();
        }
        joiner.join();
        threads_.clear();
    }

private:
    ServerSettings settings_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::vector<std::thread> threads_;
    std::uint16_t port_ = 0;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const ServerSettings& settings, const Router& router) {
    auto server = std::make_unique<RunningServer>(settings);
    TRY_VOID(server->begin(router));
    return server;
}

}  // namespace cartwheel::http
