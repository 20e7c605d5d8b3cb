#include "cartwheel/csv/product_row.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cartwheel::csv {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr const char* id = "f2ccbc1e-f4a5-4376-8475-277504b03c53";

Columns plain_columns() { return *Columns::from_names(product_columns(), product_columns()); }

std::expected<ProductRow, std::vector<RowProblem>> read_row(const std::string& text, ValueStyle style = {}) {
    Reader reader;
    Record record;
    reader.feed(text);
    reader.finish();
    EXPECT_EQ(reader.next(record), Step::record);
    return ProductRows(plain_columns(), std::move(style)).read(record);
}

TEST(ProductRows, ReadAProduct) {
    const auto row = read_row(std::string(id) + ",tea.jpg,\"Tea, green\",12.50\n");
    ASSERT_TRUE(row);
    EXPECT_EQ(row->id.text(), id);
    EXPECT_EQ(row->img.value, "tea.jpg");
    EXPECT_EQ(row->name.value, "Tea, green");
    EXPECT_EQ(row->price.minor(), 1250);
}

TEST(ProductRows, NameEveryWrongFieldOfARow) {
    const auto row = read_row("abc,tea.jpg," + std::string(2000, 'x') + ",1.234\n");
    ASSERT_FALSE(row);
    ASSERT_THAT(row.error(), SizeIs(3));
    EXPECT_EQ(row.error()[0].column, "id");
    EXPECT_EQ(row.error()[0].value, "abc");
    EXPECT_EQ(row.error()[0].line, 1U);
    EXPECT_EQ(row.error()[1].column, "name");
    EXPECT_EQ(row.error()[1].value, std::string(200, 'x') + "...");
    EXPECT_EQ(row.error()[2].column, "price");
    EXPECT_FALSE(row.error()[2].reason.empty());
}

TEST(ProductRows, RefuseARowWithTheWrongNumberOfFields) {
    const auto row = read_row("a,b,c\n");
    ASSERT_FALSE(row);
    ASSERT_THAT(row.error(), SizeIs(1));
    EXPECT_EQ(row.error()[0].reason, "the row has 3 fields, not 4");
    EXPECT_EQ(row.error()[0].value, "a,b,c");
}

TEST(ProductRows, GiveThePlaceOfWhatCouldNotBeRead) {
    const auto row = read_row("a,b\xff,c\n");
    ASSERT_FALSE(row);
    EXPECT_EQ(row.error()[0].column, "character 4");
    EXPECT_EQ(row.error()[0].value, "a,b");
    EXPECT_THAT(row.error()[0].reason, HasSubstr("UTF-8"));
}

TEST(ProductRows, ReadOtherWaysToWriteValues) {
    const auto row = read_row(std::string(id) + ",N/A,Tea,\"1.234,50\"\n", {.null = "N/A", .decimal_point = ',', .thousands = '.'});
    ASSERT_TRUE(row);
    EXPECT_EQ(row->img.value, "");
    EXPECT_EQ(row->price.minor(), 123450);
}

TEST(ProductRows, AreWrittenAsTheyAreRead) {
    const std::string text = std::string(id) + ",tea.jpg,\"Tea \"\"green\"\"\",12.5\n";
    const auto row = read_row(text);
    ASSERT_TRUE(row);
    std::string out;
    append_product(out, *row);
    EXPECT_EQ(out, text);
}

}  // namespace
}  // namespace cartwheel::csv
