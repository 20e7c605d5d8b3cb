// What a process that ended in the middle leaves, and what others wrote into the tables, on a real node.
#include <gmock/gmock.h>

#include <thread>

#include "cartwheel/engines/cql/cart_writer.h"
#include "cartwheel/engines/cql/cluster.h"
#include "cartwheel/engines/cql/delivery.h"
#include "cartwheel/engines/cql/products.h"
#include "cartwheel/engines/cql/statement_defaults.h"
#include "cartwheel/engines/cql/values.h"
#include "engines/cql/test_keyspace.h"
#include "support/fake_clock.h"
#include "support/run_task.h"
#include "support/shop.h"

namespace cartwheel::engines::cql {
namespace {

using namespace domain;
using namespace store;
using namespace std::chrono_literals;
using test::run_task;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const UserId ann = test::user("ann");

class Recovery : public ::testing::Test {
protected:
    Recovery() { keyspace().empty(); }

    static test::TestKeyspace& keyspace() { return test::TestKeyspace::get(); }
    std::unique_ptr<Store> open() { return keyspace().open(clock_, keyspace().settings()); }

    std::size_t count(const std::string& table, const std::string& where = "") {
        const auto rows = keyspace().query("SELECT * FROM " + keyspace().name() + "." + table + where);
        return rows.rows();
    }
    void write(const std::string& cql) { keyspace().query(cql); }

    /// An order of ann's, by a process that ended before it could deliver it.
    Order undelivered_order() {
        Order placed = [&] {
            const auto store = open();
            run_task(store->put_products({test::product(1, 250)}, ProductWrite::apply)).value();
            run_task(store->update_cart(ann, std::nullopt, test::put(ann, test::product_id(1), 2))).value();
            return run_task(store->update_cart(ann, test::key("once"), test::check_out(ann, clock_.now())))->answer.value().value();
        }();
        // As if it had never been: what was delivered goes, what the commit itself wrote stays.
        for (const auto* table : {"orders", "cart", "cart_scylla_cdc_log", "cart_items_scylla_cdc_log", "orders_scylla_cdc_log"})
            write("TRUNCATE " + keyspace().name() + "." + table);
        return placed;
    }

    test::FakeClock clock_;
};

TEST_F(Recovery, AnOrderIsListedBeforeItIsDelivered) {
    const auto order = undelivered_order();
    const auto store = open();
    EXPECT_THAT(run_task(store->orders(ann, {}))->orders, ElementsAre(order));
    EXPECT_EQ(run_task(store->order(ann, order.id)).value(), order);
    EXPECT_EQ(count("orders"), 0U) << "reading delivers nothing";
}

TEST_F(Recovery, TheNextWriteDeliversWhatWasLeft) {
    const auto order = undelivered_order();
    const auto store = open();
    run_task(store->update_cart(ann, std::nullopt, test::put(ann, test::product_id(1)))).value();
    EXPECT_THAT(run_task(store->orders(ann, {}))->orders, ElementsAre(order));
    EXPECT_EQ(count("orders"), 1U);
    EXPECT_EQ(count("cart", " WHERE user_id = 'ann' AND cart_id = " + order.id.text()), 1U);
}

TEST_F(Recovery, TheSweepDeliversWhatNobodyTouchesAgain) {
    const auto order = undelivered_order();
    clock_.advance(1min);
    auto settings = keyspace().settings();
    settings.sweep_interval = 1ms;
    const auto store = keyspace().open(clock_, settings);
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (count("cart_items", " WHERE user_id = 'ann'") > 0) {
        const auto rows = keyspace().query("SELECT DISTINCT intent FROM " + keyspace().name() + ".cart_items WHERE user_id = 'ann'");
        if (rows.rows() > 0 && !Cells(rows.cells()).next()) break;
        ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "the intent is still there";
    }
    EXPECT_EQ(count("orders"), 1U);
    EXPECT_EQ(count("cart"), 1U);
    EXPECT_EQ(count("orders_scylla_cdc_log"), 2U) << "the order and its postimage";
    EXPECT_EQ(run_task(store->order(ann, order.id)).value(), order);
    EXPECT_EQ(run_task(store->cart(ann))->version, 2U) << "a sweep is no commit";
}

TEST_F(Recovery, ALateDeliveryIsInTheLogAtThePresentTime) {
    undelivered_order();
    const auto cut_off = static_cast<Seq>((clock_.now() + 1s).time_since_epoch().count());
    clock_.advance(1min);
    const auto store = open();
    run_task(store->update_cart(ann, std::nullopt, test::put(ann, test::product_id(1)))).value();
    const auto seen = run_task(store->changes_after(cut_off, 100)).value().commits;
    ASSERT_THAT(seen, SizeIs(2));
    EXPECT_TRUE(std::holds_alternative<Order>(*seen[0].changes.back().after)) << "the order that was left, where followers still come by";
    EXPECT_TRUE(std::holds_alternative<CartItemRow>(*seen[1].changes.back().after));
}

TEST_F(Recovery, AKeyIsKeptByTheCommitItself) {
    const auto order = undelivered_order();
    const auto again = run_task(open()->update_cart(ann, test::key("once"), test::check_out(ann, clock_.now())));
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->replayed);
    EXPECT_EQ(again->answer.value(), order);
}

TEST_F(Recovery, RowsOfFormerCartsThatTheSampleLeftAreNoLines) {
    const auto store = open();
    run_task(store->update_cart(ann, std::nullopt, test::put(ann, test::product_id(1)))).value();
    for (int cart = 1; cart <= 3; ++cart)
        write("INSERT INTO " + keyspace().name() + ".cart_items (user_id, cart_id, product_id, product_quantity) VALUES ('ann', " +
              test::cart_id(static_cast<unsigned>(cart)).text() + ", " + test::product_id(7).text() + ", 5)");
    EXPECT_THAT(run_task(store->cart(ann))->active->lines, ElementsAre(CartLine{test::product_id(1), Quantity::one()}));
}

TEST_F(Recovery, ACartIsReadWholeAmongThousandsOfFormerRows) {
    const auto store = open();
    // The cart's id sorts behind those of the former ones.
    const auto last = *CartId::parse("ffffffff-ffff-4fff-bfff-ffffffffffff");
    run_task(store->update_cart(ann, std::nullopt, test::put(ann, test::product_id(1), 3, last))).value();
    auto insert = run_task(keyspace().driver().prepare("INSERT INTO " + keyspace().name() +
                                                       ".cart_items (user_id, cart_id, product_id, product_quantity) VALUES (?, ?, ?, ?)"))
                      .value();
    for (unsigned batch = 0; batch < 5; ++batch) {
        std::vector<Task<Answer>> writes;
        for (unsigned i = 0; i < 500; ++i)
            writes.push_back(
                keyspace().driver().execute(insert, Values().text("ann").id(test::cart_id(batch)).id(test::product_id(i)).int32(1)));
        for (const auto& answer : test::run_tasks(std::move(writes))) ASSERT_TRUE(answer) << answer.error().message;
    }
    EXPECT_THAT(run_task(store->cart(ann))->active->lines, ElementsAre(CartLine{test::product_id(1), test::quantity(3)}));
    const auto outcome = run_task(store->update_cart(ann, std::nullopt, test::remove(ann, test::product_id(1))));
    EXPECT_TRUE(outcome->answer);
    EXPECT_THAT(run_task(store->cart(ann))->active->lines, IsEmpty());
}

TEST_F(Recovery, AQuantityOutOfBoundsIsShownAsTheNearest) {
    const auto store = open();
    const auto cart = test::cart_id(1);
    run_task(store->update_cart(ann, std::nullopt, test::put(ann, test::product_id(1), 3, cart))).value();
    write("INSERT INTO " + keyspace().name() + ".cart_items (user_id, cart_id, product_id, product_quantity) VALUES ('ann', " +
          cart.text() + ", " + test::product_id(2).text() + ", -4)");
    EXPECT_THAT(run_task(store->cart(ann))->active->lines,
                ElementsAre(CartLine{test::product_id(1), test::quantity(3)}, CartLine{test::product_id(2), Quantity::one()}));
}

/// What a busy time leaves to be delivered at once may be more than the statements that requests may have under way.
TEST_F(Recovery, ARoundLargerThanTheLimitOfStatementsIsDelivered) {
    auto settings = keyspace().settings();
    settings.in_flight_max = 4;
    const auto driver = Driver::start(driver_settings(settings, 60s)).value();
    const auto cluster = run_task(Cluster::open(*driver, settings)).value();
    CommitClock commit_clock(clock_);
    std::vector<Intent> round;
    for (unsigned number = 1; number <= 40; ++number) {
        const CartRow row{test::user("crowd-" + std::to_string(number)), test::cart_id(number), true};
        const auto time = commit_clock.next();
        round.push_back(
            {CommitId::random(), {static_cast<Seq>(time.time_since_epoch().count()), time, {{Operation::insert, std::nullopt, row}}}});
    }
    std::atomic<std::uint64_t> statements = 0;
    const auto delivered = run_task(cluster->deliver(round, commit_clock, statements));
    EXPECT_TRUE(delivered) << delivered.error().message;
    EXPECT_EQ(count("cart"), 40U);
    driver->stop();
}

/// As on a ScyllaDB that cannot select one element of a map: all answers of the user are read.
TEST_F(Recovery, AnswersAreFoundWhereAClusterKnowsNoElements) {
    const auto store = open();
    run_task(store->put_products({test::product(1, 250)}, ProductWrite::apply)).value();
    auto& driver = keyspace().driver();
    const auto found = run_task(inspect_keyspace(driver, keyspace().name())).value();
    auto statements = run_task(CartStatements::prepare(driver, found, {})).value();
    EXPECT_TRUE(statements.by_quorum.partition_and_answer);
    statements.by_quorum.partition_and_answer = {};
    statements.by_consensus.partition_and_answer = {};
    const auto products = run_task(ProductTable::prepare(driver, found, {})).value();
    boost::asio::io_context idle;
    Delivery delivery(idle.get_executor(), 100, [](auto) -> Task<Result<void>> { co_return Result<void>{}; });
    CommitClock commit_clock(clock_);
    const CartWriter writer(driver, statements, products, delivery, commit_clock, Dialect::cassandra);
    const auto soon = std::chrono::steady_clock::now() + 60s;
    const auto put = [&](const char* name) {
        return run_task(writer.update(ann, test::key(name), test::put(ann, test::product_id(1), 2), soon)).value().outcome;
    };
    EXPECT_FALSE(put("a").replayed);
    EXPECT_TRUE(put("a").replayed);
}

}  // namespace
}  // namespace cartwheel::engines::cql
