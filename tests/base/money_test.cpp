#include "cartwheel/base/money.h"

#include <gtest/gtest.h>

namespace cartwheel {
namespace {

using enum Money::Refusal;

struct Price {
    const char* text;
    std::int64_t minor;
};

TEST(Money, PricesAreParsedExactly) {
    const Price prices[] = {{"0", 0},
                            {"-0.00", 0},
                            {"0e5", 0},
                            {"0e-9999999999", 0},
                            {"12", 1200},
                            {"12.5", 1250},
                            {"12.50000", 1250},
                            {".5", 50},
                            {"5.", 500},
                            {"+79.61", 7961},
                            {"1e2", 10'000},
                            {"1250e-2", 1250},
                            {"1E+1", 1000},
                            {"  7.07\n", 707},
                            {"0000000000000000000001", 100},
                            {"0.01", 1},
                            {"9999999999.99", Money::price_max_minor},
                            {"999999999999e-2", Money::price_max_minor}};
    for (const auto& [text, minor] : prices) {
        const auto price = Money::parse_price(text);
        ASSERT_TRUE(price) << text;
        EXPECT_EQ(price->minor(), minor) << text;
    }
}

struct NoPrice {
    const char* text;
    Money::Refusal why;
};

TEST(Money, WhatIsNoPriceSaysWhy) {
    const NoPrice cases[] = {{"", not_a_number},           {" ", not_a_number},         {".", not_a_number},
                             {"1.2.3", not_a_number},      {"12,50", not_a_number},     {"1e", not_a_number},
                             {"1e+-2", not_a_number},      {"0x10", not_a_number},      {"1_000", not_a_number},
                             {"--1", not_a_number},        {"nan", not_finite},         {"-Infinity", not_finite},
                             {"0.001", too_many_decimals}, {"1e-3", too_many_decimals}, {"1e-9999999999", too_many_decimals},
                             {"-0.01", negative},          {"-1e99", negative},         {"10000000000", too_large},
                             {"1e10", too_large},          {"1e9999999999", too_large}};
    for (const auto& [text, why] : cases) {
        const auto price = Money::parse_price(text);
        ASSERT_FALSE(price) << text;
        EXPECT_EQ(price.error(), why) << text;
    }
}

TEST(Money, TextIsTheShortestWithADecimal) {
    const Price prices[] = {{"79.61", 7961}, {"12.5", 1250}, {"1000.0", 100'000}, {"0.0", 0}, {"0.05", 5}, {"-0.01", -1}, {"-3.5", -350}};
    for (const auto& [text, minor] : prices) EXPECT_EQ(Money::from_minor(minor).text(), text);
    EXPECT_EQ(Money::from_minor(INT64_MIN).text(), "-92233720368547758.08");
}

TEST(Money, EveryPriceSurvivesItsText) {
    for (std::int64_t minor = 0; minor <= Money::price_max_minor; minor = minor * 3 + 7)
        EXPECT_EQ(Money::parse_price(Money::from_minor(minor).text())->minor(), minor);
}

TEST(Money, ArithmeticThatDoesNotFitIsAConflict) {
    EXPECT_EQ(Money::from_minor(250).times(3)->minor(), 750);
    EXPECT_EQ(Money::from_minor(250).plus(Money::from_minor(-50))->minor(), 200);
    EXPECT_EQ(Money::from_minor(INT64_MAX).times(2).error().code, ErrorCode::conflict);
    EXPECT_EQ(Money::from_minor(INT64_MAX).plus(Money::from_minor(1)).error().code, ErrorCode::conflict);
}

}  // namespace
}  // namespace cartwheel
