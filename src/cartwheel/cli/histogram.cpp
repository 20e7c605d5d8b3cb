#include "cartwheel/cli/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace cartwheel::cli {

// Values below 2^precision_bits have a bucket each; above, each doubling is cut into as many.
std::size_t Histogram::bucket_of(std::uint64_t value) noexcept {
    const auto width = static_cast<unsigned>(std::bit_width(value));
    if (width <= precision_bits) return static_cast<std::size_t>(value);
    const unsigned shift = width - precision_bits - 1;
    return (static_cast<std::size_t>(shift) << precision_bits) + static_cast<std::size_t>(value >> shift);
}

std::uint64_t Histogram::last_of(std::size_t bucket) noexcept {
    constexpr std::size_t linear = std::size_t{2} << precision_bits;
    if (bucket < linear) return bucket;
    const std::size_t shift = (bucket >> precision_bits) - 1;
    const std::uint64_t leading = bucket - (shift << precision_bits);
    return ((leading + 1) << shift) - 1;
}

Histogram::Histogram() : buckets_(bucket_of((std::uint64_t{1} << value_bits) - 1) + 1) {}

void Histogram::add(std::chrono::microseconds value) {
    const auto capped = std::clamp<std::int64_t>(value.count(), 0, (std::int64_t{1} << value_bits) - 1);
    ++buckets_[bucket_of(static_cast<std::uint64_t>(capped))];
    ++count_;
    max_ = std::max(max_, capped);
}

void Histogram::add(const Histogram& other) {
    for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
    count_ += other.count_;
    max_ = std::max(max_, other.max_);
}

std::chrono::microseconds Histogram::quantile(double share) const noexcept {
    const auto wanted = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_))));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
        seen += buckets_[i];
        if (seen >= wanted) return std::chrono::microseconds(std::min(static_cast<std::int64_t>(last_of(i)), max_));
    }
    return max();
}

}  // namespace cartwheel::cli
