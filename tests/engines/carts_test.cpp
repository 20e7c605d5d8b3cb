// The contract about carts: what update_cart makes of a decision, and what it keeps under a request key.
#include "engines/contract.h"

namespace cartwheel::test {
namespace {

using namespace domain;
using namespace store;
using std::chrono::hours;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const UserId ann = user("ann");
const UserId bob = user("bob");

class CartContract : public StoreContract {};
INSTANTIATE_TEST_SUITE_P(Engines, CartContract, ::testing::ValuesIn(engines()), [](const auto& info) { return info.param.name; });

TEST_P(CartContract, AUserWithoutWritesHasVersionZeroAndNoCart) { EXPECT_EQ(cart(ann), CartState{}); }

TEST_P(CartContract, WhatWasPutIsRead) {
    const auto fresh = cart_id(1);
    const auto outcome = update(ann, test::put(ann, product_id(7), 3, fresh));
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->version, 1U);
    EXPECT_FALSE(outcome->replayed);
    EXPECT_EQ(outcome->answer.value(), std::nullopt);
    EXPECT_EQ(cart(ann), (CartState{1, Cart{fresh, {{product_id(7), quantity(3)}}}}));
}

TEST_P(CartContract, EveryCommitRaisesTheVersionByOneOverAllOfTheUsersCarts) {
    put_products({product(1)});
    EXPECT_EQ(put(ann, 1)->version, 1U);
    EXPECT_EQ(put(ann, 2)->version, 2U);
    EXPECT_EQ(remove(ann, 2)->version, 3U);
    EXPECT_EQ(check_out(ann)->version, 4U);
    EXPECT_EQ(put(ann, 1)->version, 5U);
    EXPECT_EQ(cart(ann).version, 5U);
}

TEST_P(CartContract, UsersDoNotShareCarts) {
    ASSERT_TRUE(put(ann, 1));
    ASSERT_TRUE(put(bob, 2));
    EXPECT_THAT(cart(ann).active->lines, ElementsAre(CartLine{product_id(1), quantity(1)}));
    EXPECT_THAT(cart(bob).active->lines, ElementsAre(CartLine{product_id(2), quantity(1)}));
}

TEST_P(CartContract, ACheckoutLeavesItsOrderAndNoCart) {
    put_products({product(1, 250), product(2, 1000)});
    ASSERT_TRUE(put(ann, 1, 2));
    ASSERT_TRUE(put(ann, 2));
    const auto before = cart(ann);
    const auto order = check_out(ann).value().answer.value().value();
    EXPECT_EQ(order.id, before.active->id);
    EXPECT_EQ(order.total.minor(), 1500);
    EXPECT_EQ(cart(ann), (CartState{3, std::nullopt}));
    EXPECT_EQ(run_task(store().order(ann, order.id)).value(), order);
}

TEST_P(CartContract, ADecisionSeesTheProductsOfTheCartThatExistOnlyWhenItAsks) {
    put_products({product(1), product(2), product(3)});
    for (const unsigned number : {3U, 1U, 9U}) ASSERT_TRUE(put(ann, number));  // 9 is in the cart and no product
    std::vector<Product> seen;
    const auto look = [&](const CartState&, std::span<const Product> products) -> Result<CartStep> {
        seen.assign(products.begin(), products.end());
        return fail(Error::conflict("only looking"));
    };
    ASSERT_TRUE(update(ann, {.decide = look, .with_products = true}));
    EXPECT_THAT(seen, ::testing::UnorderedElementsAre(product(1), product(3)));
    ASSERT_TRUE(update(ann, {.decide = look}));
    EXPECT_THAT(seen, IsEmpty());
}

TEST_P(CartContract, ARefusalIsTheAnswerAndLeavesNeitherStateNorChange) {
    ASSERT_TRUE(put(ann, 1));
    const auto before = cart(ann);
    for (const auto& error : {Error::not_found("a"), Error::conflict("b"), Error::precondition("c")}) {
        const auto outcome = update(ann, refuse(error));
        ASSERT_TRUE(outcome);
        ASSERT_FALSE(outcome->answer);
        EXPECT_EQ(outcome->answer.error().code, error.code);
        EXPECT_EQ(outcome->answer.error().message, error.message);
        EXPECT_EQ(outcome->version, 1U);
    }
    EXPECT_EQ(cart(ann), before);
    EXPECT_THAT(log(), SizeIs(1));
}

TEST_P(CartContract, ADecisionThatFailsLeavesNeitherStateNorChangeNorKey) {
    const auto outcome = update(ann, refuse(Error::internal("broken")), key("k"));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::internal);
    EXPECT_THAT(log(), IsEmpty());
    const auto second = put(ann, 1, 1, key("k"));
    ASSERT_TRUE(second);
    EXPECT_FALSE(second->replayed);
}

TEST_P(CartContract, AStepWithoutChangesMakesNoCommit) {
    ASSERT_TRUE(put(ann, 1));
    const auto outcome = remove(ann, 2);
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(outcome->answer);
    EXPECT_EQ(outcome->version, 1U);
    EXPECT_THAT(log(), SizeIs(1));
}

TEST_P(CartContract, ADecisionIsGivenTheProductItAsksForIfThereIsOne) {
    put_products({product(1)});
    std::vector<Product> given;
    CartDecision decision{.decide = [&](const CartState&, auto products) -> Result<CartStep> {
        given.assign(products.begin(), products.end());
        return fail(Error::conflict(""));
    }};
    ASSERT_TRUE(update(ann, decision));
    EXPECT_THAT(given, IsEmpty());
    decision.with_product = product(1).id;
    ASSERT_TRUE(update(ann, decision));
    EXPECT_THAT(given, ElementsAre(product(1)));
    decision.with_product = product(2).id;
    ASSERT_TRUE(update(ann, decision));
    EXPECT_THAT(given, IsEmpty());
}

TEST_P(CartContract, AKeySeenBeforeGivesTheKeptAnswerAndDecidesNothing) {
    put_products({product(1)});
    ASSERT_TRUE(put(ann, 1, 2));
    const auto first = check_out(ann, key("once"));
    ASSERT_TRUE(first->answer.value());
    ASSERT_TRUE(put(ann, 1, 5));
    auto decide = [](const CartState&, auto) -> Result<CartStep> {
        ADD_FAILURE() << "decided again";
        return fail(Error::conflict(""));
    };
    const auto second = update(ann, {.decide = decide}, key("once"));
    ASSERT_TRUE(second);
    EXPECT_TRUE(second->replayed);
    EXPECT_EQ(second->answer.value(), first->answer.value());
    EXPECT_EQ(second->version, first->version);
    EXPECT_EQ(cart(ann).version, 3U);
}

TEST_P(CartContract, AKeyIsTheUsersOwn) {
    ASSERT_TRUE(put(ann, 1, 1, key("k")));
    EXPECT_FALSE(put(bob, 1, 1, key("k"))->replayed);
}

TEST_P(CartContract, KeysOfUsersWhoseNamesRunIntoEachOtherStayApart) {
    ASSERT_TRUE(put(user("a"), 1, 1, key("bc")));
    EXPECT_FALSE(put(user("ab"), 1, 1, key("c"))->replayed);
}

TEST_P(CartContract, AKeyOfAnotherRequestIsInvalid) {
    ASSERT_TRUE(put(ann, 1, 1, key("k", 1)));
    const auto outcome = put(ann, 2, 1, key("k", 2));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::invalid);
    EXPECT_EQ(cart(ann).version, 1U);
}

TEST_P(CartContract, NotFoundAndConflictAreKept) {
    for (const auto& error : {Error::not_found("No items found in cart"), Error::conflict("Cart is empty")}) {
        const auto name = key(name_of(error.code));
        ASSERT_TRUE(update(ann, refuse(error), name));
        const auto again = put(ann, 1, 1, name);
        ASSERT_TRUE(again);
        EXPECT_TRUE(again->replayed);
        ASSERT_FALSE(again->answer);
        EXPECT_EQ(again->answer.error().code, error.code);
        EXPECT_EQ(again->answer.error().message, error.message);
    }
    EXPECT_THAT(log(), IsEmpty());
}

TEST_P(CartContract, APreconditionThatDoesNotHoldIsNotKept) {
    ASSERT_TRUE(update(ann, refuse(Error::precondition("changed")), key("k")));
    const auto again = put(ann, 1, 1, key("k"));
    ASSERT_TRUE(again);
    EXPECT_FALSE(again->replayed);
    EXPECT_EQ(cart(ann).version, 1U);
}

TEST_P(CartContract, AStepWithoutChangesIsKeptToo) {
    ASSERT_TRUE(put(ann, 1));
    ASSERT_TRUE(remove(ann, 2, key("k")));
    const auto again = remove(ann, 2, key("k"));
    EXPECT_TRUE(again->replayed);
    EXPECT_TRUE(again->answer);
}

TEST_P(CartContract, AKeyIsForgottenAfterADay) {
    ASSERT_TRUE(put(ann, 1, 1, key("k")));
    clock().advance(hours(24) - milliseconds(1));
    EXPECT_TRUE(put(ann, 1, 1, key("k"))->replayed);
    clock().advance(milliseconds(1));
    EXPECT_FALSE(put(ann, 1, 9, key("k", 2))->replayed);
    EXPECT_EQ(cart(ann).active->lines.front().quantity, quantity(9));
    EXPECT_TRUE(put(ann, 1, 9, key("k", 2))->replayed) << "kept anew";
}

TEST_P(CartContract, WritesOfOneGroupAreDecidedOneAfterTheOther) {
    put_products({product(1)});
    std::vector<Task<Result<CartOutcome>>> tasks;
    for (unsigned i = 1; i <= 8; ++i) tasks.push_back(store().update_cart(ann, std::nullopt, test::put(ann, product_id(i))));
    tasks.push_back(store().update_cart(ann, key("k"), test::remove(ann, product_id(8))));
    tasks.push_back(store().update_cart(ann, key("k"), test::remove(ann, product_id(8))));
    const auto outcomes = run_tasks(std::move(tasks));
    for (std::size_t i = 0; i < 9; ++i) EXPECT_EQ(outcomes[i]->version, i + 1);
    EXPECT_TRUE(outcomes[9]->replayed);
    EXPECT_EQ(outcomes[9]->version, 9U);
    EXPECT_THAT(cart(ann).active->lines, SizeIs(7));
}

TEST_P(CartContract, OfFourCheckoutsAtOnceOneGetsTheOrder) {
    put_products({product(1)});
    ASSERT_TRUE(put(ann, 1));
    std::vector<Task<Result<CartOutcome>>> tasks;
    for (int i = 0; i < 4; ++i) tasks.push_back(store().update_cart(ann, std::nullopt, test::check_out(ann, clock().now())));
    std::size_t orders = 0;
    for (const auto& outcome : run_tasks(std::move(tasks)))
        if (outcome->answer) ++orders;
        else EXPECT_EQ(outcome->answer.error().code, ErrorCode::not_found);
    EXPECT_EQ(orders, 1U);
    EXPECT_THAT(run_task(store().orders(ann, {})).value().orders, SizeIs(1));
}

TEST_P(CartContract, ACartOfAThousandLinesIsKept) {
    for (unsigned batch = 0; batch < 10; ++batch) {
        std::vector<Task<Result<CartOutcome>>> tasks;
        for (unsigned i = 0; i < 100; ++i)
            tasks.push_back(store().update_cart(ann, std::nullopt, test::put(ann, product_id(batch * 100 + i))));
        for (const auto& outcome : run_tasks(std::move(tasks))) ASSERT_TRUE(outcome->answer);
    }
    EXPECT_THAT(cart(ann).active->lines, SizeIs(1000));
    EXPECT_EQ(put(ann, 1000)->answer.error().code, ErrorCode::conflict);
}

TEST_P(CartContract, TheLongestUserIdIsAUser) {
    const auto longest = user(std::string(UserId::bytes_max, 'u'));
    ASSERT_TRUE(put(longest, 1, 1, key(std::string(255, 'k'))));
    EXPECT_TRUE(put(longest, 1, 1, key(std::string(255, 'k')))->replayed);
    EXPECT_EQ(cart(longest).version, 1U);
}

}  // namespace
}  // namespace cartwheel::test
