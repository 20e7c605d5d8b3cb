#pragma once
// A limit on how long a caller waits for a task. The task itself is not cut off: it goes on to its own end, which has limits too, so what
// it holds it lets go of in order.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <exception>
#include <memory>

#include "cartwheel/base/task.h"

namespace cartwheel::engines::cql {

namespace detail {

/// What the caller waits at; touched by its io_context's thread only.
template <class T>
struct Limit {
    explicit Limit(const Executor& executor) : timer(executor) {}

    void answer(Result<T> result) {
        if (is_answered) return;
        is_answered = true;
        timer.cancel();
        caller.resume(std::move(result));
    }

    boost::asio::steady_timer timer;
    Completion<T> caller;
    bool is_answered = false;
};

template <class T>
Task<void> answer_with(std::shared_ptr<Limit<T>> limit, Task<Result<T>> task) {
    limit->answer(co_await std::move(task));
}

}  // namespace detail

/// What the task gives, or `late` when it is not done by then.
template <class T>
Task<Result<T>> within(std::chrono::steady_clock::time_point deadline, Error late, Task<Result<T>> task) {
    const Executor executor = co_await boost::asio::this_coro::executor;
    // Shared by the timer, the task and this one: each may be the last.
    auto limit = std::make_shared<detail::Limit<T>>(executor);
    co_return co_await Completion<T>::wait(
        [limit, executor, deadline, late = std::move(late), task = std::move(task)](Completion<T> caller) mutable {
            limit->caller = std::move(caller);
            limit->timer.expires_at(deadline);
            limit->timer.async_wait([limit, late = std::move(late)](const boost::system::error_code& cancelled) mutable {
                if (!cancelled) limit->answer(fail(std::move(late)));
            });
            boost::asio::co_spawn(executor, detail::answer_with(limit, std::move(task)), [limit](std::exception_ptr error) {
                if (error) limit->answer(fail(Error::internal("A request to the cluster ended by an exception, which is a bug")));
            });
        });
}

}  // namespace cartwheel::engines::cql
