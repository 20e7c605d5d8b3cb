#pragma once
// Coroutines and how other threads resume them.
// A Task runs on one io_context and stays there. A Completion is the other end of one suspended Task: whoever holds it resumes the
// task exactly once, from any thread; one that is dropped unanswered resumes it with `unavailable`, so that no coroutine hangs.

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "cartwheel/base/error.h"

namespace cartwheel {

using Executor = boost::asio::io_context::executor_type;

template <class T>
using Task = boost::asio::awaitable<T, Executor>;

using UseTask = boost::asio::use_awaitable_t<Executor>;
inline constexpr UseTask use_task{};

template <class T>
class Completion {
public:
    Completion() = default;
    Completion(Completion&&) noexcept = default;
    Completion& operator=(Completion&& other) noexcept {
        if (this != &other) {
            abandon();
            waiter_ = std::move(other.waiter_);
        }
        return *this;
    }
    ~Completion() { abandon(); }

    /// Resumes the task on its own thread with `result`. May be called once.
    void resume(Result<T> result) {
        auto waiter = std::move(waiter_);
        auto executor = waiter->executor;
        boost::asio::post(executor, [waiter = std::move(waiter), result = std::move(result)]() mutable { waiter->run(std::move(result)); });
    }

    /// Where the task runs, to resume many with one wake-up.
    Executor executor() const { return waiter_->executor; }

    /// Resumes the task here and now. Only on a thread that runs the task's io_context.
    void resume_here(Result<T> result) {
        auto waiter = std::move(waiter_);
        waiter->run(std::move(result));
    }

    /// Makes the task that waits for a completion: `start` gets it and must keep it or answer it.
    template <class Start>
    static Task<Result<T>> wait(Start start) {
        co_return co_await boost::asio::async_initiate<const UseTask, void(Result<T>)>(
            [](auto handler, Start begin) {
                auto executor = boost::asio::get_associated_executor(handler);
                Completion completion;
                completion.waiter_ = std::make_unique<Handler<decltype(handler)>>(executor, std::move(handler));
                begin(std::move(completion));
            },
            use_task, std::move(start));
    }

private:
    struct Waiter {
        explicit Waiter(Executor where) : executor(std::move(where)) {}
        virtual ~Waiter() = default;
        virtual void run(Result<T> result) = 0;
        Executor executor;
    };
    template <class H>
    struct Handler final : Waiter {
        Handler(Executor where, H what) : Waiter(std::move(where)), handler(std::move(what)) {}
        void run(Result<T> result) override {
            auto local = std::move(handler);
            std::move(local)(std::move(result));
        }
        H handler;
    };

    void abandon() noexcept {
        if (waiter_) resume(fail(Error::unavailable("The service is stopping")));
    }

    std::unique_ptr<Waiter> waiter_;
};

}  // namespace cartwheel
