// Intents, the commits that a head remembers, and the times that commits are given.
#include "cartwheel/engines/cql/intent.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "cartwheel/engines/cql/cart_partition.h"
#include "cartwheel/engines/cql/commit_clock.h"
#include "support/fake_clock.h"
#include "support/shop.h"

namespace cartwheel::engines::cql {
namespace {

using namespace domain;

Intent checkout() {
    const auto user = test::user("ann");
    const Order order{test::cart_id(1),
                      user,
                      Time(std::chrono::microseconds(-5)),
                      Currency::usd(),
                      {{test::product_id(1), "Tea", Money::from_minor(250), test::quantity(2), Money::from_minor(500)}},
                      Money::from_minor(500)};
    return {
        CommitId::random(),
        {1'700'000'000'000'001,
         Time(std::chrono::microseconds(1'700'000'000'000'001)),
         {{Operation::update, CartRow{user, order.id, true}, CartRow{user, order.id, false}}, {Operation::insert, std::nullopt, order}}}};
}

TEST(Intent, IsReadAsItWasWritten) {
    const auto intent = checkout();
    EXPECT_EQ(decode_intent(encode(intent)).value(), intent);
    ASSERT_NE(order_of(intent), nullptr);
    EXPECT_EQ(order_of(intent)->total.minor(), 500);
}

TEST(Intent, WhatIsCutShortOrOfAnotherFormatIsBroken) {
    const auto bytes = encode(checkout());
    for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(decode_intent(bytes.substr(0, size))) << size;
    auto other = bytes;
    other[0] = 9;
    EXPECT_FALSE(decode_intent(other));
}

TEST(RecentCommits, KeepTheNewest) {
    constexpr int kept = RecentCommits::kept;
    RecentCommits recent;
    std::vector<CommitId> all;
    for (int i = 0; i < kept + 2; ++i) {
        all.push_back(CommitId::random());
        recent = recent.with(all.back());
        EXPECT_LE(recent.size(), RecentCommits::kept);
    }
    for (int i = 0; i < kept + 2; ++i) EXPECT_EQ(recent.holds(all[static_cast<std::size_t>(i)]), i >= 2) << i;
    EXPECT_TRUE(RecentCommits(recent.bytes()).holds(all.back()));
}

TEST(RecentCommits, SayWhetherTheyReachBackToWhatWasRead) {
    RecentCommits read;
    EXPECT_TRUE(RecentCommits().reaches_back_to(read));
    const auto newest = CommitId::random();
    read = read.with(CommitId::random()).with(newest);
    auto later = read;
    for (std::size_t i = 1; i < RecentCommits::kept; ++i) {
        later = later.with(CommitId::random());
        EXPECT_TRUE(later.reaches_back_to(read)) << i;
    }
    EXPECT_TRUE(later.holds(newest));
    later = later.with(CommitId::random());
    EXPECT_FALSE(later.reaches_back_to(read)) << "none of those that were read is among them any more";
    EXPECT_FALSE(later.reaches_back_to(RecentCommits())) << "more than are kept since there were none";
}

TEST(RecentCommits, ReachBackToOneThatAnotherWriteHasDropped) {
    // Of two writes that leave the version as it is the later may not know of the earlier.
    const auto older = CommitId::random();
    const auto read = RecentCommits().with(older).with(CommitId::random());
    auto later = RecentCommits().with(older);
    while (later.size() < RecentCommits::kept) later = later.with(CommitId::random());
    EXPECT_TRUE(later.reaches_back_to(read));
}

TEST(CommitClock, TimesRiseWhateverTheClockDoes) {
    test::FakeClock wall;
    CommitClock clock(wall);
    const auto first = clock.next();
    EXPECT_EQ(first, wall.now());
    EXPECT_EQ(clock.next(), first + std::chrono::microseconds(1));
    wall.advance(-std::chrono::hours(1));
    EXPECT_EQ(clock.next(), first + std::chrono::microseconds(2));
    EXPECT_EQ(clock.latest(), first + std::chrono::microseconds(2));
    const auto of_another_process = first + std::chrono::hours(2);
    EXPECT_EQ(clock.next(of_another_process), of_another_process + std::chrono::microseconds(1));
    EXPECT_LT(clock.next(), of_another_process) << "a machine whose clock is ahead does not carry this one away";
}

TEST(CommitClock, NoTwoThreadsGetTheSameTime) {
    test::FakeClock wall;
    CommitClock clock(wall);
    std::mutex mutex;
    std::set<Time> given;
    {
        std::vector<std::jthread> threads;
        for (int number = 0; number < 4; ++number)
            threads.emplace_back([&] {
                for (int i = 0; i < 500; ++i) {
                    const auto time = clock.next();
                    const std::scoped_lock lock(mutex);
                    given.insert(time);
                }
            });
    }
    EXPECT_EQ(given.size(), 2000U);
}

}  // namespace
}  // namespace cartwheel::engines::cql
