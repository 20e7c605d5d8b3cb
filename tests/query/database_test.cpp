#include "cartwheel/query/database.h"

#include <gmock/gmock.h>

#include "cartwheel/engines/memory/memory_store.h"
#include "query/sql_shop.h"

namespace cartwheel::query {
namespace {

using test::SqlShop;
using ::testing::HasSubstr;

std::unique_ptr<store::Store> in_memory(const Clock& clock) { return engines::memory::make_store(clock); }

constexpr const char* endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

Error error_of(const Result<store::RowSet>& answer) { return answer ? Error::internal("it was answered") : answer.error(); }

TEST(Database, AStatementThatGoesOnIsEndedInTime) {
    SqlShop shop(in_memory);
    const auto answer = shop.ask(endless, {.time_max = std::chrono::milliseconds(20)});
    EXPECT_EQ(error_of(answer).code, ErrorCode::deadline);
    EXPECT_TRUE(shop.ask("SELECT 1"));
}

TEST(Database, SoIsAScanThatFindsNothing) {
    SqlShop shop(in_memory);
    shop.tell("repeat 1000 put ann 1 1");
    const auto answer =
        shop.ask("SELECT count(*) FROM cart_items_scylla_cdc_log WHERE user_id = 'zoe'", {.time_max = std::chrono::milliseconds(0)});
    EXPECT_EQ(error_of(answer).code, ErrorCode::deadline);
}

TEST(Database, AStatementThatNobodyWaitsForIsEnded) {
    SqlShop shop(in_memory);
    const auto answer = shop.ask(endless, {.is_gone = [] { return true; }});
    EXPECT_EQ(error_of(answer).code, ErrorCode::unavailable);
}

TEST(Database, MoreRowsThanAllowedAreCutOffAndItIsSaid) {
    SqlShop shop(in_memory);
    shop.tell("products 1 20");
    const auto cut = shop.ask("SELECT id FROM product", {.rows_max = 19}).value();
    EXPECT_EQ(cut.rows.size(), 19U);
    EXPECT_TRUE(cut.is_cut);
    const auto whole = shop.ask("SELECT id FROM product", {.rows_max = 20}).value();
    EXPECT_EQ(whole.rows.size(), 20U);
    EXPECT_FALSE(whole.is_cut);
}

TEST(Database, SoAreMoreBytes) {
    SqlShop shop(in_memory);
    shop.tell("products 1 20");
    const auto cut = shop.ask("SELECT zeroblob(1000) FROM product", {.bytes_max = 5000}).value();
    EXPECT_EQ(cut.rows.size(), 5U);
    EXPECT_TRUE(cut.is_cut);
}

TEST(Database, AStatementThatNeedsTooMuchMemoryIsRefusedAndTheNextOneIsNot) {
    SqlShop shop(in_memory);
    Database::limit_memory(16 << 20);
    const auto answer = shop.ask(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) "
        "SELECT count(*) FROM (SELECT hex(randomblob(100000)) AS x FROM n ORDER BY x)");
    EXPECT_EQ(error_of(answer).code, ErrorCode::invalid);
    EXPECT_THAT(error_of(answer).message, HasSubstr("memory"));
    EXPECT_TRUE(shop.ask("SELECT count(*) FROM product"));
    Database::limit_memory(0);
}

TEST(Database, StatementsBeyondItsLimitsAreRefused) {
    SqlShop shop(in_memory);
    std::string deep = "1";
    for (int i = 0; i < 500; ++i) deep = "(" + deep + " + 1)";
    std::string wide = "1";
    for (int i = 0; i < 500; ++i) wide += ", 1";
    std::string many = "SELECT 1";
    for (int i = 0; i < 100; ++i) many += " UNION ALL SELECT 1";
    for (const auto& statement : {"SELECT " + deep, "SELECT " + wide, many, std::string("SELECT zeroblob(100000000)"),
                                  "SELECT 'a' LIKE '" + std::string(5000, '%') + "'"})
        EXPECT_EQ(error_of(shop.ask(statement)).code, ErrorCode::invalid) << statement.substr(0, 40);
}

TEST(Database, NothingCanBeDoneButReading) {
    SqlShop shop(in_memory);
    for (const auto* statement :
         {"WITH x AS (SELECT 1) DELETE FROM product", "WITH x AS (SELECT 1) INSERT INTO sqlite_master VALUES (1,1,1,1,1)",
          "WITH x AS (SELECT 1) UPDATE sqlite_schema SET sql = 1", "SELECT load_extension('x')",
          "SELECT * FROM pragma_table_info('product')", "EXPLAIN DELETE FROM product", "EXPLAIN ATTACH 'x' AS y"})
        EXPECT_EQ(error_of(shop.ask(statement)).code, ErrorCode::invalid) << statement;
}

TEST(Database, AStatementSeesTheShopOfItsMoment) {
    SqlShop shop(in_memory);
    shop.tell("product 1 1.00 Tea");
    const auto before = shop.store().snapshot().value();
    shop.tell("product 2 1.00 Milk");
    const auto database = Database::open(shop.clock()).value();
    const auto statement = Statement::understand("SELECT count(*) FROM product").value();
    EXPECT_EQ(test::lines_of(database->run(statement, *before, {}).value()).front(), "1");
    EXPECT_EQ(test::lines_of(shop.ask("SELECT count(*) FROM product").value()).front(), "2");
}

TEST(Database, ManyStatementsRunOneAfterTheOther) {
    SqlShop shop(in_memory);
    shop.tell("product 1 1.00 Tea");
    for (int i = 0; i < 50; ++i) {
        EXPECT_TRUE(shop.ask("SELECT * FROM abandoned_carts"));
        EXPECT_FALSE(shop.ask("SELECT * FROM abandoned_cats"));
    }
}

}  // namespace
}  // namespace cartwheel::query
