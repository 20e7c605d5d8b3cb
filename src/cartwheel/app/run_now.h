#pragma once
// Runs a task to its end on the calling thread, for commands that have no thread of their own for it. Its exceptions come through.

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <optional>

#include "cartwheel/base/task.h"

namespace cartwheel::app {

template <class T>
T run_now(Task<T> task) {
    boost::asio::io_context context(1);
    std::optional<T> result;
    std::exception_ptr failure;
    auto work = [](Task<T> inner, std::optional<T>& out) -> Task<void> { out.emplace(co_await std::move(inner)); };
    boost::asio::co_spawn(context.get_executor(), work(std::move(task), result),
                          [&](std::exception_ptr error) { failure = std::move(error); });
    context.run();
    if (failure) std::rethrow_exception(failure);
    return *std::move(result);
}

}  // namespace cartwheel::app
