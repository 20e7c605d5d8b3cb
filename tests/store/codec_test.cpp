#include "cartwheel/store/codec.h"

#include <gtest/gtest.h>

#include <random>

#include "support/shop.h"

namespace cartwheel::test {
namespace {

using namespace domain;
using namespace store;

const UserId ann = user("ann");

Order an_order() {
    return {cart_id(4),
            ann,
            Time(std::chrono::microseconds(-5)),
            *Currency::parse("EUR"),
            {{product_id(1), "Name", Money::from_minor(-3), quantity(1'000'000), Money::from_minor(INT64_MAX)}},
            Money::from_minor(INT64_MIN)};
}

Commit a_commit() {
    return {9,
            Time(std::chrono::microseconds(123)),
            {{Operation::insert, std::nullopt, CartRow{ann, cart_id(1), true}},
             {Operation::update, CartRow{ann, cart_id(1), true}, CartRow{ann, cart_id(1), false}},
             {Operation::insert, CartItemRow{ann, cart_id(1), product_id(2), quantity(3)},
              CartItemRow{ann, cart_id(1), product_id(2), quantity(4)}},
             {Operation::remove, CartItemRow{ann, cart_id(1), product_id(2), quantity(4)}, std::nullopt},
             {Operation::update, product(1, 5), product(1, 6)},
             {Operation::insert, std::nullopt, an_order()}}};
}

template <class T>
std::string encoded(const T& value) {
    std::string bytes;
    encode(value, bytes);
    return bytes;
}

TEST(Codec, ValuesComeBackAsTheyWere) {
    EXPECT_EQ(decode_product(product_id(1), encoded(product(1, Money::price_max_minor))).value(), product(1, Money::price_max_minor));
    EXPECT_EQ(decode_order(ann, encoded(an_order())).value(), an_order());
    EXPECT_EQ(decode_commit(9, encoded(a_commit())).value(), a_commit());
    for (const auto& state : {CartState{}, CartState{UINT64_MAX, std::nullopt}, CartState{1, Cart{cart_id(1), {}}},
                              CartState{300, Cart{cart_id(1), {{product_id(1), quantity(1)}, {product_id(2), quantity(1'000'000)}}}}})
        EXPECT_EQ(decode_cart(encoded(state)).value(), state);
}

TEST(Codec, KeptAnswersComeBackAsTheyWere) {
    const Result<std::optional<Order>> answers[] = {std::nullopt, an_order(), fail(Error::conflict("Cart is empty"))};
    for (const auto& answer : answers) {
        const auto kept = decode_kept_answer(ann, encoded(KeptAnswer{UINT64_MAX, Time(std::chrono::seconds(7)), answer, 12})).value();
        EXPECT_EQ(kept.fingerprint, UINT64_MAX);
        EXPECT_EQ(kept.kept_at, Time(std::chrono::seconds(7)));
        EXPECT_EQ(kept.version, 12U);
        ASSERT_EQ(kept.answer.has_value(), answer.has_value());
        if (answer) {
            EXPECT_EQ(*kept.answer, *answer);
        } else {
            EXPECT_EQ(kept.answer.error().code, answer.error().code);
            EXPECT_EQ(kept.answer.error().message, answer.error().message);
        }
    }
    EXPECT_EQ(decode_kept_at(encoded(KeptAnswer{1, Time(std::chrono::seconds(7)), std::nullopt, 0})).value(),
              Time(std::chrono::seconds(7)));
}

/// These bytes are on disks: a change of theirs is a new format, which reads the old one on.
TEST(Codec, TheFormatStaysWhatItIs) {
    const std::string cart = encoded(CartState{300, Cart{cart_id(1), {{product_id(1), quantity(5)}}}});
    EXPECT_EQ(cart.substr(0, 4), std::string("\x01\xac\x02\x01", 4));
    EXPECT_EQ(cart.size(), 4U + 16 + 1 + 16 + 1);
    EXPECT_EQ(encoded(product(1, 5)).substr(0, 3), std::string("\x01\x09P", 3));
    EXPECT_EQ(encoded(Commit{1, Time(std::chrono::microseconds(1)), {}}), std::string("\x01\x02\x00", 3));
}

TEST(Codec, AnUnknownFormatIsNotGuessedAt) {
    auto bytes = encoded(CartState{});
    bytes[0] = 2;
    EXPECT_EQ(decode_cart(bytes).error().code, ErrorCode::internal);
}

TEST(Codec, WhatIsCutShortOrTooLongIsRefused) {
    const auto expect_refused = [](std::string bytes, auto decode) {
        for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(decode(std::string_view(bytes).substr(0, size))) << size;
        EXPECT_TRUE(decode(bytes));
        EXPECT_FALSE(decode(bytes + "x"));
    };
    expect_refused(encoded(CartState{1, Cart{cart_id(1), {{product_id(1), quantity(5)}}}}), [](auto bytes) { return decode_cart(bytes); });
    expect_refused(encoded(product(1)), [](auto bytes) { return decode_product(product_id(1), bytes); });
    expect_refused(encoded(an_order()), [](auto bytes) { return decode_order(ann, bytes); });
    expect_refused(encoded(a_commit()), [](auto bytes) { return decode_commit(9, bytes); });
    expect_refused(encoded(KeptAnswer{1, {}, an_order(), 1}), [](auto bytes) { return decode_kept_answer(ann, bytes); });
}

TEST(Codec, DamagedBytesNeverDoHarm) {
    std::mt19937 chance(7);
    const auto values = {encoded(a_commit()), encoded(an_order()), encoded(KeptAnswer{1, {}, an_order(), 1}),
                         encoded(CartState{1, Cart{cart_id(1), {{product_id(1), quantity(5)}}}})};
    for (const auto& value : values)
        for (int i = 0; i < 5000; ++i) {
            auto bytes = value;
            for (int flips = 0; flips < 3; ++flips) bytes[chance() % bytes.size()] = static_cast<char>(chance());
            (void)decode_cart(bytes);
            (void)decode_product(product_id(1), bytes);
            (void)decode_order(ann, bytes);
            (void)decode_commit(1, bytes);
            (void)decode_kept_answer(ann, bytes);
        }
}

}  // namespace
}  // namespace cartwheel::test
