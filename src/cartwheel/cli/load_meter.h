#pragma once
// What a run of requests was like: how many of each kind, how long they took, and what went wrong. One thread.

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "cartwheel/cli/histogram.h"

namespace cartwheel::cli {

/// The requests of a shopper, in the order in which they are reported.
enum class Call : std::uint8_t { list, product, cart, put, remove, checkout, orders };
inline constexpr std::size_t calls = 7;
std::string_view name_of(Call call) noexcept;

class LoadMeter {
public:
    /// An answer as it should be, or a refusal that is part of the shop's rules.
    void answered(Call call, std::chrono::microseconds time);
    /// `what` is a status or "connection lost", "timed out", "not readable".
    void failed(Call call, std::string_view what);

    /// From now on answers are not counted: the time that is measured is over.
    void close() noexcept { open_ = false; }

    const Histogram& times(Call call) const noexcept { return times_[static_cast<std::size_t>(call)]; }
    Histogram all_times() const;
    std::uint64_t requests() const noexcept { return requests_; }
    std::uint64_t errors() const noexcept { return errors_; }
    /// By "checkout 503".
    const std::map<std::string, std::uint64_t>& errors_by_status() const noexcept { return by_status_; }

private:
    std::array<Histogram, calls> times_;
    std::map<std::string, std::uint64_t> by_status_;
    std::uint64_t requests_ = 0;
    std::uint64_t errors_ = 0;
    bool open_ = true;
};

}  // namespace cartwheel::cli
