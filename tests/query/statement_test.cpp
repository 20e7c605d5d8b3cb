#include "cartwheel/query/statement.h"

#include <gmock/gmock.h>

namespace cartwheel::query {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string sql(std::string_view text) {
    const auto statement = Statement::understand(text);
    return statement ? statement->sql() : "refused: " + statement.error().message;
}

std::string refusal(std::string_view text) {
    const auto statement = Statement::understand(text);
    return statement ? "understood: " + statement->sql() : statement.error().message;
}

constexpr std::string_view id = "dc87a43f-53b2-48a2-9003-2654345b6647";
std::string with_id(std::string_view before, std::string_view behind = "") {
    return std::string(before) + std::string(id) + std::string(behind);
}

TEST(Statement, PlainSqlStaysAsItIs) {
    for (const auto* text : {"SELECT 1", "select a.b, \"cdc$time\" FROM t WHERE x <> 'it''s' -1", "WITH a AS (SELECT 1) SELECT * FROM a",
                             "VALUES (1, 0x10)", " \n SELECT [a b], `c` FROM t", "SELECT 'é' || \"ü\""})
        EXPECT_EQ(sql(text), text);
}

TEST(Statement, AllowFilteringGoesWhereverItStandsAndHoweverItIsWritten) {
    EXPECT_EQ(sql("SELECT 1 ALLOW FILTERING"), "SELECT 1                ");
    EXPECT_EQ(sql("SELECT 1 allow /* x */\n Filtering;"), "SELECT 1 " + std::string(24, ' '));
    EXPECT_EQ(sql("SELECT 1 BYPASS CACHE"), "SELECT 1             ");
    EXPECT_EQ(sql("SELECT allow, filtering FROM t"), "SELECT allow, filtering FROM t");
    EXPECT_EQ(sql("SELECT 'ALLOW FILTERING', \"ALLOW FILTERING\""), "SELECT 'ALLOW FILTERING', \"ALLOW FILTERING\"");
}

TEST(Statement, AUuidWithoutQuotesIsAText) {
    EXPECT_EQ(sql(with_id("SELECT x=")), with_id("SELECT x='", "'"));
    EXPECT_EQ(sql(with_id("SELECT (", ", 1)")), with_id("SELECT ('", "', 1)"));
    EXPECT_EQ(sql("SELECT 11111111-2222-3333-4444-555555555555"), "SELECT '11111111-2222-3333-4444-555555555555'");
}

TEST(Statement, AUuidInsideOfSomethingElseStays) {
    EXPECT_EQ(sql(with_id("SELECT '", "'")), with_id("SELECT '", "'"));
    EXPECT_EQ(sql(with_id("SELECT \"", "\"")), with_id("SELECT \"", "\""));
    EXPECT_EQ(sql(with_id("SELECT x", "")), with_id("SELECT x", ""));
    EXPECT_EQ(sql(with_id("SELECT ", "f")), with_id("SELECT ", "f"));
}

TEST(Statement, ALongHexadecimalNumberIsABlob) {
    EXPECT_EQ(sql("SELECT 0x80000000000000000000000000000001"), "SELECT X'80000000000000000000000000000001'");
    EXPECT_EQ(sql("SELECT 0xffffffffffffffff"), "SELECT 0xffffffffffffffff");
    EXPECT_EQ(sql("SELECT '0x80000000000000000000000000000001'"), "SELECT '0x80000000000000000000000000000001'");
}

TEST(Statement, CommentsAreBlanksAndMayHoldAnything) {
    EXPECT_EQ(sql("SELECT 1 -- it's; \"x\n+ 1"), "SELECT 1" + std::string(12, ' ') + "\n+ 1");
    EXPECT_EQ(sql("SELECT /* ; ' */ 1 // CQL's own"), "SELECT " + std::string(9, ' ') + " 1 " + std::string(12, ' '));
}

TEST(Statement, OneSemicolonMayEndIt) {
    EXPECT_EQ(sql("SELECT 1; ;-- over\n "), "SELECT 1");
    EXPECT_EQ(sql("SELECT ';'"), "SELECT ';'");
    EXPECT_THAT(refusal("SELECT 1;\n SELECT 2"), HasSubstr("line 2, column 2: a second statement"));
}

TEST(Statement, OnlyReadingIsUnderstood) {
    for (const auto* text : {"INSERT INTO product VALUES (1)", "update product set name = 1", "DELETE FROM cart", "DROP TABLE cart",
                             "PRAGMA x", "ATTACH 'x' AS y", "VACUUM", "BEGIN", "42", "'SELECT'", "(SELECT 1)"})
        EXPECT_THAT(refusal(text), HasSubstr("line 1, column 1: only SELECT")) << text;
}

TEST(Statement, WhatIsNoStatementIsRefusedWithAReason) {
    for (const auto* text : {"", " ", ";", "-- nothing"}) EXPECT_THAT(refusal(text), HasSubstr("there is no statement")) << text;
    EXPECT_THAT(refusal("SELECT 'abc"), HasSubstr("column 8: the text that begins here has no end"));
    EXPECT_THAT(refusal("SELECT \"abc"), HasSubstr("column 8: the quoted name"));
    EXPECT_THAT(refusal("SELECT 1 /* abc"), HasSubstr("column 10: the comment"));
    EXPECT_THAT(refusal("SELECT ?"), HasSubstr("column 8: there are no values"));
    EXPECT_THAT(refusal(std::string(Statement::bytes_max + 1, ' ')), HasSubstr("at most"));
    EXPECT_THAT(refusal("SELECT '\xff'"), HasSubstr("UTF-8"));
    EXPECT_THAT(refusal(std::string_view("SELECT 1\0", 9)), HasSubstr("UTF-8"));
}

TEST(Statement, PlacesAreThoseOfWhatWasGiven) {
    const auto text = with_id("SELECT é\n, ", " AMD 1");
    const auto statement = Statement::understand(text);
    ASSERT_TRUE(statement);
    EXPECT_EQ(statement->place_of(statement->sql().find("AMD")), place_in(text, text.find("AMD")));
    EXPECT_EQ(statement->place_of(statement->sql().find("AMD")), "line 2, column 40");
    EXPECT_EQ(statement->place_of(0), "line 1, column 1");
    EXPECT_EQ(place_in("é x", 3), "line 1, column 3");
}

TEST(Split, GivesEachStatementAndTheRest) {
    const auto pieces = split("SELECT ';'; -- one; two\nSELECT 2;;\n SELECT \"");
    EXPECT_THAT(pieces.statements, ElementsAre("SELECT ';';", " -- one; two\nSELECT 2;"));
    EXPECT_EQ(pieces.rest, "\n SELECT \"");
    EXPECT_THAT(split(" -- nothing\n").statements, IsEmpty());
    EXPECT_EQ(split(" -- nothing\n").rest, "");
}

}  // namespace
}  // namespace cartwheel::query
