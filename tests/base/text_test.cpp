#include "cartwheel/base/text.h"

#include <gtest/gtest.h>

#include <string>

namespace cartwheel {
namespace {

TEST(Text, WellFormedUtf8IsTaken) {
    for (const auto* text : {"", "plain", "caf\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x9b\x92", "\xed\x9f\xbf", "\xee\x80\x80",
                             "\xf4\x8f\xbf\xbf", "12345678\xc3\xa9"})
        EXPECT_TRUE(is_utf8(text)) << text;
}

TEST(Text, IllFormedUtf8IsFoundWhereItBegins) {
    struct {
        const char* text;
        std::size_t at;
    } const cases[] = {{"\x80", 0},
                       {"ab\xff", 2},
                       {"\xc0\xaf", 0},
                       {"\xc3", 0},
                       {"\xe0\x80\x80", 0},
                       {"\xed\xa0\x80", 0},
                       {"\xf0\x80\x80\x80", 0},
                       {"\xf4\x90\x80\x80", 0},
                       {"\xf8\x88\x80\x80\x80", 0},
                       {"12345678901\xe2\x82", 11},
                       {"\xc3\xa9\xc3", 2}};
    for (const auto& [text, at] : cases) EXPECT_EQ(find_invalid_utf8(text), at) << text;
}

TEST(Text, TheHashIsTheSameForEver) {
    EXPECT_EQ(stable_hash(""), 0x2d06800538d394c2ULL);
    EXPECT_EQ(stable_hash("a"), 0xe6c632b61e964e1fULL);
    EXPECT_NE(stable_hash("a", 1), stable_hash("a"));
}

TEST(Text, CodePointsAreCounted) { EXPECT_EQ(code_points("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x9b\x92"), 4U); }

TEST(Text, OnlyAsciiLettersLoseTheirCase) {
    EXPECT_TRUE(equal_ignoring_case("Content-TYPE", "content-type"));
    EXPECT_FALSE(equal_ignoring_case("a", "ab"));
    EXPECT_FALSE(equal_ignoring_case("[", "{"));
    EXPECT_FALSE(equal_ignoring_case("\xc3\x89", "\xc3\xa9"));
}

}  // namespace
}  // namespace cartwheel
