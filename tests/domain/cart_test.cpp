#include "cartwheel/domain/cart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "support/shop.h"

namespace cartwheel::test {
namespace {

using namespace domain;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const UserId ann = user("ann");

CartState holding(std::map<unsigned, int> counts) {
    Cart cart{cart_id(1), {}};
    for (const auto& [number, count] : counts) cart.lines.push_back({product_id(number), quantity(count)});
    return {5, cart};
}

CartItemRow row(unsigned number, int count) { return {ann, cart_id(1), product_id(number), quantity(count)}; }

TEST(PutItem, OpensACartWhenThereIsNone) {
    const auto step = put_item(ann, {}, product_id(3), quantity(2), cart_id(1)).value();
    EXPECT_EQ(step.active, (Cart{cart_id(1), {{product_id(3), quantity(2)}}}));
    EXPECT_THAT(step.changes, ElementsAre(RowChange{Operation::insert, std::nullopt, CartRow{ann, cart_id(1), true}},
                                          RowChange{Operation::insert, std::nullopt, row(3, 2)}));
    EXPECT_EQ(step.order, std::nullopt);
}

TEST(PutItem, KeepsTheCartThatIsThereAndItsOrder) {
    const auto step = put_item(ann, holding({{1, 1}, {5, 1}}), product_id(3), quantity(2), cart_id(9)).value();
    EXPECT_EQ(step.active->id, cart_id(1));
    EXPECT_THAT(step.active->lines, ElementsAre(CartLine{product_id(1), quantity(1)}, CartLine{product_id(3), quantity(2)},
                                                CartLine{product_id(5), quantity(1)}));
    EXPECT_THAT(step.changes, ElementsAre(RowChange{Operation::insert, std::nullopt, row(3, 2)}));
}

TEST(PutItem, PuttingTheSameProductAgainSetsItsQuantity) {
    const auto step = put_item(ann, holding({{1, 7}}), product_id(1), quantity(2), cart_id(9)).value();
    EXPECT_THAT(step.active->lines, ElementsAre(CartLine{product_id(1), quantity(2)}));
    EXPECT_THAT(step.changes, ElementsAre(RowChange{Operation::insert, row(1, 7), row(1, 2)}));
}

TEST(PutItem, ACartHoldsAThousandProductsAndNoMore) {
    std::map<unsigned, int> counts;
    for (unsigned i = 0; i < Cart::lines_max; ++i) counts[i] = 1;
    const auto state = holding(std::move(counts));
    EXPECT_EQ(put_item(ann, state, product_id(1000), quantity(1), cart_id(9)).error().code, ErrorCode::conflict);
    EXPECT_TRUE(put_item(ann, state, product_id(999), quantity(2), cart_id(9))) << "one that is in it";
}

TEST(RemoveItem, TakesTheLineOut) {
    const auto step = remove_item(ann, holding({{1, 4}, {2, 1}}), product_id(1)).value();
    EXPECT_THAT(step.active->lines, ElementsAre(CartLine{product_id(2), quantity(1)}));
    EXPECT_THAT(step.changes, ElementsAre(RowChange{Operation::remove, row(1, 4), std::nullopt}));
}

TEST(RemoveItem, TheLastLineLeavesAnEmptyCart) {
    const auto step = remove_item(ann, holding({{1, 4}}), product_id(1)).value();
    ASSERT_TRUE(step.active);
    EXPECT_THAT(step.active->lines, IsEmpty());
}

TEST(RemoveItem, ALineThatIsNotThereChangesNothing) {
    const auto state = holding({{1, 4}});
    const auto step = remove_item(ann, state, product_id(2)).value();
    EXPECT_EQ(step.active, state.active);
    EXPECT_THAT(step.changes, IsEmpty());
}

TEST(RemoveItem, WithoutACartThereIsNothingToRemoveFrom) {
    const auto step = remove_item(ann, {3, std::nullopt}, product_id(2));
    ASSERT_FALSE(step);
    EXPECT_EQ(step.error().code, ErrorCode::not_found);
    EXPECT_EQ(step.error().message, "No items found in cart");
}

const Time noon{std::chrono::hours(12)};

TEST(CheckOut, TheOrderHasTheLinesAndPricesOfTheMoment) {
    const std::vector products{product(2, 333), product(1, 1000), product(7, 1)};
    const auto step = check_out(ann, holding({{1, 2}, {2, 3}}), products, noon, Currency::usd()).value();
    const Order order{cart_id(1),
                      ann,
                      noon,
                      Currency::usd(),
                      {{product_id(1), "Product 1", Money::from_minor(1000), quantity(2), Money::from_minor(2000)},
                       {product_id(2), "Product 2", Money::from_minor(333), quantity(3), Money::from_minor(999)}},
                      Money::from_minor(2999)};
    EXPECT_EQ(step.order, order);
    EXPECT_EQ(step.active, std::nullopt);
    EXPECT_THAT(step.changes, ElementsAre(RowChange{Operation::update, CartRow{ann, cart_id(1), true}, CartRow{ann, cart_id(1), false}},
                                          RowChange{Operation::insert, std::nullopt, order}));
}

TEST(CheckOut, WithoutACartItIsNotFound) {
    const auto step = check_out(ann, {}, {}, noon, Currency::usd());
    EXPECT_EQ(step.error().code, ErrorCode::not_found);
    EXPECT_EQ(step.error().message, "User does not have an active cart");
}

TEST(CheckOut, AnEmptyCartIsAConflict) {
    const auto step = check_out(ann, holding({}), {}, noon, Currency::usd());
    EXPECT_EQ(step.error().code, ErrorCode::conflict);
    EXPECT_EQ(step.error().message, "Cart is empty");
}

TEST(CheckOut, AProductThatIsGoneIsAConflictThatNamesIt) {
    const std::vector products{product(1)};
    const auto step = check_out(ann, holding({{1, 1}, {2, 1}}), products, noon, Currency::usd());
    EXPECT_EQ(step.error().code, ErrorCode::conflict);
    EXPECT_THAT(step.error().message, HasSubstr(product_id(2).text()));
}

TEST(CheckOut, TheDearestCartThereCanBeStillHasATotal) {
    std::vector<Product> products;
    std::map<unsigned, int> counts;
    for (unsigned i = 0; i < 9; ++i) {
        products.push_back(product(i, Money::price_max_minor));
        counts[i] = Quantity::max;
    }
    EXPECT_EQ(check_out(ann, holding(counts), products, noon, Currency::usd())->order->total.minor(),
              9 * Money::price_max_minor * Quantity::max);
    products.push_back(product(9, Money::price_max_minor));
    counts[9] = Quantity::max;
    EXPECT_EQ(check_out(ann, holding(counts), products, noon, Currency::usd()).error().code, ErrorCode::conflict)
        << "ten no longer fit 64 bits";
}

}  // namespace
}  // namespace cartwheel::test
