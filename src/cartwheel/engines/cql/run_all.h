#pragma once
// Runs tasks side by side on the io_context of the caller, a few at once, and waits for all of them.

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "cartwheel/base/task.h"

namespace cartwheel::engines::cql {

namespace detail {

template <class T>
struct Running {
    std::vector<Task<T>> tasks;
    std::vector<std::optional<T>> results;
    std::size_t next = 0;
    std::size_t workers = 0;
    std::exception_ptr failure;
    Completion<void> done;
};

template <class T>
Task<void> work_through(std::shared_ptr<Running<T>> running) {
    while (running->next < running->tasks.size() && !running->failure) {
        const auto mine = running->next++;
        running->results[mine].emplace(co_await std::move(running->tasks[mine]));
    }
}

template <class T>
struct Beside {
    std::optional<T> result;
    std::exception_ptr failure;
    Completion<void> waiter;
    bool is_waited_for = false;
    bool is_done = false;
};

template <class T>
Task<void> run_into(std::shared_ptr<Beside<T>> beside, Task<T> task) {
    beside->result.emplace(co_await std::move(task));
}

}  // namespace detail

/// What the two give, which run at the same time. Exceptions come through when both have ended.
template <class A, class B>
Task<std::pair<A, B>> run_both(Task<A> first, Task<B> second) {
    auto beside = std::make_shared<detail::Beside<B>>();
    boost::asio::co_spawn(co_await boost::asio::this_coro::executor, detail::run_into(beside, std::move(second)),
                          [beside](std::exception_ptr error) {
                              beside->failure = std::move(error);
                              beside->is_done = true;
                              if (beside->is_waited_for) beside->waiter.resume_here({});
                          });
    std::optional<A> given;
    std::exception_ptr failure;
    try {
        given.emplace(co_await std::move(first));
    } catch (...) {
        failure = std::current_exception();
    }
    if (!beside->is_done) {
        (co_await Completion<void>::wait([beside](Completion<void> waiter) {
            beside->waiter = std::move(waiter);
            beside->is_waited_for = true;
        })).value();
    }
    if (beside->failure) failure = beside->failure;
    if (failure) std::rethrow_exception(failure);
    co_return std::pair(*std::move(given), *std::move(beside->result));
}

/// What the tasks give, in their order; at most `at_once` run at a time. Exceptions come through when the others have ended.
template <class T>
Task<std::vector<T>> run_all(std::vector<Task<T>> tasks, std::size_t at_once) {
    // Shared by the workers and this task, which may be destroyed before them when its io_context ends.
    auto running = std::make_shared<detail::Running<T>>();
    running->results.resize(tasks.size());
    running->workers = std::min(at_once, tasks.size());
    running->tasks = std::move(tasks);
    const Executor executor = co_await boost::asio::this_coro::executor;
    if (running->workers > 0) {
        (co_await Completion<void>::wait([running, executor](Completion<void> done) {
            running->done = std::move(done);
            for (std::size_t i = running->workers; i > 0; --i)
                boost::asio::co_spawn(executor, detail::work_through(running), [running](std::exception_ptr error) {
                    if (error) running->failure = std::move(error);
                    if (--running->workers == 0) running->done.resume({});
                });
        })).value();
    }
    if (running->failure) std::rethrow_exception(running->failure);
    std::vector<T> results;
    results.reserve(running->results.size());
    for (auto& result : running->results) results.push_back(*std::move(result));
    co_return results;
}

}  // namespace cartwheel::engines::cql
