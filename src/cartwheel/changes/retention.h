#pragma once
// Lets go of changes that are older than they need to be kept, now and then, on a thread of its own. Owned by the composition root.
// What fails is logged and tried again next time.

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "cartwheel/base/time.h"
#include "cartwheel/store/store.h"

namespace cartwheel::changes {

class Retention {
public:
    /// `kept_for` is more than 0. Store and clock must outlive it.
    Retention(store::Store& store, const Clock& clock, std::chrono::milliseconds kept_for);
    Retention(const Retention&) = delete;
    Retention& operator=(const Retention&) = delete;
    /// Waits for what is under way.
    ~Retention() = default;

    void request_stop() { thread_.request_stop(); }

    /// How often it looks: changes stay a tenth longer than they need to, and at most ten minutes.
    static std::chrono::milliseconds interval(std::chrono::milliseconds kept_for);

private:
    void run(const std::stop_token& stop);
    Result<void> forget();

    store::Store& store_;
    const Clock& clock_;
    const std::chrono::milliseconds kept_for_;
    std::mutex mutex_;
    std::condition_variable_any bell_;
    boost::asio::io_context context_{1};
    std::jthread thread_;
};

}  // namespace cartwheel::changes
