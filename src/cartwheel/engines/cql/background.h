#pragma once
// A thread with an io_context for what the engine does of its own accord. Its tasks end when their timers are cancelled by stop().

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <thread>

#include "cartwheel/base/task.h"

namespace cartwheel::engines::cql {

class Background {
public:
    Background() : work_(context_.get_executor()), thread_([this] { context_.run(); }) {}
    ~Background() { stop(); }
    Background(const Background&) = delete;
    Background& operator=(const Background&) = delete;

    Executor executor() noexcept { return context_.get_executor(); }

    /// Ends the thread; tasks that wait are never resumed. Safe twice, not from the thread itself.
    void stop() {
        work_.reset();
        context_.stop();
        if (thread_.joinable()) thread_.join();
    }

private:
    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<Executor> work_;
    std::thread thread_;
};

}  // namespace cartwheel::engines::cql
