#include "cartwheel/cli/shop_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cartwheel::cli {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(ShopAnswers, ReadACart) {
    const auto cart = read_cart(R"([{"user_id":"u","cart_id":"c","product_id":"a","product_quantity":2},
                                    {"user_id":"u","cart_id":"c","product_id":"b","product_quantity":1}])");
    ASSERT_TRUE(cart);
    EXPECT_EQ(cart->cart_id, "c");
    EXPECT_THAT(cart->contents, ElementsAre(Pair("a", 2), Pair("b", 1)));
    EXPECT_EQ(read_cart("[]"), CartSeen{});
}

TEST(ShopAnswers, RefuseACartThatCannotBe) {
    EXPECT_FALSE(read_cart("{}"));
    EXPECT_FALSE(read_cart(R"([{"cart_id":"c","product_id":"a"}])"));
    EXPECT_FALSE(
        read_cart(R"([{"cart_id":"c","product_id":"a","product_quantity":2},{"cart_id":"d","product_id":"b","product_quantity":1}])"));
    EXPECT_FALSE(
        read_cart(R"([{"cart_id":"c","product_id":"a","product_quantity":2},{"cart_id":"c","product_id":"a","product_quantity":1}])"));
}

TEST(ShopAnswers, ReadAnOrderWithExactMoney) {
    const auto order = read_order(R"({"order_id":"o","user_id":"u","placed_at":"now","currency":"USD","total":9007199254740993.05,
        "items":[{"product_id":"a","name":"Tea","unit_price":12.5,"quantity":2,"total":25.0}]})");
    ASSERT_TRUE(order);
    EXPECT_EQ(order->total_minor, 900719925474099305);
    EXPECT_EQ(order->lines, (std::vector<OrderLineSeen>{{"a", 2, 1250, 2500}}));
}

TEST(ShopAnswers, RefuseAFractionOfACent) {
    EXPECT_FALSE(read_order(R"({"order_id":"o","user_id":"u","total":0.001,"items":[]})"));
    EXPECT_TRUE(read_order(R"({"order_id":"o","user_id":"u","total":0.0,"items":[]})"));
}

TEST(ShopAnswers, FindTheNextPage) {
    EXPECT_EQ(next_page(R"(</orders/u?limit=2&after=x>; rel="next")"), "/orders/u?limit=2&after=x");
    EXPECT_EQ(next_page(R"(<http://127.0.0.1:8000/orders/u?after=x>; rel="next")"), "/orders/u?after=x");
    EXPECT_EQ(next_page(""), std::nullopt);
    EXPECT_EQ(next_page(R"(</x>; rel="prev")"), std::nullopt);
}

}  // namespace
}  // namespace cartwheel::cli
