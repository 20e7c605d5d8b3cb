// The contract about the change log: every commit once, in order, and together the whole state; and about the commit listener.
#include <algorithm>
#include <atomic>
#include <map>

#include "engines/contract.h"

namespace cartwheel::test {
namespace {

using namespace domain;
using namespace store;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const UserId ann = user("ann");
const UserId bob = user("bob");

class ChangeContract : public StoreContract {};
INSTANTIATE_TEST_SUITE_P(Engines, ChangeContract, ::testing::ValuesIn(engines()), [](const auto& info) { return info.param.name; });

TEST_P(ChangeContract, AnEmptyStoreHasNoChanges) {
    const auto page = run_task(store().changes_after(0, 10)).value();
    EXPECT_THAT(page.commits, IsEmpty());
    EXPECT_EQ(page.last, 0U);
}

TEST_P(ChangeContract, ACommitCarriesItsRowChanges) {
    const auto cart = cart_id(1);
    ASSERT_TRUE(update(ann, test::put(ann, product_id(1), 2, cart)));
    ASSERT_TRUE(put(ann, 1, 5));
    ASSERT_TRUE(remove(ann, 1));
    const CartItemRow two{ann, cart, product_id(1), quantity(2)};
    const CartItemRow five{ann, cart, product_id(1), quantity(5)};
    const auto commits = numbered(log());
    ASSERT_THAT(commits, SizeIs(3));
    EXPECT_EQ(
        commits[0],
        (Commit{1, clock().now(), {{Operation::insert, std::nullopt, CartRow{ann, cart, true}}, {Operation::insert, std::nullopt, two}}}));
    EXPECT_EQ(commits[1], (Commit{2, clock().now(), {{Operation::insert, two, five}}}));
    EXPECT_EQ(commits[2], (Commit{3, clock().now(), {{Operation::remove, five, std::nullopt}}}));
}

TEST_P(ChangeContract, ACheckoutCarriesTheCartsRowAndTheOrder) {
    put_products({product(1)});
    const auto order = order_of(ann, 1);
    EXPECT_EQ(log().back().changes,
              (std::vector<RowChange>{{Operation::update, CartRow{ann, order.id, true}, CartRow{ann, order.id, false}},
                                      {Operation::insert, std::nullopt, order}}));
}

TEST_P(ChangeContract, TheLogIsReadFromAnyCursorOnInPieces) {
    for (unsigned i = 0; i < 10; ++i) ASSERT_TRUE(put(i % 2 == 0 ? ann : bob, i));
    const auto all = log();
    ASSERT_THAT(all, SizeIs(10));
    const auto in_order = numbered(all);
    for (Seq i = 0; i < 10; ++i) EXPECT_EQ(in_order[i].seq, i + 1);
    const auto piece = run_task(store().changes_after(all[3].seq, 3)).value();
    EXPECT_THAT(piece.commits, ElementsAre(all[4], all[5], all[6]));
    EXPECT_EQ(piece.last, all[9].seq);
    EXPECT_THAT(run_task(store().changes_after(all[9].seq, 3)).value().commits, IsEmpty());
    EXPECT_THAT(run_task(store().changes_after(all[9].seq + 990, 3)).value().commits, IsEmpty());
}

TEST_P(ChangeContract, TimesNeverGoBack) {
    ASSERT_TRUE(put(ann, 1));
    clock().advance(-std::chrono::hours(1));
    ASSERT_TRUE(put(ann, 2));
    log();  // is there now: what comes to a cluster's log hours late would be given a later time
    clock().advance(std::chrono::hours(2));
    ASSERT_TRUE(put(ann, 3));
    const auto commits = numbered(log());
    EXPECT_EQ(commits[1].time, commits[0].time);
    EXPECT_EQ(commits[2].time, clock().now());
}

/// The key of a row, as text.
std::string key_of(const Row& row) {
    struct {
        std::string operator()(const Product& product) const { return "product " + product.id.text(); }
        std::string operator()(const CartRow& cart) const { return "cart " + cart.user_id.text() + "/" + cart.cart_id.text(); }
        std::string operator()(const CartItemRow& item) const {
            return "item " + item.user_id.text() + "/" + item.cart_id.text() + "/" + item.product_id.text();
        }
        std::string operator()(const Order& order) const { return "order " + order.user_id.text() + "/" + order.id.text(); }
    } key;
    return std::visit(key, row);
}

/// The rows that `commits` leave, each change checked against the row that it says it found.
std::map<std::string, Row> fold(const std::vector<Commit>& commits) {
    std::map<std::string, Row> rows;
    for (const auto& commit : commits)
        for (const auto& change : commit.changes) {
            const auto key = key_of(change.after ? *change.after : *change.before);
            const auto found = rows.find(key);
            EXPECT_EQ(found == rows.end() ? std::nullopt : std::optional(found->second), change.before) << key << " in " << commit.seq;
            if (change.after) rows.insert_or_assign(key, *change.after);
            else rows.erase(key);
        }
    return rows;
}

TEST_P(ChangeContract, AllChangesTogetherAreTheState) {
    put_products({product(0), product(1), product(2), product(3), product(4)});
    const std::vector<UserId> users{user("a"), user("ab"), user("b")};
    std::uint32_t random = 12345;
    const auto below = [&random](std::uint32_t limit) { return (random = random * 1664525U + 1013904223U) / 65536U % limit; };
    for (int round = 0; round < 40; ++round) {
        std::vector<Task<Result<CartOutcome>>> tasks;
        for (int i = 0; i < 10; ++i) {
            const auto& who = users[below(3)];
            const auto id = product_id(below(5));
            const auto what = below(10);
            tasks.push_back(store().update_cart(who, std::nullopt,
                                                what < 6   ? test::put(who, id, 1 + below(9))
                                                : what < 8 ? test::remove(who, id)
                                                           : test::check_out(who, clock().now())));
        }
        run_tasks(std::move(tasks));
        const auto number = below(5);
        if (below(2) == 0) put_products({product(number, 1 + below(500))});
        else run_task(store().remove_product(product_id(number))).value();
        clock().advance(std::chrono::milliseconds(1));
    }

    std::map<std::string, Row> expected;
    const auto expect = [&](const Row& row) { expected.insert_or_assign(key_of(row), row); };
    for (const auto& each : run_task(store().products({1000, std::nullopt})).value().products) expect(each);
    for (const auto& who : users) {
        const auto state = cart(who);
        for (const auto& order : run_task(store().orders(who, {1000, std::nullopt})).value().orders) {
            expect(order);
            expect(CartRow{who, order.id, false});
        }
        if (!state.active) continue;
        expect(CartRow{who, state.active->id, true});
        for (const auto& line : state.active->lines) expect(CartItemRow{who, state.active->id, line.product_id, line.quantity});
    }
    auto rows = fold(log());
    // The rows of a cart that was checked out stay as they were, as in the sample's table.
    std::erase_if(rows, [&](const auto& each) {
        const auto* item = std::get_if<CartItemRow>(&each.second);
        return item != nullptr && cart(item->user_id).active.value_or(Cart{}).id != item->cart_id;
    });
    EXPECT_EQ(rows, expected);
}

TEST_P(ChangeContract, TheListenerHearsEveryCommitInOrderAndBeforeItsWriterIsAnswered) {
    std::vector<Commit> heard;
    std::atomic<Seq> last{0};
    store().set_commit_listener([&](const Commit& commit) {
        heard.push_back(commit);
        last = commit.seq;
    });
    const auto put_and_look = [](Store* store, std::atomic<Seq>* last, unsigned number) -> Task<Seq> {
        const auto who = user(std::to_string(number));
        (co_await store->update_cart(who, std::nullopt, test::put(who, product_id(number)))).value();
        co_return last->load();
    };
    std::vector<Task<Seq>> tasks;
    for (unsigned i = 0; i < 50; ++i) tasks.push_back(put_and_look(&store(), &last, i));
    const auto seen = run_tasks(std::move(tasks));
    for (unsigned i = 0; i < 50 && GetParam().has_one_order; ++i) EXPECT_GE(seen[i], i + 1);
    put_products({product(1)});
    run_task(store().remove_product(product_id(1))).value();
    store().stop();
    std::ranges::sort(heard, {}, &Commit::seq);  // of different users, where each has an order of its own
    EXPECT_EQ(heard, log());
    EXPECT_THAT(heard, SizeIs(52));
}

TEST_P(ChangeContract, FiguresCountWhatWasCommitted) {
    put_products({product(1)});
    ASSERT_TRUE(put(ann, 1));
    ASSERT_TRUE(update(ann, refuse(Error::conflict("no"))));
    const auto figures = store().figures();
    EXPECT_EQ(figures.last_seq, log().back().seq);
    EXPECT_EQ(figures.commits, 2U);
    EXPECT_GE(figures.batches, 2U);
    EXPECT_EQ(figures.queue_depth, 0U);
    EXPECT_EQ(figures.refused, 0U);
}

TEST_P(ChangeContract, AStoreThatStoppedRefusesWritesAndGoesOnReading) {
    put_products({product(1)});
    ASSERT_TRUE(put(ann, 1));
    store().stop();
    store().stop();
    EXPECT_EQ(put(ann, 1).error().code, ErrorCode::unavailable);
    EXPECT_EQ(run_task(store().put_products({product(2)}, ProductWrite::apply)).error().code, ErrorCode::unavailable);
    EXPECT_EQ(run_task(store().remove_product(product_id(1))).error().code, ErrorCode::unavailable);
    EXPECT_EQ(cart(ann).version, 1U);
    EXPECT_THAT(log(), SizeIs(2));
}

}  // namespace
}  // namespace cartwheel::test
