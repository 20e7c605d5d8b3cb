// SELECT statements of whoever asks, and the table of followers, on a real node.
#include <gmock/gmock.h>

#include "cartwheel/engines/cql/select.h"
#include "engines/cql/test_keyspace.h"
#include "support/fake_clock.h"
#include "support/run_task.h"
#include "support/shop.h"

namespace cartwheel::test {
namespace {

using namespace std::chrono_literals;
using namespace store;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class Select : public ::testing::Test {
protected:
    Select() { keyspace_.empty(); }

    Result<RowSet> select(const std::string& text, std::size_t rows_max = 100) {
        return run_task(engines::cql::select(keyspace_.driver(), text, rows_max, {.timeout = 20s}));
    }
    std::string table(const std::string& name) const { return keyspace_.name() + "." + name; }

    TestKeyspace& keyspace_ = TestKeyspace::get();
};

TEST_F(Select, RowsOfATableComeWithTheirColumns) {
    keyspace_.query("INSERT INTO " + table("orders") +
                    " (user_id, placed_us, order_id, placed_at, currency, items, total) VALUES ('ann', 5, "
                    "cccccccc-0000-4000-8000-000000000001, 1700000000000, 'USD', [{product_id: 00000000-0000-4000-8000-000000000001, "
                    "name: 'Tea', unit_price: 2.50, quantity: 2, total: 5.00}], 5.00)");
    const auto rows = select("SELECT user_id, placed_us, order_id, placed_at, items, total FROM " + table("orders") + ";").value();
    EXPECT_THAT(rows.columns, ElementsAre("user_id", "placed_us", "order_id", "placed_at", "items", "total"));
    ASSERT_THAT(rows.rows, SizeIs(1));
    const auto* items = "[{product_id: 00000000-0000-4000-8000-000000000001, name: 'Tea', unit_price: 2.50, quantity: 2, total: 5.00}]";
    EXPECT_EQ(rows.rows[0], (std::vector<Cell>{"ann", std::int64_t{5}, "cccccccc-0000-4000-8000-000000000001",
                                               "2023-11-14 22:13:20.000000+0000", items, "5.00"}));
    EXPECT_FALSE(rows.is_cut);
}

TEST_F(Select, TheSamplesQueriesRunAsTheyAreWritten) {
    const auto id = "dc87a43f-53b2-48a2-9003-2654345b6647";
    keyspace_.query("INSERT INTO " + table("cart_items_scylla_cdc_log") +
                    R"( ("cdc$stream_id", "cdc$time", "cdc$batch_seq_no", "cdc$operation", product_id, product_quantity) VALUES )" +
                    "(0x00, 04afc000-833b-11ee-9d1b-8f2a10c3b7e5, 0, 2, " + id + ", 3)");
    const auto from = "SELECT count(*) FROM " + table("cart_items_scylla_cdc_log") + R"( WHERE "cdc$operation"= 2 AND )";
    EXPECT_EQ(select(from + "product_quantity > 2 ALLOW FILTERING;").value().rows, (std::vector<std::vector<Cell>>{{std::int64_t{1}}}));
    EXPECT_EQ(select(from + "product_id = " + id + " ALLOW FILTERING;").value().rows, (std::vector<std::vector<Cell>>{{std::int64_t{1}}}));
}

TEST_F(Select, RowsBeyondTheLimitAreLeftOut) {
    for (int i = 0; i < 30; ++i) keyspace_.query(fmt::format("INSERT INTO {} (name, seq) VALUES ('{}', {})", table("follower"), i, i));
    const auto all = "SELECT name FROM " + table("follower");
    EXPECT_THAT(select(all, 10).value().rows, SizeIs(10));
    EXPECT_TRUE(select(all, 10).value().is_cut);
    EXPECT_THAT(select(all, 30).value().rows, SizeIs(30));
    EXPECT_FALSE(select(all, 30).value().is_cut);
    EXPECT_FALSE(select(all, 31).value().is_cut);
}

TEST_F(Select, WhatTheClusterRefusesIsSaidInItsOwnWords) {
    const auto refusal = [&](const std::string& text) {
        const auto rows = select(text);
        EXPECT_EQ(rows.has_value() ? ErrorCode::internal : rows.error().code, ErrorCode::invalid) << text;
        return rows ? std::string() : rows.error().message;
    };
    EXPECT_THAT(refusal("SELECT * FROM " + table("nothing")), HasSubstr("does not exist"));
    EXPECT_THAT(refusal("SELECT FROM WHERE"), HasSubstr("line 1"));
    EXPECT_THAT(refusal("SELECT * FROM " + table("cart") + " WHERE is_active = true"), HasSubstr("ALLOW FILTERING"));
    EXPECT_THAT(refusal("SELECT * FROM " + table("cart") + " WHERE user_id = ?"), HasSubstr("markers"));
    EXPECT_THAT(refusal("TRUNCATE " + table("cart")), HasSubstr("SELECT"));
}

TEST_F(Select, WithoutTheTableOfFollowersOnlyItsCallsFail) {
    keyspace_.query("DROP TABLE " + table("follower"));
    const FakeClock clock;
    const auto store = keyspace_.open(clock, keyspace_.settings());
    EXPECT_TRUE(run_task(store->update_cart(user("ann"), std::nullopt, put(user("ann"), product_id(1)))));
    const auto kept = run_task(store->kept_cursor("kafka"));
    ASSERT_FALSE(kept);
    EXPECT_EQ(kept.error().code, ErrorCode::unavailable);
    EXPECT_THAT(kept.error().message, HasSubstr("cartwheel schema"));
    EXPECT_EQ(run_task(store->keep_cursor("kafka", 1)).error().code, ErrorCode::unavailable);

    keyspace_.query("CREATE TABLE " + table("follower") + " (name text PRIMARY KEY, seq bigint)");
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!run_task(store->keep_cursor("kafka", 7)) && std::chrono::steady_clock::now() < deadline) {
    }
    EXPECT_EQ(run_task(store->kept_cursor("kafka")).value(), 7U) << "it is there from then on";
}

}  // namespace
}  // namespace cartwheel::test
