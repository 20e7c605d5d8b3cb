#pragma once
// Tasks that run on one io_context and can be waited for: nothing is spawned but through a group.
// spawn() on the io_context's thread or before it runs; count() and on_empty from any thread.

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <functional>

#include "cartwheel/base/task.h"

namespace cartwheel {

class TaskGroup {
public:
    /// `on_exception` hears of a task that ended by an exception: a bug, to be logged.
    TaskGroup(Executor executor, std::function<void(std::exception_ptr)> on_exception)
        : executor_(std::move(executor)), on_exception_(std::move(on_exception)) {}
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;

    void spawn(Task<void> task) {
        count_.fetch_add(1, std::memory_order_relaxed);
        boost::asio::co_spawn(executor_, std::move(task), [this](std::exception_ptr error) {
            if (error) on_exception_(error);
            count_.fetch_sub(1, std::memory_order_release);
            count_.notify_all();
        });
    }

    std::size_t count() const noexcept { return count_.load(std::memory_order_acquire); }

private:
    Executor executor_;
    std::function<void(std::exception_ptr)> on_exception_;
    std::atomic<std::size_t> count_{0};
};

}  // namespace cartwheel
