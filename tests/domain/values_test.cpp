// Users, quantities, currencies and the names that the change log goes by.
#include <gtest/gtest.h>

#include "cartwheel/domain/change.h"
#include "support/shop.h"

namespace cartwheel::test {
namespace {

using namespace domain;
using enum UserId::Refusal;

TEST(UserId, IsAnyTextOfAShop) {
    for (const auto* text : {"u", "ann@example.org", "a b", "\xc3\xa9milie", "%2F", "..", "\xc2\xa0", "\xf0\x9f\x9b\x92"})
        EXPECT_EQ(UserId::parse(text)->text(), text);
    EXPECT_TRUE(UserId::parse(std::string(256, 'a')));
}

TEST(UserId, WhatIsNoneSaysWhy) {
    EXPECT_EQ(UserId::parse("").error(), empty);
    EXPECT_EQ(UserId::parse(std::string(257, 'a')).error(), too_long);
    for (const auto& text : {std::string("a/b"), std::string("a\nb"), std::string("a\0b", 3), std::string("\x7f"), std::string("\xc2\x85"),
                             std::string("\xff"), std::string("\xc3")})
        EXPECT_EQ(UserId::parse(text).error(), not_text) << text;
}

TEST(Quantity, IsOneToAMillion) {
    EXPECT_EQ(Quantity::parse(1)->count(), 1);
    EXPECT_EQ(Quantity::parse(1'000'000)->count(), 1'000'000);
    for (const std::int64_t count : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1'000'001}, INT64_MAX, INT64_MIN})
        EXPECT_FALSE(Quantity::parse(count)) << count;
}

TEST(Currency, IsThreeCapitals) {
    EXPECT_EQ(Currency::parse("EUR")->code(), "EUR");
    for (const auto* code : {"", "EU", "EURO", "eur", "E1R"}) EXPECT_FALSE(Currency::parse(code)) << code;
}

TEST(RowChange, TheTableIsThatOfItsRow) {
    EXPECT_EQ(name_of((RowChange{Operation::remove, product(1), std::nullopt}).table()), "product");
    EXPECT_EQ(name_of((RowChange{Operation::insert, std::nullopt, CartRow{user("a"), cart_id(1), true}}).table()), "cart");
    EXPECT_EQ(name_of((RowChange{Operation::insert, std::nullopt, CartItemRow{user("a"), cart_id(1), product_id(1), quantity(1)}}).table()),
              "cart_items");
    EXPECT_EQ(name_of((RowChange{Operation::insert, std::nullopt, Order{cart_id(1), user("a"), {}, Currency::usd(), {}, {}}}).table()),
              "orders");
    EXPECT_EQ(name_of(Operation::remove), "delete");
}

}  // namespace
}  // namespace cartwheel::test
