#include "cartwheel/base/decimal.h"

#include <gtest/gtest.h>

namespace cartwheel {
namespace {

TEST(Decimal, ANumberIsWholeWhenItsValueIs) {
    struct {
        const char* text = "";
        std::optional<std::int64_t> whole;
    } const cases[] = {{"3", 3},      {"3.0", 3},           {"1e2", 100},          {"-12.50e1", -125},
                       {"0", 0},      {"-0.0", 0},          {"2.5", {}},           {"1e-1", {}},
                       {"100e-2", 1}, {"1e400", INT64_MAX}, {"-1e400", INT64_MIN}, {"9223372036854775807", INT64_MAX}};
    for (const auto& [text, whole] : cases) {
        const auto decimal = Decimal::parse(text);
        ASSERT_TRUE(decimal) << text;
        EXPECT_EQ(decimal->whole(), whole) << text;
    }
}

TEST(Decimal, DigitsHaveNoZerosAtTheEnds) {
    const auto decimal = Decimal::parse("-0012.500");
    ASSERT_TRUE(decimal);
    EXPECT_EQ(decimal->digits, "125");
    EXPECT_EQ(decimal->exponent, -1);
    EXPECT_TRUE(decimal->negative);
}

}  // namespace
}  // namespace cartwheel
