#include "cartwheel/query/money_sum.h"

#include <gmock/gmock.h>

#include <limits>
#include <random>
#include <vector>

namespace cartwheel::query {
namespace {

MoneySum sum_of(const std::vector<double>& values) {
    MoneySum sum;
    for (const double value : values) sum.add(value);
    return sum;
}

TEST(MoneySum, TenTimesADimeIsOne) {
    EXPECT_NE(0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1, 1.0);
    EXPECT_EQ(sum_of(std::vector<double>(10, 0.1)).value(), 1.0);
}

TEST(MoneySum, AMillionPricesAreRightToTheCent) {
    std::mt19937_64 random(7);
    std::uniform_int_distribution<std::int64_t> price(0, 999'999'999);
    MoneySum sum;
    std::int64_t cents = 0;
    for (int i = 0; i < 1'000'000; ++i) {
        const auto one = price(random);
        cents += one * 3;
        sum.add(static_cast<double>(one) / 100 * 3);  // as SQL's price * 3
    }
    EXPECT_EQ(sum.value(), static_cast<double>(cents) / 100);
}

TEST(MoneySum, WhatIsNoCentIsAddedAsItIs) {
    EXPECT_DOUBLE_EQ(sum_of({1.0 / 3, 1.0 / 3, 1.0 / 3}).value(), 1);
    EXPECT_DOUBLE_EQ(sum_of({1e300, 1, -1e300}).value(), 1);
    EXPECT_EQ(sum_of({std::numeric_limits<double>::infinity(), 1}).value(), std::numeric_limits<double>::infinity());
}

TEST(MoneySum, WholeNumbersStayWholeUntilTheyDoNotFit) {
    MoneySum sum;
    sum.add(std::numeric_limits<std::int64_t>::max());
    EXPECT_TRUE(sum.is_whole());
    EXPECT_TRUE(sum.fits());
    EXPECT_EQ(sum.whole(), std::numeric_limits<std::int64_t>::max());
    sum.add(std::int64_t{1});
    EXPECT_FALSE(sum.fits());
}

TEST(MoneySum, AWindowThatSlidesLeavesNothingBehind) {
    MoneySum sum;
    for (int i = 0; i < 1000; ++i) {
        sum.add(0.1 * i);
        if (i > 0) sum.remove(0.1 * (i - 1));
    }
    EXPECT_EQ(sum.value(), 99.9);
    EXPECT_EQ(sum.count(), 1);
    sum.remove(0.1 * 999);
    EXPECT_EQ(sum.value(), 0);
    EXPECT_TRUE(sum.is_whole());
}

}  // namespace
}  // namespace cartwheel::query
