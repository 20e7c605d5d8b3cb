#include "cartwheel/cli/copy_statement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cartwheel::cli {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(CopyStatement, TakesTheSamplesLine) {
    const auto statement = parse_copy("COPY ecommerce.product (id, img, name, price) FROM 'product.csv' WITH HEADER = TRUE");
    ASSERT_TRUE(statement) << statement.error().message;
    EXPECT_EQ(statement->keyspace, "ecommerce");
    EXPECT_EQ(statement->table, "product");
    EXPECT_THAT(statement->columns, ElementsAre("id", "img", "name", "price"));
    EXPECT_TRUE(statement->is_import);
    EXPECT_EQ(statement->file, "product.csv");
    EXPECT_THAT(statement->options, ElementsAre(Pair("header", "TRUE")));
}

TEST(CopyStatement, TakesEveryFormOfTheGrammar) {
    const auto statement = parse_copy(
        "copy \"product\"\n to STDOUT with Delimiter='''' and maxrows=-1 AND reportfrequency = 0.25 AND boolstyle='True, False';");
    ASSERT_TRUE(statement) << statement.error().message;
    EXPECT_EQ(statement->keyspace, "");
    EXPECT_EQ(statement->table, "product");
    EXPECT_FALSE(statement->is_import);
    EXPECT_EQ(statement->file, "-");
    EXPECT_THAT(statement->options, ElementsAre(Pair("boolstyle", "True, False"), Pair("delimiter", "'"), Pair("maxrows", "-1"),
                                                Pair("reportfrequency", "0.25")));
}

struct Refused {
    const char* text;
    const char* message;
};
class CopyRefusals : public testing::TestWithParam<Refused> {};

TEST_P(CopyRefusals, SayWhatIsMissingWhere) {
    const auto statement = parse_copy(GetParam().text);
    ASSERT_FALSE(statement);
    EXPECT_EQ(statement.error().message, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    All, CopyRefusals,
    testing::Values(Refused{"", "the COPY statement lacks COPY at its end"},
                    Refused{"SELECT 1", "the COPY statement lacks COPY before 'SELECT'"},
                    Refused{"COPY product 'x'", "the COPY statement lacks FROM or TO before 'x'"},
                    Refused{"COPY product (id FROM 'x'", "the COPY statement lacks a closing parenthesis before 'FROM'"},
                    Refused{"COPY product FROM STDOUT", "the COPY statement lacks a file name in '' or STDIN before 'STDOUT'"},
                    Refused{"COPY product FROM 'x", "the COPY statement has a ' that is not closed"},
                    Refused{"COPY product FROM 'x' WITH HEADER", "the COPY statement lacks = at its end"},
                    Refused{"COPY product FROM 'x' WITH HEADER = ;", "the COPY statement lacks a value before ';'"},
                    Refused{"COPY product FROM 'x' HEADER = TRUE", "the COPY statement lacks the end before 'HEADER'"}));

}  // namespace
}  // namespace cartwheel::cli
