// ScyllaDB's own change log, as far as a Cassandra can show it: tables of the shape that ScyllaDB makes, with rows as it writes them.
#include <gmock/gmock.h>

#include "cartwheel/engines/cql/change_log.h"
#include "cartwheel/engines/cql/products.h"
#include "engines/cql/test_keyspace.h"
#include "support/fake_clock.h"
#include "support/run_task.h"
#include "support/shop.h"

namespace cartwheel::engines::cql {
namespace {

using namespace domain;
using namespace std::chrono_literals;
using test::cart_id;
using test::product;
using test::product_id;
using test::quantity;
using test::run_task;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr StatementDefaults defaults{.timeout = 20s};
constexpr Time noon{std::chrono::seconds(1'700'000'000)};
constexpr std::string_view stream = "\x12\x34\x56\x78\x9a\xbc\xde\xf0\x11\x22\x33\x44\x55\x66\x77\x81";
constexpr std::string_view stream_text = "0x123456789abcdef01122334455667781";
// Of noon, and of the second behind it; the low bytes are at random, so a user's rows in two tables share nothing but the microsecond.
constexpr std::string_view at_noon = "04afc000-833b-11ee-9d1b-8f2a10c3b7e5";
constexpr std::string_view a_second_later = "05485680-833b-11ee-b0f7-01d2c3b4a596";

class ScyllaLog : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        query("DROP KEYSPACE IF EXISTS " + name());
        query("CREATE KEYSPACE " + name() + " WITH replication = {'class': 'NetworkTopologyStrategy', 'replication_factor': 1}");
        query("CREATE TYPE " + name() + ".order_item (product_id uuid, name text, unit_price decimal, quantity int, total decimal)");
        // Static columns of the table are none of the log's.
        make("cart_items", {"user_id text", "cart_id uuid", "product_id uuid"},
             {"product_quantity int", "version bigint", "active_cart_id uuid", "committed_us bigint", "recent_commits blob", "intent blob",
              "idempotency frozen<map<text, blob>>"});
        make("cart", {"user_id text", "cart_id uuid"}, {"is_active boolean", "ordered_us bigint"});
        make("product", {"id uuid"}, {"name text", "price float", "img text", "price_exact decimal"});
        make("orders", {"user_id text", "placed_us bigint", "order_id uuid"},
             {"placed_at timestamp", "currency text", "items frozen<list<frozen<order_item>>>", "total decimal"});
        query("CREATE TABLE " + name() + ".product (id uuid PRIMARY KEY, name text, price float, img text, price_exact decimal)");
    }
    static void TearDownTestSuite() { query("DROP KEYSPACE IF EXISTS " + name()); }

    static Rows query(const std::string& cql) { return test::TestKeyspace::get().query(cql); }
    static std::string name() { return test::TestKeyspace::get().name() + "_scylla"; }
    static Keyspace keyspace() { return {name(), Dialect::scylla, true}; }

    static void make(const std::string& table, const std::vector<std::string>& key, const std::vector<std::string>& others) {
        std::string columns;
        for (const auto& column : others) columns += fmt::format(R"("cdc$deleted_{}" boolean, )", column.substr(0, column.find(' ')));
        if (table == "cart_items") columns += R"("cdc$deleted_elements_idempotency" frozen<set<text>>, )";
        for (const auto& list : {key, others})
            for (const auto& column : list) columns += column + ", ";
        query(fmt::format(R"(CREATE TABLE {}.{}_scylla_cdc_log ("cdc$stream_id" blob, "cdc$time" timeuuid, "cdc$batch_seq_no" int, {})"
                          R"("cdc$end_of_batch" boolean, "cdc$operation" tinyint, "cdc$ttl" bigint, )"
                          R"(PRIMARY KEY (("cdc$stream_id"), "cdc$time", "cdc$batch_seq_no")))",
                          name(), table, columns));
    }
    static void write(std::string_view table, std::string_view time, int number, int operation, std::string_view columns,
                      std::string_view values) {
        query(fmt::format(R"(INSERT INTO {}.{}_scylla_cdc_log ("cdc$stream_id", "cdc$time", "cdc$batch_seq_no", "cdc$operation", {}) )"
                          "VALUES ({}, {}, {}, {}, {})",
                          name(), table, columns, stream_text, time, number, operation, values));
    }

    ScyllaLog() {
        for (const auto table : log_tables) query("TRUNCATE " + log_table(keyspace(), table));
        query("TRUNCATE " + name() + ".product");
    }
    std::vector<Commit> commits() { return run_task(log_.after(0, 100, noon + 1h, noon + 1h)).value().commits; }

    Driver& driver_ = test::TestKeyspace::get().driver();
    const std::vector<std::string> one_stream_{std::string(stream)};
    ChangeLog log_ =
        run_task(ChangeLog::prepare(driver_, keyspace(), defaults, constant_streams({one_stream_, one_stream_, one_stream_, one_stream_})))
            .value();
};

TEST_F(ScyllaLog, APutIntoACartIsOneChangeAmongTheRowsOfTheHead) {
    const auto row = fmt::format("'ann', {}, {}", cart_id(1).text(), product_id(1).text());
    write("cart_items", at_noon, 0, 0, "user_id, version", "'ann', 6");
    write("cart_items", at_noon, 1, 0, "user_id, cart_id, product_id, product_quantity", row + ", 2");
    write("cart_items", at_noon, 2, 1, "user_id, version", "'ann', 7");
    write("cart_items", at_noon, 3, 2, "user_id, cart_id, product_id, product_quantity", row + ", 5");
    write("cart_items", at_noon, 4, 9, "user_id, version", "'ann', 7");
    write("cart_items", at_noon, 5, 9, "user_id, cart_id, product_id, product_quantity", row + ", 5");
    const auto ann = test::user("ann");
    const auto found = commits();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].seq, static_cast<Seq>(micros(noon)));
    EXPECT_EQ(found[0].time, noon);
    EXPECT_THAT(found[0].changes, ElementsAre(RowChange{Operation::insert, CartItemRow{ann, cart_id(1), product_id(1), quantity(2)},
                                                        CartItemRow{ann, cart_id(1), product_id(1), quantity(5)}}));
}

TEST_F(ScyllaLog, ACartThatIsEmptiedByARangeIsNoChange) {
    write("cart_items", at_noon, 0, 1, "user_id, version", "'ann', 8");
    write("cart_items", at_noon, 1, 5, "user_id, cart_id", "'ann', " + cart_id(1).text());
    write("cart_items", at_noon, 2, 7, "user_id, cart_id", "'ann', " + cart_id(1).text());
    EXPECT_THAT(commits(), IsEmpty());
}

TEST_F(ScyllaLog, PricesAreThoseOfTheTableItself) {
    const auto id = product_id(1).text();
    // Put by this service, then by the sample application, which knows of no exact price; then deleted, which ends the partition.
    write("product", at_noon, 0, 2, "id, name, price, img, price_exact", id + ", 'Dear', 123456789.01, '', 123456789.01");
    write("product", at_noon, 1, 9, "id, name, price, img, price_exact", id + ", 'Dear', 123456789.01, '', 123456789.01");
    write("product", a_second_later, 0, 0, "id, name, price, img, price_exact", id + ", 'Dear', 123456789.01, '', 123456789.01");
    write("product", a_second_later, 1, 1, "id, price", id + ", 79.61");
    write("product", a_second_later, 2, 9, "id, name, price, img, price_exact", id + ", 'Dear', 79.61, '', 123456789.01");
    const Product dear{product_id(1), "Dear", Money::from_minor(123'456'789'01), ""};
    auto cheap = dear;
    cheap.price = Money::from_minor(7961);
    const auto found = commits();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_THAT(found[0].changes, ElementsAre(RowChange{Operation::insert, std::nullopt, dear}));
    EXPECT_THAT(found[1].changes, ElementsAre(RowChange{Operation::update, dear, cheap}));
    EXPECT_EQ(found[1].time, noon + 1s);
}

TEST_F(ScyllaLog, NothingIsWrittenThatTheClusterWritesItself) {
    const Intent intent{CommitId::random(), Commit{1, noon, {{Operation::insert, std::nullopt, product(1)}}}};
    EXPECT_THAT(log_.batches({&intent, 1}), IsEmpty());

    const auto table = run_task(ProductTable::prepare(driver_, keyspace(), defaults)).value();
    const test::FakeClock clock;
    CommitClock commit_clock(clock);
    for (const auto price : {100, 200})
        EXPECT_TRUE(run_task(table.put({product(1, price), product(2, price)}, store::ProductWrite::apply, commit_clock)).value().tally);
    EXPECT_TRUE(run_task(table.remove(product_id(2), commit_clock)).value());
    EXPECT_EQ(run_task(table.read(product_id(1))).value(), product(1, 200));
    EXPECT_FALSE(run_task(table.read(product_id(2))));
    EXPECT_EQ(query("SELECT id FROM " + log_table(keyspace(), Table::product)).rows(), 0U);
}

}  // namespace
}  // namespace cartwheel::engines::cql
