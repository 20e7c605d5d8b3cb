#pragma once
// Gives commits their times: wall-clock microseconds that rise strictly within a process and, by `after`, within a user over all
// processes, however the clocks of the machines differ (after the hybrid logical clocks of Kulkarni et al., "Logical Physical Clocks",
// 2014). Thread-safe.

#include <algorithm>
#include <atomic>

#include "cartwheel/base/time.h"

namespace cartwheel::engines::cql {

class CommitClock {
public:
    explicit CommitClock(const Clock& clock) : clock_(clock) {}

    /// A time later than those given before and than `after`, which is that of a commit of another process and may be ahead of this
    /// machine's clock: it holds for this one time and does not carry the clock away.
    Time next(Time after = {}) {
        const auto now = clock_.now().time_since_epoch().count();
        auto last = last_.load(std::memory_order_relaxed);
        while (!last_.compare_exchange_weak(last, std::max(now, last + 1), std::memory_order_relaxed)) {
        }
        return std::max(Time(std::chrono::microseconds(std::max(now, last + 1))), after + std::chrono::microseconds(1));
    }

    Time now() const { return clock_.now(); }
    /// No time given so far is later, but for those of commits behind one from a clock that is ahead.
    Time latest() const { return std::max(clock_.now(), Time(std::chrono::microseconds(last_.load(std::memory_order_relaxed)))); }

private:
    const Clock& clock_;
    std::atomic<std::int64_t> last_{0};
};

}  // namespace cartwheel::engines::cql
