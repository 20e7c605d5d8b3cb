#include "cartwheel/cli/rejects.h"

#include <gtest/gtest.h>

#include "cli/temporary_folder.h"

namespace cartwheel::cli {
namespace {

const std::vector<csv::RowProblem> problems{{7, "price", "x\ny", "no number"}};

TEST(RejectFile, IsNotMadeWithoutARejectedRow) {
    const test::WorkingFolder folder;
    RejectFile rejects("bad.err");
    EXPECT_TRUE(rejects.close());
    EXPECT_FALSE(rejects.is_used());
    EXPECT_EQ(folder.count("bad"), 0U);
}

TEST(RejectFile, HoldsRowsAsTheyWereUnderTheirHeaderAndReasonsBeside) {
    const test::WorkingFolder folder;
    RejectFile rejects("bad.err");
    ASSERT_TRUE(rejects.add("a.csv", "id,price\r\n", "1,\"x\ny\"\r\n", problems));
    ASSERT_TRUE(rejects.add("a.csv", "id,price\r\n", "2", problems));
    ASSERT_TRUE(rejects.add_rest("3456"));
    ASSERT_TRUE(rejects.add("a.csv", "id,price\r\n", "4,z\n", {{9, "", "4,z", "odd"}}));
    ASSERT_TRUE(rejects.close());
    EXPECT_EQ(folder.read("bad.err"), "id,price\r\n1,\"x\ny\"\r\n23456\n4,z\n");
    EXPECT_EQ(folder.read("bad.err.log"),
              "a.csv line 7, price: \"x\\ny\": no number\na.csv line 7, price: \"x\\ny\": no number\na.csv line 9: \"4,z\": odd\n");
}

TEST(RejectFile, NeverOverwritesAnOlderOne) {
    const test::WorkingFolder folder;
    folder.write("bad.err", "mine");
    for (int i = 0; i < 3; ++i) {
        RejectFile rejects("bad.err");
        ASSERT_TRUE(rejects.add("a.csv", "", "row\n", problems));
        ASSERT_TRUE(rejects.close());
    }
    EXPECT_EQ(folder.read("bad.err"), "row\n");
    EXPECT_EQ(folder.count("bad.err.2"), 3U) << "renamed to the time";
    EXPECT_EQ(folder.count("bad.err.log"), 3U);
}

TEST(RejectFile, BeginsAnewUnderAnotherHeader) {
    const test::WorkingFolder folder;
    RejectFile rejects("bad.err");
    ASSERT_TRUE(rejects.add("a.csv", "id\n", "1\n", problems));
    ASSERT_TRUE(rejects.add("b.csv", "price,id\n", "2\n", problems));
    ASSERT_TRUE(rejects.close());
    EXPECT_EQ(folder.read("bad.err"), "price,id\n2\n");
    EXPECT_EQ(folder.count("bad.err.2"), 1U);
}

TEST(RejectFile, SaysWhenItCannotBeWritten) {
    const test::WorkingFolder folder;
    RejectFile rejects("no/such/folder/bad.err");
    const auto added = rejects.add("a.csv", "", "row\n", problems);
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().message, "cannot write no/such/folder/bad.err: No such file or directory");
}

}  // namespace
}  // namespace cartwheel::cli
