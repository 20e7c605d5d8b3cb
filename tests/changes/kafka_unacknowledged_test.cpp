#include "cartwheel/changes/kafka_unacknowledged.h"

#include <gtest/gtest.h>

namespace cartwheel::changes {
namespace {

Time at(std::int64_t us) { return Time(std::chrono::microseconds(us)); }

TEST(KafkaUnacknowledged, TheCursorMovesBehindAnUnbrokenRowOfAcknowledgedCommits) {
    Unacknowledged open;
    const auto first = open.add(5, at(50), 1);
    const auto second = open.add(6, at(60), 1);
    const auto third = open.add(7, at(70), 1);
    open.close();
    open.acknowledge(second);
    EXPECT_EQ(open.done(), 0U);
    open.acknowledge(first);
    EXPECT_EQ(open.done(), 6U);
    EXPECT_EQ(open.oldest(), at(70));
    open.acknowledge(third);
    EXPECT_EQ(open.done(), 7U);
    EXPECT_EQ(open.oldest(), std::nullopt);
}

TEST(KafkaUnacknowledged, ACommitIsDoneWithItsLastMessage) {
    Unacknowledged open;
    const auto ticket = open.add(1, at(1), 3);
    open.close();
    open.acknowledge(ticket);
    open.acknowledge(ticket);
    EXPECT_EQ(open.done(), 0U);
    EXPECT_EQ(open.messages(), 1U);
    open.acknowledge(ticket);
    EXPECT_EQ(open.done(), 1U);
    EXPECT_EQ(open.messages(), 0U);
    EXPECT_EQ(open.commits(), 0U);
}

// A cursor behind the first of them would leave out the second one after a restart.
TEST(KafkaUnacknowledged, CommitsOfOneMicrosecondAreDoneTogether) {
    Unacknowledged open;
    const auto first = open.add(9, at(9), 1);
    open.acknowledge(first);
    EXPECT_EQ(open.done(), 0U);
    const auto second = open.add(9, at(9), 2);
    open.close();
    EXPECT_EQ(open.done(), 0U);
    open.acknowledge(second);
    open.acknowledge(second);
    EXPECT_EQ(open.done(), 9U);
}

TEST(KafkaUnacknowledged, ALaterCommitEndsTheOneBefore) {
    Unacknowledged open;
    open.acknowledge(open.add(1, at(1), 1));
    open.add(2, at(2), 1);
    EXPECT_EQ(open.done(), 1U);
}

TEST(KafkaUnacknowledged, WhatWasHandedOverInPartIsNotDone) {
    Unacknowledged open;
    const auto ticket = open.add(1, at(1), 2);
    open.acknowledge(ticket);
    open.close();
    EXPECT_EQ(open.done(), 0U);
}

}  // namespace
}  // namespace cartwheel::changes
