#include "cartwheel/engines/cql/user_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <optional>
#include <thread>
#include <vector>

#include "support/run_task.h"
#include "support/shop.h"

namespace cartwheel::engines::cql {
namespace {

using test::run_task;
using test::run_tasks;
using test::user;

/// Takes a turn, lets others run in between, and says whether it was alone.
Task<bool> take_turn(UserQueue* queue, domain::UserId user, int* inside) {
    const auto turn = co_await queue->enter(std::move(user));
    if (!turn) co_return false;
    const bool alone = ++*inside == 1;
    co_await boost::asio::post(use_task);
    co_await boost::asio::post(use_task);
    co_return --*inside == 0 && alone;
}

TEST(UserQueue, OneWriterOfAUserIsInAtATime) {
    UserQueue queue(100);
    int inside = 0;
    std::vector<Task<bool>> tasks;
    for (int i = 0; i < 20; ++i) tasks.push_back(take_turn(&queue, user("ann"), &inside));
    for (const bool was_alone : run_tasks(std::move(tasks))) EXPECT_TRUE(was_alone);
    EXPECT_EQ(queue.waiting(), 0U);
}

TEST(UserQueue, TurnsComeInTheOrderOfAsking) {
    UserQueue queue(100);
    std::vector<int> order;
    const auto note = [](UserQueue* queue, std::vector<int>* order, int number) -> Task<bool> {
        const auto turn = co_await queue->enter(user("ann"));
        co_await boost::asio::post(use_task);
        order->push_back(number);
        co_return true;
    };
    std::vector<Task<bool>> tasks;
    for (int i = 0; i < 5; ++i) tasks.push_back(note(&queue, &order, i));
    run_tasks(std::move(tasks));
    EXPECT_EQ(order, (std::vector{0, 1, 2, 3, 4}));
}

TEST(UserQueue, UsersDoNotWaitForEachOther) {
    UserQueue queue(0);  // nobody may wait
    const auto first = run_task(queue.enter(user("ann")));
    const auto second = run_task(queue.enter(user("bob")));
    EXPECT_TRUE(first && second);
}

TEST(UserQueue, WhoComesWhenTooManyWaitIsRefused) {
    UserQueue queue(1);
    auto first = std::optional(run_task(queue.enter(user("ann"))));
    ASSERT_TRUE(*first);
    std::atomic<bool> second_had_its_turn{false};
    std::jthread waiting([&] { second_had_its_turn = run_task(queue.enter(user("ann"))).has_value(); });
    while (queue.waiting() == 0) std::this_thread::yield();
    const auto third = run_task(queue.enter(user("ann")));
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().code, ErrorCode::overloaded);
    first.reset();
    waiting.join();
    EXPECT_TRUE(second_had_its_turn);
}

TEST(UserQueue, AClosedQueueAnswersWhoWaitsAndLetsNobodyIn) {
    UserQueue queue(10);
    auto first = std::optional(run_task(queue.enter(user("ann"))));
    std::atomic<ErrorCode> answer{ErrorCode::internal};
    std::jthread waiting([&] { answer = run_task(queue.enter(user("ann"))).error().code; });
    while (queue.waiting() == 0) std::this_thread::yield();
    // Whoever is counted may still be on the way into the queue.
    queue.close();
    waiting.join();
    EXPECT_EQ(answer, ErrorCode::unavailable);
    EXPECT_EQ(run_task(queue.enter(user("bob"))).error().code, ErrorCode::unavailable);
    first.reset();
}

TEST(UserQueue, WritersOfSeveralThreadsExcludeEachOther) {
    UserQueue queue(1000);
    int turns = 0;  // not atomic: the turns guard it
    std::vector<std::jthread> threads;
    for (int number = 0; number < 4; ++number)
        threads.emplace_back([&] {
            const auto count = [](UserQueue* queue, int* turns) -> Task<bool> {
                const auto turn = co_await queue->enter(user("ann"));
                ++*turns;
                co_return turn.has_value();
            };
            std::vector<Task<bool>> tasks;
            for (int i = 0; i < 100; ++i) tasks.push_back(count(&queue, &turns));
            for (const bool entered : run_tasks(std::move(tasks))) EXPECT_TRUE(entered);
        });
    threads.clear();
    EXPECT_EQ(turns, 400);
}

}  // namespace
}  // namespace cartwheel::engines::cql
