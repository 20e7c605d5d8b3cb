#include <gmock/gmock.h>

#include <algorithm>

#include "cartwheel/engines/cql/orders.h"
#include "cartwheel/engines/cql/row_values.h"
#include "engines/cql/test_keyspace.h"
#include "support/run_task.h"
#include "support/shop.h"

namespace cartwheel::engines::cql {
namespace {

using namespace domain;
using namespace std::chrono_literals;
using store::OrderPosition;
using test::cart_id;
using test::product_id;
using test::quantity;
using test::run_task;
using test::user;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const UserId ann = user("ann");
constexpr Time noon{std::chrono::seconds(1'700'000'000)};

Order order(OrderId id, Time placed_at, std::size_t lines = 2) {
    Order made{id, ann, placed_at, Currency::usd(), {}, Money::from_minor(static_cast<std::int64_t>(lines) * 500)};
    for (unsigned i = 0; i < lines; ++i)
        made.lines.push_back({product_id(i), fmt::format("Thing {}", i), Money::from_minor(250), quantity(2), Money::from_minor(500)});
    return made;
}

class OrderTableTest : public ::testing::Test {
protected:
    OrderTableTest() { keyspace_.empty(); }

    /// Writes what a commit owes, `times` over.
    void deliver(const Commit& commit, int times = 1) {
        for (int i = 0; i < times; ++i)
            for (auto& item : table_.owed_by(commit)) {
                const auto answer = run_task(keyspace_.driver().execute(item.statement, item.values));
                ASSERT_TRUE(answer) << answer.error().message;
            }
    }
    static Commit opening(CartId cart, Time time) { return {1, time, {{Operation::insert, std::nullopt, CartRow{ann, cart, true}}}}; }
    static Commit checkout(const Order& of, Time time) {
        return {
            2, time, {{Operation::update, CartRow{ann, of.id, true}, CartRow{ann, of.id, false}}, {Operation::insert, std::nullopt, of}}};
    }
    store::OrderPage page(std::size_t limit, std::optional<OrderPosition> after = std::nullopt) {
        return run_task(table_.page(ann, {limit, after})).value();
    }
    /// is_active and ordered_us of the rows of `cart`.
    std::vector<std::pair<std::optional<bool>, std::optional<std::int64_t>>> carts() {
        const auto rows = keyspace_.query("SELECT is_active, ordered_us FROM " + keyspace_.name() + ".cart WHERE user_id = 'ann'");
        std::vector<std::pair<std::optional<bool>, std::optional<std::int64_t>>> found;
        Cells cells(rows.cells());
        for (std::size_t left = rows.rows(); left > 0; --left) {
            const auto is_active = cells.boolean();
            found.emplace_back(is_active, cells.int64());
        }
        return found;
    }

    test::TestKeyspace& keyspace_ = test::TestKeyspace::get();
    OrderTable table_ =
        run_task(OrderTable::prepare(keyspace_.driver(), run_task(inspect_keyspace(keyspace_.driver(), keyspace_.name())).value(),
                                     StatementDefaults{.timeout = 20s}))
            .value();
};

TEST_F(OrderTableTest, AnOrderIsFoundByItsIdThroughTheCartThatItWas) {
    const auto placed = order(cart_id(1), noon + 123us);
    deliver(opening(cart_id(1), noon));
    EXPECT_EQ(run_task(table_.one(ann, cart_id(1))).error().code, ErrorCode::not_found) << "it is a cart still";
    deliver(checkout(placed, noon + 1ms));
    EXPECT_EQ(run_task(table_.one(ann, cart_id(1))).value(), placed);
    EXPECT_EQ(run_task(table_.one(ann, cart_id(2))).error().code, ErrorCode::not_found);
    EXPECT_EQ(run_task(table_.one(user("bob"), cart_id(1))).error().code, ErrorCode::not_found);
    EXPECT_THAT(carts(), ElementsAre(std::pair(false, micros(placed.placed_at))));
}

TEST_F(OrderTableTest, WhatIsOwedMayComeTwiceAndLate) {
    const auto placed = order(cart_id(1), noon);
    deliver(checkout(placed, noon + 1ms), 2);
    deliver(opening(cart_id(1), noon));
    EXPECT_THAT(page(10).orders, ElementsAre(placed));
    EXPECT_THAT(carts(), ElementsAre(std::pair(false, micros(noon)))) << "the cart is not opened again";
}

TEST_F(OrderTableTest, AnOrderOfManyLinesAndAnyTextSurvives) {
    auto placed = order(cart_id(1), Time(-5us), 1000);
    placed.currency = *Currency::parse("EUR");
    placed.lines[0].name = std::string("nul \0 and \xc3\xa9", 12);
    placed.lines[1].name.clear();
    placed.total = Money::from_minor(std::numeric_limits<std::int64_t>::max());
    deliver(checkout(placed, noon));
    EXPECT_THAT(page(10).orders, ElementsAre(placed));
}

TEST_F(OrderTableTest, PagesRunOnWithinAMomentInTheClustersOrder) {
    // Of several versions of UUID, which the cluster sorts by version first.
    std::vector<Order> placed;
    for (const auto* id :
         {"ffffffff-0000-1000-8000-000000000001", "00000000-0000-1001-8000-000000000002", "00000000-0000-4000-8000-000000000003",
          "ffffffff-0000-4000-8000-000000000004", "00000000-0000-7000-8000-000000000005"})
        placed.push_back(order(*OrderId::parse(id), noon));
    placed.push_back(order(cart_id(6), noon - 1us));
    placed.push_back(order(cart_id(7), noon - 1s));
    for (const auto& each : placed) deliver(checkout(each, noon));

    for (const std::size_t limit : {1U, 2U, 3U, 10U}) {
        std::vector<Order> listed;
        std::optional<OrderPosition> after;
        for (bool more = true; more;) {
            auto next = page(limit, after);
            ASSERT_FALSE(next.orders.empty());
            after = OrderPosition{next.orders.back().placed_at, next.orders.back().id};
            more = next.more;
            std::ranges::move(next.orders, std::back_inserter(listed));
        }
        EXPECT_EQ(listed, placed) << limit;
    }
    EXPECT_THAT(page(10, OrderPosition{noon - 1s, cart_id(7)}).orders, IsEmpty());
}

}  // namespace
}  // namespace cartwheel::engines::cql
