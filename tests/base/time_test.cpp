#include "cartwheel/base/time.h"

#include <gtest/gtest.h>

namespace cartwheel {
namespace {

TEST(Time, Rfc3339HasMicrosecondsInUtc) {
    EXPECT_EQ(rfc3339(Time{}), "1970-01-01T00:00:00.000000Z");
    EXPECT_EQ(rfc3339(Time(std::chrono::microseconds(1'709'164'800'000'001))), "2024-02-29T00:00:00.000001Z");
    EXPECT_EQ(rfc3339(Time(std::chrono::microseconds(-1))), "1969-12-31T23:59:59.999999Z");
}

}  // namespace
}  // namespace cartwheel
