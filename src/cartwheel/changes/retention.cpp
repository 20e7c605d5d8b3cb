#include "cartwheel/changes/retention.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>

#include "cartwheel/base/log.h"

namespace cartwheel::changes {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds interval_min{100};
constexpr milliseconds interval_max{600'000};

Task<void> keep(Task<Result<void>> task, Result<void>& out) { out = co_await std::move(task); }

}  // namespace

Retention::Retention(store::Store& store, const Clock& clock, milliseconds kept_for)
    : store_(store), clock_(clock), kept_for_(kept_for), thread_([this](const std::stop_token& stop) { run(stop); }) {}

milliseconds Retention::interval(milliseconds kept_for) { return std::clamp(kept_for / 10, interval_min, interval_max); }

void Retention::run(const std::stop_token& stop) {
    bool is_failing = false;
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        const auto done = forget();
        if (!done && !is_failing && !stop.stop_requested()) log::warn("old changes are not let go of: " + done.error().message);
        is_failing = !done;
        bell_.wait_for(lock, stop, interval(kept_for_), [] { return false; });
    }
}

Result<void> Retention::forget() {
    Result<void> result;
    std::exception_ptr failure;
    boost::asio::co_spawn(context_, keep(store_.forget_changes(clock_.now() - kept_for_), result),
                          [&](std::exception_ptr error) { failure = std::move(error); });
    context_.restart();
    context_.run();
    if (failure) std::rethrow_exception(failure);
    return result;
}

}  // namespace cartwheel::changes
