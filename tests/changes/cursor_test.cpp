#include "cartwheel/changes/cursor.h"

#include <gtest/gtest.h>

namespace cartwheel::changes {
namespace {

TEST(Cursor, IsBehindAllOfASeqOrBehindOneOfItsChanges) {
    EXPECT_EQ(Cursor::parse("17"), (Cursor{17}));
    EXPECT_EQ(Cursor::parse("17.2"), (Cursor{17, 2}));
    EXPECT_EQ(Cursor::parse("0"), (Cursor{0}));
    EXPECT_EQ(Cursor::parse("18446744073709551615.4294967295"), (Cursor{18'446'744'073'709'551'615U, 4'294'967'295U}));
}

TEST(Cursor, HasOneText) {
    for (const char* text : {"0", "17", "17.2", "1700000000000000.12", "18446744073709551615"})
        EXPECT_EQ(Cursor::parse(text)->text(), text);
}

TEST(Cursor, OtherTextsAreNone) {
    for (const char* text : {"",
                             ".",
                             "1.",
                             ".1",
                             "1.0",
                             "0.1",
                             "01",
                             "1.01",
                             "-1",
                             "+1",
                             " 1",
                             "1 ",
                             "1.2.3",
                             "1-2",
                             "0x1",
                             "1e3",
                             "now",
                             "18446744073709551616",
                             "1.4294967296",
                             "17\n"})
        EXPECT_EQ(Cursor::parse(text), std::nullopt) << text;
    EXPECT_EQ(Cursor::parse(std::string_view("17\0", 3)), std::nullopt);
}

TEST(Cursor, WithinASeqAllBeforeItIsKnown) {
    EXPECT_EQ((Cursor{17}.whole_seq()), 17U);
    EXPECT_EQ((Cursor{17, 1}.whole_seq()), 16U);
}

TEST(Start, IsAWordOrACursor) {
    EXPECT_EQ(Start::parse("beginning"), Start::beginning());
    EXPECT_EQ(Start::parse("now"), Start::now());
    EXPECT_EQ(Start::parse("17.2"), Start::behind({17, 2}));
    EXPECT_EQ(Start::parse("0"), Start::behind({0}));
    EXPECT_NE(Start::behind({0}), Start::beginning()) << "who had a cursor must hear when something behind it is gone";
    for (const char* text : {"", "Now", "end", "now ", "17.0"}) EXPECT_EQ(Start::parse(text), std::nullopt) << text;
}

}  // namespace
}  // namespace cartwheel::changes
