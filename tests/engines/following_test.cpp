// The contract about those who follow the change log and ask it: cursors, what is forgotten, and looks at one moment.
#include "engines/contract.h"

namespace cartwheel::test {
namespace {

using namespace domain;
using namespace store;
using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const UserId ann = user("ann");
const UserId bob = user("bob");

/// All that a scan gives.
template <class T>
std::vector<T> all_of(std::unique_ptr<Scan<T>> scan) {
    std::vector<T> values;
    while (const auto* value = scan->next().value()) values.push_back(*value);
    EXPECT_EQ(scan->next().value(), nullptr);
    return values;
}

class FollowingContract : public StoreContract {
protected:
    std::optional<Seq> cursor_of(const std::string& follower) { return run_task(store().kept_cursor(follower)).value(); }
    void keep(const std::string& follower, Seq cursor) { ASSERT_TRUE(run_task(store().keep_cursor(follower, cursor))); }
    void forget(Time before) { ASSERT_TRUE(run_task(store().forget_changes(before))); }
    std::optional<ErrorCode> refusal_after(Seq after) {
        const auto page = run_task(store().changes_after(after, 100));
        return page ? std::nullopt : std::optional(page.error().code);
    }
    std::vector<Commit> commits_of(Snapshot& snapshot, Time from = Time::min(), Time before = Time::max()) {
        return all_of(snapshot.commits(from, before));
    }

    /// Commits an hour apart from each other.
    std::vector<Commit> put_hourly(unsigned count) {
        for (unsigned i = 0; i < count; ++i) {
            if (i > 0) clock().advance(hours(1));
            EXPECT_TRUE(put(ann, i));
        }
        return log();
    }
};
INSTANTIATE_TEST_SUITE_P(Engines, FollowingContract, ::testing::ValuesIn(engines()), [](const auto& info) { return info.param.name; });

/// Of a store that is one process's own.
class EmbeddedContract : public FollowingContract {};
std::vector<Engine> embedded_engines() {
    auto embedded = engines();
    std::erase_if(embedded, [](const Engine& engine) { return !engine.has_one_order; });
    return embedded;
}
INSTANTIATE_TEST_SUITE_P(Engines, EmbeddedContract, ::testing::ValuesIn(embedded_engines()),
                         [](const auto& info) { return info.param.name; });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(EmbeddedContract);  // the cluster's log ends by itself

TEST_P(FollowingContract, AFollowersCursorIsKeptUnderItsName) {
    EXPECT_EQ(cursor_of("kafka"), std::nullopt);
    keep("kafka", 5);
    keep("kafka/2", 1'700'000'000'000'000);
    EXPECT_EQ(cursor_of("kafka"), 5U);
    keep("kafka", 3);
    EXPECT_EQ(cursor_of("kafka"), 3U) << "also back";
    EXPECT_EQ(cursor_of("kafka/2"), 1'700'000'000'000'000U);
    EXPECT_EQ(cursor_of("kafk"), std::nullopt);
    EXPECT_THAT(log(), IsEmpty()) << "no change of the shop";
}

TEST_P(FollowingContract, ACursorIsNotKeptByAStoreThatStopped) {
    keep("kafka", 5);
    store().stop();
    EXPECT_EQ(run_task(store().keep_cursor("kafka", 6)).error().code, ErrorCode::unavailable);
}

TEST_P(FollowingContract, SnapshotsAreOfOwnStoresAndLanguagesOfSharedOnes) {
    const auto snapshot = store().snapshot();
    const auto rows = run_task(store().select("SELECT cluster_name FROM system.local", 10));
    EXPECT_EQ(snapshot.has_value(), !store().is_shared());
    EXPECT_EQ(rows.has_value(), store().is_shared());
    if (!snapshot) EXPECT_EQ(snapshot.error().code, ErrorCode::unavailable);
    if (!rows) EXPECT_EQ(rows.error().code, ErrorCode::unavailable);
}

TEST_P(EmbeddedContract, CommitsBeforeATimeAreForgotten) {
    const auto commits = put_hourly(10);
    forget(commits[4].time);
    EXPECT_THAT(log(), ElementsAreArray(commits.begin() + 4, commits.end())) << "from the beginning: from the oldest that is kept";
    EXPECT_THAT(log(commits[3].seq), ElementsAreArray(commits.begin() + 4, commits.end())) << "nothing behind this cursor was forgotten";
    EXPECT_THAT(log(commits[6].seq, 2), ElementsAreArray(commits.begin() + 7, commits.begin() + 9));
    EXPECT_EQ(refusal_after(commits[2].seq), ErrorCode::gone);
    EXPECT_EQ(refusal_after(commits[0].seq), ErrorCode::gone);
}

TEST_P(EmbeddedContract, ForgettingIsOfCommitsBeforeATimeAndGoesOnlyForward) {
    const auto commits = put_hourly(5);
    forget(commits[2].time - hours(9));
    EXPECT_THAT(log(), SizeIs(5));
    forget(commits[2].time + std::chrono::microseconds(1));
    EXPECT_THAT(log(), SizeIs(2));
    forget(commits[1].time);
    EXPECT_THAT(log(), SizeIs(2));
    EXPECT_EQ(refusal_after(commits[1].seq), ErrorCode::gone);
}

TEST_P(EmbeddedContract, TheNewestCommitIsNeverForgottenAndNumbersGoOn) {
    forget(clock().now());
    EXPECT_THAT(log(), IsEmpty());
    const auto commits = put_hourly(3);
    forget(clock().now() + hours(100));
    EXPECT_THAT(log(), ElementsAre(commits[2]));
    ASSERT_TRUE(put(bob, 1));
    EXPECT_EQ(log().back().seq, commits[2].seq + 1);
    forget(clock().now() + hours(100));
    EXPECT_THAT(log(), SizeIs(1));
    EXPECT_EQ(store().figures().last_seq, commits[2].seq + 1);
}

TEST_P(EmbeddedContract, ASnapshotShowsEverythingOfOneMoment) {
    put_products({product(1), product(2), product(3)});
    const auto first = order_of(ann, 1);
    const auto second = order_of(ann, 2);
    const auto of_bob = order_of(bob, 3);
    ASSERT_TRUE(put(ann, 2, 5));
    const auto state = cart(ann);
    const auto commits = log();
    const auto snapshot = store().snapshot().value();

    put_products({product(2, 9'999), product(4)});
    run_task(store().remove_product(product_id(1))).value();
    ASSERT_TRUE(put(user("eve"), 2));
    order_of(ann, 3);
    forget(clock().now() + hours(1));

    EXPECT_THAT(all_of(snapshot->products(std::nullopt)), ElementsAre(product(1), product(2), product(3)));
    EXPECT_THAT(all_of(snapshot->products(product_id(2))), ElementsAre(product(2)));
    EXPECT_THAT(all_of(snapshot->products(product_id(4))), IsEmpty());
    EXPECT_THAT(all_of(snapshot->orders(std::nullopt)), ElementsAre(second, first, of_bob));
    EXPECT_THAT(all_of(snapshot->orders(bob)), ElementsAre(of_bob));
    EXPECT_THAT(all_of(snapshot->orders(user("eve"))), IsEmpty());
    const auto carts = all_of(snapshot->carts(std::nullopt));
    ASSERT_THAT(carts, SizeIs(2));
    EXPECT_EQ(carts[0].user_id, ann);
    EXPECT_EQ(carts[0].state, state);
    EXPECT_EQ(carts[1].user_id, bob);
    EXPECT_EQ(carts[1].state.active, std::nullopt);
    EXPECT_THAT(all_of(snapshot->carts(ann)), SizeIs(1));
    EXPECT_THAT(all_of(snapshot->carts(user("eve"))), IsEmpty());
    EXPECT_EQ(commits_of(*snapshot), commits);
    EXPECT_EQ(commits_of(*snapshot), commits) << "a second time";

    const auto later = store().snapshot().value();
    EXPECT_THAT(commits_of(*later), SizeIs(1));
    EXPECT_THAT(all_of(later->products(std::nullopt)), ElementsAre(product(2, 9'999), product(3), product(4)));
}

TEST_P(EmbeddedContract, ASnapshotGivesTheCommitsBetweenTimes) {
    const auto nothing = store().snapshot().value();
    const auto commits = put_hourly(10);
    EXPECT_THAT(commits_of(*nothing), IsEmpty());
    const auto snapshot = store().snapshot().value();
    const auto between = [&](Time from, Time before) { return commits_of(*snapshot, from, before); };
    EXPECT_THAT(between(commits[3].time, commits[5].time), ElementsAre(commits[3], commits[4]));
    EXPECT_THAT(between(commits[3].time + hours(0) + std::chrono::microseconds(1), Time::max()),
                ElementsAreArray(commits.begin() + 4, commits.end()));
    EXPECT_THAT(between(Time::min(), commits[1].time), ElementsAre(commits[0]));
    EXPECT_THAT(between(commits[9].time + hours(1), Time::max()), IsEmpty());
    EXPECT_THAT(between(commits[5].time, commits[3].time), IsEmpty());
}

TEST_P(EmbeddedContract, WhatASnapshotShowsStaysWhileTheLogMovesOn) {
    std::vector<std::unique_ptr<Snapshot>> snapshots;
    std::vector<std::vector<Commit>> expected;
    for (unsigned i = 0; i < 30; ++i) {
        clock().advance(hours(1));
        ASSERT_TRUE(put(ann, i));
        if (i % 3 != 0) continue;
        expected.push_back(log());
        snapshots.push_back(store().snapshot().value());
        forget(clock().now() - hours(4));
        if (i % 2 == 0) {
            expected.erase(expected.begin());
            snapshots.erase(snapshots.begin());
        }
    }
    for (std::size_t i = 0; i < snapshots.size(); ++i) EXPECT_EQ(commits_of(*snapshots[i]), expected[i]) << i;
}

}  // namespace
}  // namespace cartwheel::test
