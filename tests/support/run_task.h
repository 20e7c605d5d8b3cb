#pragma once
// Runs tasks to their end on an io_context of the calling thread, so that a test reads as plain statements.
// A task that hangs ends the program with a line that says so: its engine may still hold the other end of it.

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "cartwheel/base/task.h"

namespace cartwheel::test {

inline constexpr std::chrono::seconds task_time_max{60};

namespace detail {

template <class T>
Task<void> keep_result(Task<T> task, std::optional<T>* out) {
    out->emplace(co_await std::move(task));
}

inline void rethrow(std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
}

/// An io_context for a while. Engines may still be about to leave `post` when the task that they woke has ended, so contexts are
/// handed on to the next task and never destroyed.
class LentContext {
public:
    LentContext() {
        const std::scoped_lock lock(mutex());
        if (free().empty()) free().push_back(new boost::asio::io_context(1));
        context_ = free().back();
        free().pop_back();
        context_->restart();
    }
    ~LentContext() {
        const std::scoped_lock lock(mutex());
        free().push_back(context_);
    }
    LentContext(const LentContext&) = delete;
    LentContext& operator=(const LentContext&) = delete;

    boost::asio::io_context& operator*() const noexcept { return *context_; }

    void run() {
        context_->run_for(task_time_max);
        if (context_->stopped()) return;
        std::fputs("a task did not end in time\n", stderr);
        std::abort();
    }

private:
    static std::mutex& mutex() {
        static auto* const only = new std::mutex;
        return *only;
    }
    static std::vector<boost::asio::io_context*>& free() {
        static auto* const only = new std::vector<boost::asio::io_context*>;
        return *only;
    }

    boost::asio::io_context* context_;
};

}  // namespace detail

/// What `tasks` give, in their order; they run interleaved on one thread. Exceptions come through.
template <class T>
std::vector<T> run_tasks(std::vector<Task<T>> tasks) {
    detail::LentContext context;
    std::vector<std::optional<T>> kept(tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i)
        boost::asio::co_spawn(*context, detail::keep_result(std::move(tasks[i]), &kept[i]), detail::rethrow);
    context.run();
    std::vector<T> results;
    results.reserve(kept.size());
    for (auto& result : kept) results.push_back(*std::move(result));
    return results;
}

/// What `task` gives.
template <class T>
T run_task(Task<T> task) {
    std::vector<Task<T>> one;
    one.push_back(std::move(task));
    return std::move(run_tasks(std::move(one)).front());
}

inline void run_task(Task<void> task) {
    detail::LentContext context;
    boost::asio::co_spawn(*context, std::move(task), detail::rethrow);
    context.run();
}

}  // namespace cartwheel::test
