#include "cartwheel/query/time_text.h"

#include <gmock/gmock.h>

namespace cartwheel::query {
namespace {

std::string read(std::string_view text) {
    const auto time = parse_time(text);
    return time ? rfc3339(*time) : "none";
}

TEST(TimeText, IsADayOrAMomentOfIt) {
    EXPECT_EQ(read("2026-03-01"), "2026-03-01T00:00:00.000000Z");
    EXPECT_EQ(read("2026-03-01 12:30"), "2026-03-01T12:30:00.000000Z");
    EXPECT_EQ(read("2026-03-01T12:30:15Z"), "2026-03-01T12:30:15.000000Z");
    EXPECT_EQ(read("2026-03-01 12:30:15.5"), "2026-03-01T12:30:15.500000Z");
    EXPECT_EQ(read("2026-03-01 12:30:15.1234567"), "2026-03-01T12:30:15.123456Z");
}

TEST(TimeText, MayHaveAnOffset) {
    EXPECT_EQ(read("2026-03-01 00:30+0100"), "2026-02-28T23:30:00.000000Z");
    EXPECT_EQ(read("2026-03-01 00:30:00-01:30"), "2026-03-01T02:00:00.000000Z");
    EXPECT_EQ(read("2026-03-01+0000"), "2026-03-01T00:00:00.000000Z");
}

TEST(TimeText, OrItIsNone) {
    for (const auto* text :
         {"", "now", "2026", "2026-13-01", "2026-02-29", "2026-03-01 ", "2026-03-01 24:00", "2026-03-01 12:60", "2026-03-01 12",
          "2026-03-01 12:00:00.", "2026-03-01 12:00 UTC", "2026-03-01 12:00+1", "26-03-01", "2026-3-1", "2026-03-01x"})
        EXPECT_EQ(read(text), "none") << text;
}

}  // namespace
}  // namespace cartwheel::query
