#include "cartwheel/cli/change_text.h"

#include <gtest/gtest.h>

namespace cartwheel::cli {
namespace {

std::string text_of(std::string_view op, std::string_view table, std::string_view before, std::string_view after) {
    std::string event = R"({"op":")" + std::string(op) + R"(","before":)" + std::string(before) + R"(,"after":)" + std::string(after);
    event += R"(,"source":{"connector":"cartwheel","keyspace_name":"ecommerce","table_name":")" + std::string(table);
    event += R"(","ts_ms":1700000000000,"ts_us":1700000000000001},"ts_ms":1700000000003,"transaction":null,"id":"17-1"})";
    return change_text(event);
}

const std::string at = "2023-11-14T22:13:20.000001Z  ";

TEST(ChangeText, SaysWhatAUserDoes) {
    EXPECT_EQ(text_of("c", "cart_items", "null", R"({"user_id":"ann","product_id":"p","product_quantity":2})"), at + "ann  puts 2 x p");
    EXPECT_EQ(text_of("c", "cart_items", R"({"user_id":"ann","product_id":"p","product_quantity":2})",
                      R"({"user_id":"ann","product_id":"p","product_quantity":3})"),
              at + "ann  puts 3 x p, had 2");
    EXPECT_EQ(text_of("d", "cart_items", R"({"user_id":"ann","product_id":"p","product_quantity":3})", "null"),
              at + "ann  takes out 3 x p");
    EXPECT_EQ(text_of("c", "cart", "null", R"({"user_id":"ann","cart_id":"c","is_active":true})"), at + "ann  opens cart c");
    EXPECT_EQ(
        text_of("u", "cart", R"({"user_id":"ann","cart_id":"c","is_active":true})", R"({"user_id":"ann","cart_id":"c","is_active":false})"),
        at + "ann  closes cart c");
    EXPECT_EQ(text_of("c", "orders", "null",
                      R"({"order_id":"o","user_id":"ann","currency":"EUR","items":[{"quantity":2},{"quantity":1}],"total":37.5})"),
              at + "ann  orders 3 items for 37.5 EUR, order o");
}

TEST(ChangeText, SaysWhatBecomesOfAProduct) {
    const std::string tea = R"({"id":"p","name":"Tea","price":12.5})";
    const std::string dear = R"({"id":"p","name":"Tea","price":13.0})";
    EXPECT_EQ(text_of("c", "product", "null", tea), at + R"(-  new product "Tea" at 12.5 (p))");
    EXPECT_EQ(text_of("u", "product", tea, dear), at + R"(-  product "Tea" at 13.0, was "Tea" at 12.5 (p))");
    EXPECT_EQ(text_of("d", "product", tea, "null"), at + R"(-  product "Tea" at 12.5 is gone (p))");
}

TEST(ChangeText, ATerminalObeysNoName) {
    EXPECT_EQ(text_of("c", "product", "null", R"({"id":"p","name":"a\u001b[2J\nb","price":1.0})"),
              at + R"(-  new product "a?[2J?b" at 1.0 (p))");
}

TEST(ChangeText, WhatIsNoEventComesBackAsItIs) {
    for (const char* text : {"", "{}", "[1]", "null", R"({"op":"c"})", R"({"op":"c","after":{},"source":{"table_name":"other"}})"})
        EXPECT_EQ(change_text(text), text);
}

}  // namespace
}  // namespace cartwheel::cli
