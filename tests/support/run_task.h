#pragma once
// Runs tasks to their end on an io_context of the calling thread, so that a test reads as plain statements.
// A task that hangs ends the program with a line that says so: its engine may still hold the other end of it.

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
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

inline void run(boost::asio::io_context& context) {
    context.run_for(task_time_max);
    if (context.stopped()) return;
    std::fputs("a task did not end in time\n", stderr);
    std::abort();
}

}  // namespace detail

/// What `tasks` give, in their order; they run interleaved on one thread. Exceptions come through.
template <class T>
std::vector<T> run_tasks(std::vector<Task<T>> tasks) {
    boost::asio::io_context context(1);
    std::vector<std::optional<T>> kept(tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i)
        boost::asio::co_spawn(context, detail::keep_result(std::move(tasks[i]), &kept[i]), detail::rethrow);
    detail::run(context);
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
    boost::asio::io_context context(1);
    boost::asio::co_spawn(context, std::move(task), detail::rethrow);
    detail::run(context);
}

}  // namespace cartwheel::test
