// The contract about orders: listed newest first, page by page, each user's own.
#include "engines/contract.h"

namespace cartwheel::test {
namespace {

using namespace domain;
using namespace store;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const UserId ann = user("ann");

class OrderContract : public StoreContract {
protected:
    OrderPage page(const UserId& user, std::size_t limit, std::optional<OrderPosition> after = std::nullopt) {
        return run_task(store().orders(user, {limit, after})).value();
    }
    static OrderPosition position(const Order& order) { return {order.placed_at, order.id}; }
};
INSTANTIATE_TEST_SUITE_P(Engines, OrderContract, ::testing::ValuesIn(engines()), [](const auto& info) { return info.param.name; });

TEST_P(OrderContract, AUserWithoutOrdersHasAnEmptyPage) {
    EXPECT_THAT(page(ann, 10).orders, IsEmpty());
    EXPECT_FALSE(page(ann, 10).more);
}

TEST_P(OrderContract, AnOrderIsReadAsItWasPlaced) {
    put_products({product(1, 333)});
    const auto order = order_of(ann, 1);
    EXPECT_EQ(order.lines.front().name, "Product 1");
    put_products({product(1, 999)});
    EXPECT_EQ(run_task(store().order(ann, order.id)).value(), order) << "prices are those of the checkout";
}

TEST_P(OrderContract, AnOrderIsItsUsersAlone) {
    put_products({product(1)});
    const auto order = order_of(ann, 1);
    for (const auto& other : {user("an"), user("anna"), user("bob")}) {
        const auto read = run_task(store().order(other, order.id));
        ASSERT_FALSE(read);
        EXPECT_EQ(read.error().code, ErrorCode::not_found);
        EXPECT_THAT(page(other, 10).orders, IsEmpty());
    }
}

TEST_P(OrderContract, PagesRunFromTheNewestToTheOldest) {
    put_products({product(1)});
    std::vector<Order> placed;
    for (int i = 0; i < 5; ++i) placed.push_back(order_of(ann, 1));
    order_of(user("anna"), 1);
    const auto first = page(ann, 2);
    EXPECT_THAT(first.orders, ElementsAre(placed[4], placed[3]));
    EXPECT_TRUE(first.more);
    const auto second = page(ann, 2, position(placed[3]));
    EXPECT_THAT(second.orders, ElementsAre(placed[2], placed[1]));
    EXPECT_TRUE(second.more);
    const auto third = page(ann, 2, position(placed[1]));
    EXPECT_THAT(third.orders, ElementsAre(placed[0]));
    EXPECT_FALSE(third.more);
    EXPECT_THAT(page(ann, 2, position(placed[0])).orders, IsEmpty());
}

TEST_P(OrderContract, OrdersOfOneMomentAreEachListedOnce) {
    put_products({product(1)});
    std::vector<OrderId> placed;
    for (unsigned i = 1; i <= 4; ++i) {
        ASSERT_TRUE(update(ann, test::put(ann, product_id(1), 1, cart_id(i))));
        placed.push_back(check_out(ann).value().answer.value()->id);
    }
    std::vector<OrderId> listed;
    std::optional<OrderPosition> after;
    for (bool more = true; more;) {
        const auto next = page(ann, 1, after);
        ASSERT_EQ(next.orders.size(), 1U);
        listed.push_back(next.orders.front().id);
        after = position(next.orders.front());
        more = next.more;
    }
    EXPECT_THAT(listed, ::testing::UnorderedElementsAreArray(placed));
}

TEST_P(OrderContract, OrdersFromBefore1970AreOlder) {
    put_products({product(1)});
    const auto newer = order_of(ann, 1);
    clock().advance(-std::chrono::hours(24 * 365 * 60));
    const auto older = order_of(ann, 1);
    EXPECT_THAT(page(ann, 10).orders, ElementsAre(newer, older));
}

}  // namespace
}  // namespace cartwheel::test
