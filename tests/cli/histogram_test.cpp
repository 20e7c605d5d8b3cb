#include "cartwheel/cli/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace cartwheel::cli {
namespace {

using std::chrono::microseconds;

TEST(Histogram, IsEmptyAtFirst) {
    const Histogram histogram;
    EXPECT_EQ(histogram.count(), 0U);
    EXPECT_EQ(histogram.quantile(0.99), microseconds(0));
}

TEST(Histogram, IsExactForSmallValues) {
    Histogram histogram;
    for (int i = 1; i <= 100; ++i) histogram.add(microseconds(i));
    EXPECT_EQ(histogram.quantile(0.5), microseconds(50));
    EXPECT_EQ(histogram.quantile(0.99), microseconds(99));
    EXPECT_EQ(histogram.quantile(1), microseconds(100));
    EXPECT_EQ(histogram.max(), microseconds(100));
}

TEST(Histogram, IsRightToWithinAPercentForAnyValue) {
    std::mt19937_64 random(1);
    std::lognormal_distribution<double> draw(8, 3);
    Histogram histogram;
    std::vector<double> values;
    for (int i = 0; i < 20'000; ++i) {
        const auto value = static_cast<std::int64_t>(draw(random));
        histogram.add(microseconds(value));
        values.push_back(static_cast<double>(value));
    }
    std::ranges::sort(values);
    for (const double share : {0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
        const auto exact = values[static_cast<std::size_t>(std::ceil(share * 20'000)) - 1];
        const auto told = static_cast<double>(histogram.quantile(share).count());
        EXPECT_GE(told, exact) << share;
        EXPECT_LE(told, exact * 1.008 + 1) << share;
    }
}

TEST(Histogram, TakesWhatIsOutOfRange) {
    Histogram histogram;
    histogram.add(microseconds(-5));
    histogram.add(microseconds::max());
    EXPECT_EQ(histogram.quantile(0.5), microseconds(0));
    EXPECT_EQ(histogram.max(), microseconds((std::int64_t{1} << 40) - 1));
}

TEST(Histogram, AddsUp) {
    Histogram one;
    Histogram other;
    one.add(microseconds(1));
    other.add(microseconds(1000));
    one.add(other);
    EXPECT_EQ(one.count(), 2U);
    EXPECT_EQ(one.quantile(0.5), microseconds(1));
    EXPECT_EQ(one.max(), microseconds(1000));
}

}  // namespace
}  // namespace cartwheel::cli
