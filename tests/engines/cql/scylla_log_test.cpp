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
    static void write_in(std::string_view of_stream, std::string_view table, std::string_view time, int number, int operation,
                         std::string_view columns, std::string_view values) {
        query(fmt::format(R"(INSERT INTO {}.{}_scylla_cdc_log ("cdc$stream_id", "cdc$time", "cdc$batch_seq_no", "cdc$operation", {}) )"
                          "VALUES ({}, {}, {}, {}, {})",
                          name(), table, columns, of_stream, time, number, operation, values));
    }
    static void write(std::string_view table, std::string_view time, int number, int operation, std::string_view columns,
                      std::string_view values) {
        write_in(stream_text, table, time, number, operation, columns, values);
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

TEST_F(ScyllaLog, WhatAFailedCoordinatorLeftTwiceHasOneMark) {
    constexpr std::string_view columns = "user_id, cart_id, product_id, product_quantity";
    const auto row = [](std::string_view user) { return fmt::format("'{}', {}, {}, 5", user, cart_id(1).text(), product_id(1).text()); };
    // The second look for what was before finds what the first write left.
    write("cart_items", at_noon, 0, 2, columns, row("ann"));
    write("cart_items", "04afc000-833b-11ee-8888-8f2a10c3b7e5", 0, 0, columns, row("ann"));
    write("cart_items", "04afc000-833b-11ee-8888-8f2a10c3b7e5", 1, 2, columns, row("ann"));
    write("cart_items", "04afc000-833b-11ee-9999-8f2a10c3b7e5", 0, 2, columns, row("bob"));
    const auto found = commits();
    ASSERT_EQ(found.size(), 3U);
    const auto marks_of = [&](const UserId& user) {
        std::vector<std::uint64_t> marks;
        for (const auto& commit : found)
            if (std::get<CartItemRow>(*commit.changes.front().after).user_id == user) marks.push_back(commit.mark);
        return marks;
    };
    const auto of_ann = marks_of(test::user("ann"));
    const auto of_bob = marks_of(test::user("bob"));
    ASSERT_EQ(of_ann.size(), 2U);
    ASSERT_EQ(of_bob.size(), 1U);
    EXPECT_EQ(of_ann[0], of_ann[1]);
    EXPECT_NE(of_ann[0], of_bob[0]);
}

/// With tables in place of those in which ScyllaDB tells its streams.
class ScyllaStreams : public ScyllaLog {
protected:
    static void SetUpTestSuite() {
        ScyllaLog::SetUpTestSuite();
        query("CREATE TABLE " + name() + ".timestamps (key text, time timestamp, expired timestamp, PRIMARY KEY (key, time)) " +
              "WITH CLUSTERING ORDER BY (time DESC)");
        query("CREATE TABLE " + name() + ".descriptions (time timestamp, range_end bigint, streams frozen<set<blob>>, PRIMARY KEY (time, " +
              "range_end))");
        query("CREATE TABLE " + name() + ".tablet_timestamps (keyspace_name text, table_name text, timestamp timestamp, PRIMARY KEY " +
              "((keyspace_name, table_name), timestamp)) WITH CLUSTERING ORDER BY (timestamp DESC)");
        query("CREATE TABLE " + name() +
              ".tablet_streams (keyspace_name text, table_name text, timestamp timestamp, stream_state tinyint, " +
              "stream_id blob, PRIMARY KEY ((keyspace_name, table_name), timestamp, stream_state, stream_id))");
    }
    ScyllaStreams() {
        for (const auto* table : {"timestamps", "descriptions", "tablet_timestamps", "tablet_streams"})
            query("TRUNCATE " + name() + "." + table);
    }

    static void add_generation(Time since, const std::vector<std::string>& sets) {
        const auto time = std::chrono::floor<std::chrono::milliseconds>(since.time_since_epoch()).count();
        for (std::size_t i = 0; i < sets.size(); ++i)
            query(fmt::format("INSERT INTO {}.descriptions (time, range_end, streams) VALUES ({}, {}, {{{}}})", name(), time, i, sets[i]));
        query(fmt::format("INSERT INTO {}.timestamps (key, time) VALUES ('timestamps', {})", name(), time));
    }
    static void add_tablets(Table table, Time since, std::string_view tablet, int state = 0) {
        const auto where = fmt::format("'{}', '{}', {}", name(), name_of(table),
                                       std::chrono::floor<std::chrono::milliseconds>(since.time_since_epoch()).count());
        query(
            fmt::format("INSERT INTO {}.tablet_streams (keyspace_name, table_name, timestamp, stream_state, stream_id) VALUES ({}, {}, {})",
                        name(), where, state, tablet));
        query(fmt::format("INSERT INTO {}.tablet_timestamps (keyspace_name, table_name, timestamp) VALUES ({})", name(), where));
    }
    static void put(std::string_view into, std::string_view time, int count) {
        write_in(into, "cart_items", time, 0, 2, "user_id, cart_id, product_id, product_quantity",
                 fmt::format("'ann', {}, {}, {}", cart_id(1).text(), product_id(1).text(), count));
    }
    ChangeLog log(bool has_tablets = false) {
        auto where = keyspace();
        where.has_tablets = has_tablets;
        const StreamTables tables{name() + ".timestamps", name() + ".descriptions", name() + ".tablet_timestamps",
                                  name() + ".tablet_streams"};
        return run_task(ChangeLog::prepare(driver_, where, defaults, scylla_streams(driver_, where, defaults, tables))).value();
    }
    /// The quantities that were put, as they are found.
    static std::vector<int> quantities(const ChangeLog& log, Seq after = 0, std::size_t limit = 100, Time until = noon + 1h) {
        std::vector<int> found;
        for (const auto& commit : run_task(log.after(after, limit, until, noon + 1h)).value().commits)
            for (const auto& change : commit.changes) found.push_back(std::get<CartItemRow>(*change.after).quantity.count());
        return found;
    }
};

TEST_F(ScyllaStreams, AGenerationIsReadToItsEndBeforeTheNext) {
    add_generation(noon - 10h, {"0x0a", "0x0b, 0x0c"});
    add_generation(noon + 500ms, {"0x0d"});
    add_generation(noon + 5h, {"0x0e"});
    put("0x0c", at_noon, 1);
    put("0x0d", a_second_later, 2);
    put("0x0d", at_noon, 8);         // what is at a time that is not the generation's is none of it
    put("0x0a", a_second_later, 9);
    const auto log = this->log();
    EXPECT_THAT(quantities(log), ElementsAre(1, 2));
    EXPECT_THAT(quantities(log, 0, 1), ElementsAre(1));
    const auto first = static_cast<Seq>(micros(noon));
    EXPECT_THAT(quantities(log, first), ElementsAre(2));
    EXPECT_THAT(quantities(log, 0, 100, noon + 400ms), ElementsAre(1));
    EXPECT_EQ(run_task(log.after(0, 1, noon + 1h, noon + 1h)).value().last, static_cast<Seq>(micros(noon + 1s)));
    EXPECT_EQ(run_task(log.after(0, 1, noon + 400ms, noon + 1h)).value().last, first);
}

TEST_F(ScyllaStreams, AGenerationThatComesLaterIsFound) {
    add_generation(noon - 10h, {"0x0a"});
    put("0x0a", at_noon, 1);
    const auto log = this->log();
    EXPECT_THAT(quantities(log, 0, 100, noon + 100ms), ElementsAre(1));
    add_generation(noon + 500ms, {"0x0b"});
    put("0x0b", a_second_later, 2);
    EXPECT_THAT(quantities(log, static_cast<Seq>(micros(noon))), ElementsAre(2));
}

TEST_F(ScyllaStreams, OnTabletsEachTableHasItsOwn) {
    for (const auto table : log_tables) add_tablets(table, noon - 1h, table == Table::cart_items ? "0x0a" : "0x0b");
    add_tablets(Table::cart_items, noon + 500ms, "0x0c");
    add_tablets(Table::cart_items, noon + 500ms, "0x0a", 1);  // closed
    put("0x0a", at_noon, 1);
    put("0x0c", a_second_later, 2);
    put("0x0b", at_noon, 8);
    put("0x0a", a_second_later, 9);
    EXPECT_THAT(quantities(log(true)), ElementsAre(1, 2));
}

TEST_F(ScyllaStreams, AClusterThatHasNoneYetIsWaitedFor) {
    const auto page = run_task(log().after(0, 10, noon, noon));
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().code, ErrorCode::unavailable);
    add_generation(noon + 5h, {"0x0a"});
    EXPECT_THAT(quantities(log()), IsEmpty()) << "it begins later";
}

TEST_F(ScyllaStreams, ALongQuietTimeIsCrossedInFewSteps) {
    add_generation(noon - 1000h, {"0x0a"});
    put("0x0a", a_second_later, 1);
    const auto before = driver_.figures().sent;
    const auto log = this->log();
    EXPECT_THAT(run_task(log.after(0, 10, noon + 20h, noon + 20h)).value().commits, ::testing::SizeIs(1));
    EXPECT_LT(driver_.figures().sent - before, 150U);
}

}  // namespace
}  // namespace cartwheel::engines::cql
