#pragma once
// How long things took: counts in buckets that grow with the value (log-linear, as HDR histograms), so that any percentile is right to
// within 0.8 %, in constant memory. A value; one thread.

#include <chrono>
#include <cstdint>
#include <vector>

namespace cartwheel::cli {

class Histogram {
public:
    Histogram();

    void add(std::chrono::microseconds value);
    void add(const Histogram& other);

    std::uint64_t count() const noexcept { return count_; }
    /// The least value that at least `share` (0 to 1) of all are not above, rounded up to its bucket's end; 0 when there are none.
    std::chrono::microseconds quantile(double share) const noexcept;
    std::chrono::microseconds max() const noexcept { return std::chrono::microseconds(max_); }

private:
    static constexpr unsigned precision_bits = 7;  // 128 buckets for each doubling
    static constexpr unsigned value_bits = 40;     // twelve days in microseconds; what is longer counts as that

    static std::size_t bucket_of(std::uint64_t value) noexcept;
    static std::uint64_t last_of(std::size_t bucket) noexcept;

    std::vector<std::uint64_t> buckets_;
    std::uint64_t count_ = 0;
    std::int64_t max_ = 0;
};

}  // namespace cartwheel::cli
