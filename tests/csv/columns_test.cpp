#include "cartwheel/csv/columns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cartwheel::csv {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<std::string_view> wanted{"id", "img", "name", "price"};

TEST(CsvColumns, FindTheirPlacesInAnyOrder) {
    const auto columns = Columns::from_names(split_names("price, Name ,ID,img"), wanted);
    ASSERT_TRUE(columns);
    EXPECT_EQ(columns->width(), 4U);
    std::vector<std::string_view> picked;
    columns->pick({"12.5", "Tea", "1", "tea.jpg"}, picked);
    EXPECT_THAT(picked, ElementsAre("1", "tea.jpg", "Tea", "12.5"));
}

TEST(CsvColumns, PassOverWhatIsSkipped) {
    const std::vector<std::string> skipped{"colour"};
    const auto columns = Columns::from_names(split_names("colour,id,img,name,price"), wanted, skipped);
    ASSERT_TRUE(columns);
    std::vector<std::string_view> picked;
    columns->pick({"red", "1", "tea.jpg", "Tea", "12.5"}, picked);
    EXPECT_THAT(picked, ElementsAre("1", "tea.jpg", "Tea", "12.5"));
}

TEST(CsvColumns, SayWhatIsWrongWithTheNames) {
    const auto refusal = [](std::string_view names) { return Columns::from_names(split_names(names), wanted).error().message; };
    EXPECT_EQ(refusal("id,img,name"), "column 'price' is missing; the columns are id,img,name,price");
    EXPECT_EQ(refusal("id,img,name,price,id"), "column 'id' is named twice");
    EXPECT_THAT(refusal("id,img,name,cost"), HasSubstr("unknown column 'cost'"));
    EXPECT_THAT(refusal(std::string(100, 'x')), HasSubstr("'" + std::string(60, 'x') + "...'"));
}

TEST(CsvColumns, TellAHeaderFromData) {
    EXPECT_TRUE(Columns::look_like_names(split_names("Price,id"), wanted));
    EXPECT_FALSE(Columns::look_like_names(split_names("id,12.5"), wanted));
    EXPECT_FALSE(Columns::look_like_names({}, wanted));
}

}  // namespace
}  // namespace cartwheel::csv
