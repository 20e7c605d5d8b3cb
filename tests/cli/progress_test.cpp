#include "cartwheel/cli/progress.h"

#include <gtest/gtest.h>

namespace cartwheel::cli {
namespace {

TEST(WithCommas, GroupsByThousands) {
    EXPECT_EQ(with_commas(0), "0");
    EXPECT_EQ(with_commas(999), "999");
    EXPECT_EQ(with_commas(21'300), "21,300");
    EXPECT_EQ(with_commas(1'234'567), "1,234,567");
}

TEST(InWords, HasAUsefulNumberOfDigits) {
    using std::chrono::duration;
    EXPECT_EQ(in_words(duration<double>(0.0123)), "0.01 s");
    EXPECT_EQ(in_words(duration<double>(12.34)), "12.3 s");
    EXPECT_EQ(in_words(duration<double>(245)), "4 min 05 s");
}

TEST(Progress, GivesPlainLinesWhereThereIsNoTerminal) {
    std::FILE* const file = std::tmpfile();
    {
        Progress progress(file, ReportStyle::text);
        EXPECT_FALSE(progress.is_due());  // not before a second
        progress.show("one");
        progress.say("two");
        progress.settle("three");
    }
    ASSERT_EQ(std::fseek(file, 0, SEEK_SET), 0);
    char text[100] = {};
    text[std::fread(text, 1, sizeof text - 1, file)] = 0;
    std::fclose(file);
    EXPECT_STREQ(text, "one\ntwo\nthree\n");
}

}  // namespace
}  // namespace cartwheel::cli
