#pragma once
// A clock that stands still until the test moves it. Thread-safe.

#include <atomic>

#include "cartwheel/base/time.h"

namespace cartwheel::test {

class FakeClock final : public Clock {
public:
    explicit FakeClock(Time start = Time(std::chrono::seconds(1'700'000'000))) : micros_(start.time_since_epoch().count()) {}

    Time now() const override { return Time(std::chrono::microseconds(micros_.load())); }
    void advance(std::chrono::microseconds by) { micros_ += by.count(); }

private:
    std::atomic<std::int64_t> micros_;
};

}  // namespace cartwheel::test
