#include "cartwheel/query/log_table.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <random>

#include "cartwheel/changes/change_rows.h"
#include "cartwheel/engines/memory/memory_store.h"
#include "query/sql_shop.h"
#include "support/run_task.h"

namespace cartwheel::query {
namespace {

using test::SqlShop;

std::unique_ptr<store::Store> in_memory(const Clock& clock) { return engines::memory::make_store(clock); }

std::string hex(const changes::Stream& stream) {
    std::string text = "0x";
    for (const char byte : stream.id()) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    return text;
}

std::string key_of(const changes::LogColumns& columns) {
    struct {
        std::string operator()(const changes::ProductColumns& of) const { return of.id->text() + "/" + of.name.value_or("null"); }
        std::string operator()(const changes::CartColumns& of) const {
            return of.user_id->text() + "/" + of.cart_id->text() + "/" + (of.ordered_at ? "ordered" : "null");
        }
        std::string operator()(const changes::CartItemColumns& of) const {
            return of.user_id->text() + "/" + of.product_id->text() + "/" + (of.quantity ? std::to_string(*of.quantity) : "null");
        }
        std::string operator()(const changes::OrderColumns& of) const { return of.user_id->text() + "/" + of.order_id->text(); }
    } visitor;
    return std::visit(visitor, columns);
}

const std::array<std::pair<domain::Table, const char*>, 4> key_columns = {
    {{domain::Table::product, "id || '/' || coalesce(name, 'null')"},
     {domain::Table::cart, "user_id || '/' || cart_id || '/' || iif(ordered_us IS NULL, 'null', 'ordered')"},
     {domain::Table::cart_items, "user_id || '/' || product_id || '/' || coalesce(product_quantity, 'null')"},
     {domain::Table::orders, "user_id || '/' || order_id"}}};

/// A shop in which chance does this and that.
void live(SqlShop& shop, unsigned seed) {
    std::mt19937 random(seed);
    const auto any = [&](int most) { return std::uniform_int_distribution<int>(1, most)(random); };
    shop.tell("products 1 150");
    for (int i = 0; i < 400; ++i) {
        const auto user = fmt::format("user{}", any(5));
        switch (any(6)) {
            case 1: shop.tell(fmt::format("product {} {}.25 Name {}", any(9), any(50), i)); break;
            case 2: shop.tell("put " + user + " 150 1"), shop.tell("order " + user); break;
            case 3: shop.tell("put " + user + " 149 1"), shop.tell("take " + user + " 149"); break;
            default: shop.tell(fmt::format("put {} {} {}", user, any(9), any(20))); break;
        }
    }
    shop.tell("products 100 150");
    shop.tell("drop 120");
}

TEST(LogTable, HasTheRowsThatTheChangesFolderMakesOfACommit) {
    SqlShop shop(in_memory);
    live(shop, 7);
    std::map<domain::Table, std::vector<std::string>> expected;
    const auto page = test::run_task(shop.store().changes_after(0, 10'000)).value();
    for (const auto& commit : page.commits)
        for (const auto& part : changes::rows_of(commit.time, changes::CommitId::random(), commit.changes))
            for (const auto& row : part.rows)
                expected[part.table].push_back(fmt::format("\"{}\" | {} | {} | {} | {} | {}", hex(part.stream), sql_time(row.time.time()),
                                                           row.batch_seq_no, static_cast<int>(row.operation), row.is_end_of_batch,
                                                           key_of(row.columns)));
    for (const auto& [table, key] : key_columns) {
        const auto rows = shop.ask(fmt::format(
            R"(SELECT "cdc$stream_id", toTimestamp("cdc$time"), "cdc$batch_seq_no", "cdc$operation", "cdc$end_of_batch", {} FROM {}_scylla_cdc_log)",
            key, name_of(table)));
        ASSERT_TRUE(rows) << rows.error().message;
        EXPECT_GT(rows->rows.size(), 50U);
        EXPECT_EQ(test::lines_of(*rows), expected[table]) << name_of(table);
    }
}

TEST(LogTable, WhatIsFilteredInTheScanIsWhatSqliteWouldFilter) {
    SqlShop shop(in_memory);
    live(shop, 8);
    const auto count = [&](const std::string& condition) {
        return test::lines_of(shop.ask("SELECT count(*), sum(product_quantity) FROM cart_items_scylla_cdc_log WHERE " + condition).value())
            .front();
    };
    // A plus before a column keeps the condition from the scan.
    for (const auto& [pushed, plain] : std::initializer_list<std::pair<const char*, const char*>>{
             {R"("cdc$operation" = 2)", R"(+"cdc$operation" = 2)"},
             {R"("cdc$operation" IN (0, 9, 4))", R"(+"cdc$operation" IN (0, 9, 4))"},
             {R"("cdc$operation" = '3')", R"(+"cdc$operation" = 3)"},
             {"product_id = 00000000-0000-4000-8000-000000000003", "+product_id = '00000000-0000-4000-8000-000000000003'"},
             {"user_id IN ('user1', 'user4')", "+user_id IN ('user1', 'user4')"},
             {R"(user_id = 'user2' AND "cdc$operation" = 9)", R"(+user_id = 'user2' AND +"cdc$operation" = 9)"},
             {R"("cdc$time" > maxTimeuuid(1700000100000) AND "cdc$time" <= maxTimeuuid(1700000200000))",
              R"(toUnixTimestamp("cdc$time") > 1700000100000 AND toUnixTimestamp("cdc$time") <= 1700000200000)"}}) {
        EXPECT_EQ(count(pushed), count(plain)) << pushed;
        EXPECT_NE(count(pushed), "0 | null") << pushed;
    }
}

TEST(LogTable, TwoCommitsOfOneMicrosecondAreTwoMoments) {
    SqlShop shop(in_memory);
    for (int i = 0; i < 300; ++i) shop.tell("put ann 1 1"), shop.clock().advance(std::chrono::seconds(-1));
    const auto rows =
        shop.ask(R"(SELECT count(DISTINCT "cdc$time"), count(DISTINCT toTimestamp("cdc$time")) FROM cart_items_scylla_cdc_log)").value();
    EXPECT_EQ(test::lines_of(rows).front(), "300 | 1");
    const auto sorted = shop.ask(
        R"(SELECT count(*) FROM (SELECT "cdc$time" AS t, lag("cdc$time") OVER () AS before FROM cart_items_scylla_cdc_log) WHERE before > t COLLATE timeuuid)");
    EXPECT_EQ(test::lines_of(sorted.value()).front(), "0");
}

}  // namespace
}  // namespace cartwheel::query
