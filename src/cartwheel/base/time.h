#pragma once
// Points in time and where they come from. Wall-clock time in microseconds since 1970 UTC.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace cartwheel {

using Time = std::chrono::sys_time<std::chrono::microseconds>;

/// RFC 3339 in UTC with microseconds: 2026-03-01T12:00:00.000000Z.
std::string rfc3339(Time time);

/// The steady clock as of the last tick of the kernel, some milliseconds ago: for deadlines, at a fraction of the cost.
std::chrono::steady_clock::time_point coarse_steady_now() noexcept;
/// The same of the wall clock, in seconds.
std::chrono::sys_seconds coarse_wall_second() noexcept;

/// Where "now" comes from, so that tests can set it. Thread-safe.
class Clock {
public:
    virtual ~Clock() = default;
    virtual Time now() const = 0;
};

class SystemClock final : public Clock {
public:
    Time now() const override { return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()); }
};

}  // namespace cartwheel
