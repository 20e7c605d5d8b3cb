#include "cartwheel/cli/shopper_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cartwheel::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

OrderSeen order(std::string id, std::vector<OrderLineSeen> lines) {
    OrderSeen out{std::move(id), "u", std::move(lines), 0};
    for (const auto& line : out.lines) out.total_minor += line.total_minor;
    return out;
}

const OrderLineSeen two_teas{"tea", 2, 350, 700};

/// A shopper with two teas in the cart `c`.
ShopperModel with_tea() {
    ShopperModel model("u");
    model.confirmed(PutItem{"tea", 2});
    EXPECT_THAT(model.check_cart(CartSeen{"c", {{"tea", 2}}}), IsEmpty());
    return model;
}

TEST(ShopperModel, ExpectsNoCartBeforeTheFirstItem) {
    ShopperModel model("u");
    EXPECT_THAT(model.check_cart(std::nullopt), IsEmpty());
    EXPECT_THAT(model.check_cart(CartSeen{}), ElementsAre(HasSubstr("no active cart")));
}

TEST(ShopperModel, ExpectsWhatWasPutInAndNothingElse) {
    auto model = with_tea();
    EXPECT_THAT(model.check_cart(CartSeen{"c", {{"tea", 1}}}), ElementsAre(HasSubstr("1 x tea")));
    EXPECT_THAT(model.check_cart(CartSeen{}), ElementsAre(HasSubstr("holds nothing")));
    EXPECT_THAT(model.check_cart(std::nullopt), ElementsAre(HasSubstr("no active cart")));
    EXPECT_THAT(model.check_cart(CartSeen{"c", {{"tea", 2}, {"cup", 1}}}), testing::SizeIs(1));
    EXPECT_THAT(model.check_cart(CartSeen{"d", {{"tea", 2}}}), ElementsAre(HasSubstr("became d")));
}

TEST(ShopperModel, ExpectsAnEmptiedCartToStay) {
    auto model = with_tea();
    model.confirmed(RemoveItem{"tea"});
    EXPECT_THAT(model.check_cart(CartSeen{}), IsEmpty());
    EXPECT_THAT(model.check_cart(std::nullopt), testing::SizeIs(1));
}

TEST(ShopperModel, ExpectsTheOrderToHoldTheCartAndBearItsId) {
    EXPECT_THAT(with_tea().confirmed(CheckOut{}, order("c", {two_teas})), IsEmpty());
    EXPECT_THAT(with_tea().confirmed(CheckOut{}, order("d", {two_teas})), ElementsAre(HasSubstr("the cart was c")));
    EXPECT_THAT(with_tea().confirmed(CheckOut{}, order("c", {{"tea", 1, 350, 350}})), ElementsAre(HasSubstr("the cart held 2 x tea")));
    auto of_another = order("c", {two_teas});
    of_another.user_id = "v";
    EXPECT_THAT(with_tea().confirmed(CheckOut{}, of_another), ElementsAre(HasSubstr("it is of v")));
}

TEST(ShopperModel, ExpectsNoCartBehindACheckout) {
    auto model = with_tea();
    model.confirmed(CheckOut{}, order("c", {two_teas}));
    EXPECT_THAT(model.check_cart(std::nullopt), IsEmpty());
    EXPECT_THAT(model.check_cart(CartSeen{"c", {{"tea", 2}}}), testing::SizeIs(1));
    model.confirmed(PutItem{"tea", 1});
    EXPECT_THAT(model.check_cart(CartSeen{"d", {{"tea", 1}}}), IsEmpty()) << "a new cart";
}

TEST(ShopperModel, ExpectsEachOrderOnce) {
    auto model = with_tea();
    const auto first = order("c", {two_teas});
    model.confirmed(CheckOut{}, first);
    model.confirmed(PutItem{"cup", 1});
    const auto second = order("d", {{"cup", 1, 100, 100}});
    model.confirmed(CheckOut{}, second);
    EXPECT_THAT(model.check_orders({second, first}), IsEmpty());
    EXPECT_THAT(model.check_orders({second}), ElementsAre("order c: it was confirmed and is not listed"));
    EXPECT_THAT(model.check_orders({second, first, first}), ElementsAre("order c: it is listed twice"));
    EXPECT_THAT(model.check_orders({second, first, order("e", {two_teas})}), ElementsAre("order e: nobody made it"));
    EXPECT_THAT(model.check_orders({second, order("c", {{"tea", 2, 340, 680}})}), ElementsAre("order c: it is not as it was confirmed"));
}

TEST(ShopperModel, ExpectsKnownOrdersOnAPage) {
    auto model = with_tea();
    const auto first = order("c", {two_teas});
    model.confirmed(CheckOut{}, first);
    model.confirmed(PutItem{"cup", 1});
    const auto second = order("d", {{"cup", 1, 100, 100}});
    model.confirmed(CheckOut{}, second);
    EXPECT_THAT(model.check_some_orders({second, first}, 10), IsEmpty());
    EXPECT_THAT(model.check_some_orders({second}, 1), IsEmpty());
    EXPECT_THAT(model.check_some_orders({second}, 10), ElementsAre("1 orders are listed, not 2"));
    EXPECT_THAT(model.check_some_orders({second, second}, 2), ElementsAre("order d: it is listed twice"));
    EXPECT_THAT(model.check_some_orders({order("e", {two_teas})}, 1), ElementsAre("order e: nobody made it"));
    EXPECT_THAT(model.check_some_orders({order("c", {{"tea", 2, 340, 680}})}, 1), ElementsAre("order c: it is not as it was confirmed"));
}

TEST(ShopperModel, NoticesASecondCheckoutOfOneCart) {
    auto model = with_tea();
    model.confirmed(CheckOut{}, order("c", {two_teas}));
    model.confirmed(PutItem{"tea", 2});
    EXPECT_THAT(model.confirmed(CheckOut{}, order("c", {two_teas})), ElementsAre("order c: it was made before"));
}

TEST(ShopperModel, TakesEitherOutcomeOfWhatWasLeftOpen) {
    const std::optional<CartSeen> before = CartSeen{"c", {{"tea", 2}}};
    auto put = with_tea();
    put.left_open(PutItem{"cup", 1});
    EXPECT_THAT(put.check_cart(before), IsEmpty());
    EXPECT_THAT(put.check_cart(CartSeen{"c", {{"cup", 1}, {"tea", 2}}}), IsEmpty());
    EXPECT_THAT(put.check_cart(CartSeen{"c", {{"cup", 1}}}), testing::SizeIs(1));

    auto removed = with_tea();
    removed.left_open(RemoveItem{"tea"});
    EXPECT_THAT(removed.check_cart(before), IsEmpty());
    EXPECT_THAT(removed.check_cart(CartSeen{}), IsEmpty());
    EXPECT_THAT(removed.check_cart(std::nullopt), testing::SizeIs(1));

    auto checked_out = with_tea();
    checked_out.left_open(CheckOut{});
    EXPECT_THAT(checked_out.check_cart(before), IsEmpty());
    EXPECT_THAT(checked_out.check_cart(std::nullopt), IsEmpty());
    EXPECT_THAT(checked_out.check_orders({}), IsEmpty());
    EXPECT_THAT(checked_out.check_orders({order("c", {two_teas})}), IsEmpty());
    EXPECT_THAT(checked_out.check_orders({order("c", {two_teas}), order("d", {two_teas})}), testing::SizeIs(2));
    EXPECT_THAT(checked_out.check_orders({order("c", {{"tea", 1, 350, 350}})}), testing::SizeIs(1));
}

TEST(CheckSums, AreExact) {
    EXPECT_THAT(check_sums(order("c", {two_teas})), IsEmpty());
    EXPECT_THAT(check_sums(order("c", {{"tea", 2, 350, 701}})), ElementsAre(HasSubstr("not 2 x 350")));
    auto wrong_total = order("c", {two_teas});
    ++wrong_total.total_minor;
    EXPECT_THAT(check_sums(wrong_total), ElementsAre(HasSubstr("says 701 minor units, its lines make 700")));
    EXPECT_THAT(check_sums(order("c", {{"tea", 1'000'000, INT64_MAX / 2, 5}})), testing::SizeIs(testing::Ge(1U)));
}

}  // namespace
}  // namespace cartwheel::cli
