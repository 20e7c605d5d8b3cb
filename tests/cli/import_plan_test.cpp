#include "cartwheel/cli/import_plan.h"

#include <gtest/gtest.h>

namespace cartwheel::cli {
namespace {

TEST(ErrorLimit, IsACount) {
    const auto limit = ErrorLimit::parse("2");
    ASSERT_TRUE(limit);
    EXPECT_FALSE(limit->exceeded(2, 2, true));
    EXPECT_TRUE(limit->exceeded(3, 1000, false));
    EXPECT_EQ(limit->text(), "2");
}

TEST(ErrorLimit, IsAShareJudgedAtTheEndOfABatch) {
    const auto limit = ErrorLimit::parse("2.5%");
    ASSERT_TRUE(limit);
    EXPECT_FALSE(limit->exceeded(26, 1000, false));
    EXPECT_FALSE(limit->exceeded(25, 1000, true));
    EXPECT_TRUE(limit->exceeded(26, 1000, true));
    EXPECT_EQ(limit->text(), "2.5%");
}

TEST(ErrorLimit, MayBeAbsent) { EXPECT_FALSE(ErrorLimit{}.exceeded(1'000'000, 1, true)); }

TEST(ErrorLimit, RefusesEverythingElse) {
    for (const char* text : {"", "%", "x", "-1", "5 %", "101%", "-1%", "nan%", "1e3"}) EXPECT_FALSE(ErrorLimit::parse(text)) << text;
}

TEST(ParseCharacter, TakesOneCharacterOrATab) {
    EXPECT_EQ(*parse_character(";", "x"), ';');
    EXPECT_EQ(*parse_character("\\t", "x"), '\t');
    EXPECT_FALSE(parse_character("", "x"));
    EXPECT_FALSE(parse_character(";;", "x"));
}

}  // namespace
}  // namespace cartwheel::cli
