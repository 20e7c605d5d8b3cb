#include "cartwheel/base/time.h"

#include <fmt/format.h>
#include <time.h>

namespace cartwheel {

std::string rfc3339(Time time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                       clock.subseconds().count());
}

std::chrono::steady_clock::time_point coarse_steady_now() noexcept {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);  // the clock behind libstdc++'s steady_clock is CLOCK_MONOTONIC
    return std::chrono::steady_clock::time_point(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

std::chrono::sys_seconds coarse_wall_second() noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    return std::chrono::sys_seconds(std::chrono::seconds(now.tv_sec));
}

}  // namespace cartwheel
