#include "engines/cql/proxy.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <list>
#include <thread>

#include "cartwheel/base/task.h"

namespace cartwheel::test {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr asio::as_tuple_t<UseTask> use_tuple{};

/// Both ends of one connection; shared by the two pumps.
struct Pair {
    explicit Pair(asio::io_context& context) : driver(context), node(context) {}
    void close() {
        boost::system::error_code ignored;
        driver.close(ignored);
        node.close(ignored);
    }
    tcp::socket driver;
    tcp::socket node;
};

}  // namespace

struct Proxy::Parts {
    explicit Parts(const std::string& node) : acceptor(context), passing(context) {
        const auto colon = node.rfind(':');
        const auto address = asio::ip::make_address(node.substr(0, colon));
        const auto port = colon == std::string::npos ? 9042 : std::stoi(node.substr(colon + 1));
        endpoint = {address, static_cast<std::uint16_t>(port)};
        acceptor.open(tcp::v4());
        acceptor.bind({address, 0});
        acceptor.listen();
        passing.expires_at(asio::steady_timer::time_point::max());
        asio::co_spawn(context, accept(), asio::detached);
        thread = std::thread([this] { context.run(); });
    }
    ~Parts() {
        context.stop();
        thread.join();
    }

    Task<void> accept() {
        while (true) {
            const auto pair = std::make_shared<Pair>(context);
            const auto [error] = co_await acceptor.async_accept(pair->driver, use_tuple);
            if (error) co_return;
            if (is_cut) continue;
            asio::co_spawn(context, connect(pair), asio::detached);
        }
    }

    Task<void> connect(std::shared_ptr<Pair> pair) {
        const auto [error] = co_await pair->node.async_connect(endpoint, use_tuple);
        if (error || is_cut) co_return pair->close();
        pairs.push_back(pair);
        asio::co_spawn(context, pump(pair, false), asio::detached);
        asio::co_spawn(context, pump(pair, true), asio::detached);
    }

    Task<void> pump(std::shared_ptr<Pair> pair, bool answers) {
        auto& from = answers ? pair->node : pair->driver;
        auto& to = answers ? pair->driver : pair->node;
        std::array<char, 16'384> buffer{};
        while (true) {
            const auto [read_error, size] = co_await from.async_read_some(asio::buffer(buffer), use_tuple);
            if (read_error) break;
            while (answers && held) co_await passing.async_wait(use_tuple);
            const auto [write_error, written] = co_await asio::async_write(to, asio::buffer(buffer, size), use_tuple);
            if (write_error) break;
        }
        pair->close();
    }

    /// Runs `change` on the proxy's thread and waits for it.
    template <class Change>
    void apply(Change change) {
        asio::post(context, std::packaged_task<void()>(change)).get();
    }

    asio::io_context context;
    tcp::acceptor acceptor;
    asio::steady_timer passing;  // cancelled when answers pass again
    tcp::endpoint endpoint;
    std::list<std::weak_ptr<Pair>> pairs;
    bool held = false;
    bool is_cut = false;
    std::thread thread;
};

Proxy::Proxy(const std::string& node) : parts_(std::make_unique<Parts>(node)) {}
Proxy::~Proxy() = default;

std::string Proxy::address() const {
    const auto listening = parts_->acceptor.local_endpoint();
    return listening.address().to_string() + ":" + std::to_string(listening.port());
}

void Proxy::hold_answers() {
    parts_->apply([parts = parts_.get()] { parts->held = true; });
}
void Proxy::pass_answers() {
    parts_->apply([parts = parts_.get()] {
        parts->held = false;
        parts->passing.cancel();
    });
}
void Proxy::cut() {
    parts_->apply([parts = parts_.get()] {
        parts->is_cut = true;
        for (auto& weak : parts->pairs)
            if (const auto pair = weak.lock()) pair->close();
        parts->pairs.clear();
    });
}
void Proxy::mend() {
    parts_->apply([parts = parts_.get()] { parts->is_cut = false; });
}

}  // namespace cartwheel::test
