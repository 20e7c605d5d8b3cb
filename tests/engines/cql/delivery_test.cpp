#include "cartwheel/engines/cql/delivery.h"

#include <gmock/gmock.h>

#include <atomic>
#include <map>
#include <thread>

#include "cartwheel/engines/cql/background.h"
#include "support/run_task.h"
#include "support/shop.h"

namespace cartwheel::engines::cql {
namespace {

using namespace std::chrono_literals;
using test::run_task;

Intent intent(unsigned number, const std::string& user = "ann") {
    const domain::CartRow row{test::user(user), test::cart_id(number), true};
    return {CommitId::random(), {number, Time(std::chrono::microseconds(number)), {{domain::Operation::insert, std::nullopt, row}}}};
}

/// Where deliveries go, and how they go.
class Target {
public:
    explicit Target(std::size_t pending_max = 100)
        : delivery_(background_.executor(), pending_max, [this](auto intents) { return write(std::move(intents)); }) {}
    ~Target() { background_.stop(); }

    Delivery& delivery() { return delivery_; }
    std::atomic<int> failures{0};  ///< rounds that are still to fail
    std::atomic<bool> held{false};

    unsigned times_written(const Intent& intent) {
        const std::scoped_lock lock(mutex_);
        return written_[intent.commit_id];
    }
    std::size_t rounds() {
        const std::scoped_lock lock(mutex_);
        return rounds_;
    }

private:
    Task<Result<void>> write(std::vector<Intent> intents) {
        while (held) co_await boost::asio::post(use_task);
        const std::scoped_lock lock(mutex_);
        ++rounds_;
        for (const auto& each : intents) ++written_[each.commit_id];
        if (failures > 0) {
            --failures;
            co_return fail(Error::unavailable("away"));
        }
        co_return Result<void>{};
    }

    std::mutex mutex_;
    std::map<CommitId, unsigned> written_;
    std::size_t rounds_ = 0;
    Background background_;
    Delivery delivery_;
};

void wait_until_empty(Delivery& delivery) {
    while (delivery.pending() > 0) std::this_thread::yield();
}

TEST(Delivery, WhatIsAddedIsWritten) {
    Target target;
    const auto one = intent(1);
    target.delivery().add(one);
    wait_until_empty(target.delivery());
    EXPECT_EQ(target.times_written(one), 1U);
}

TEST(Delivery, WhatGathersWhileARoundIsUnderWayGoesOutInTheNext) {
    Target target;
    target.held = true;
    for (unsigned i = 0; i < 50; ++i) target.delivery().add(intent(i));
    target.held = false;
    wait_until_empty(target.delivery());
    EXPECT_LE(target.rounds(), 2U);
}

TEST(Delivery, ARoundThatFailsIsRepeated) {
    Target target;
    target.failures = 2;
    const auto one = intent(1);
    target.delivery().add(one);
    wait_until_empty(target.delivery());
    EXPECT_EQ(target.times_written(one), 3U);
}

TEST(Delivery, SettlingWaitsForWhatIsPendingAndWritesNothingTwice) {
    Target target;
    const auto one = intent(1);
    target.delivery().add(one);
    EXPECT_TRUE(run_task(target.delivery().settle(one)));
    EXPECT_TRUE(run_task(target.delivery().settle(one)));
    EXPECT_EQ(target.times_written(one), 1U);
}

TEST(Delivery, SettlingWritesWhatAnotherProcessLeft) {
    Target target;
    const auto foreign = intent(1);
    EXPECT_TRUE(run_task(target.delivery().settle(foreign)));
    EXPECT_EQ(target.times_written(foreign), 1U);
}

TEST(Delivery, SettlingSaysWhenTheRoundFailed) {
    Target target;
    target.failures = 1;
    const auto one = intent(1);
    const auto settled = run_task(target.delivery().settle(one));
    ASSERT_FALSE(settled);
    EXPECT_EQ(settled.error().code, ErrorCode::unavailable);
    EXPECT_TRUE(run_task(target.delivery().settle(one)));
}

TEST(Delivery, HasNoRoomWhenTooMuchIsPending) {
    Target target(2);
    target.held = true;
    EXPECT_TRUE(target.delivery().has_room());
    target.delivery().add(intent(1));
    target.delivery().add(intent(2));
    EXPECT_FALSE(target.delivery().has_room());
    target.held = false;
    wait_until_empty(target.delivery());
    EXPECT_TRUE(target.delivery().has_room());
}

TEST(Delivery, TryingAllReturnsAfterEachWasTriedOnce) {
    Target target;
    const auto one = intent(1, "ann");
    const auto two = intent(2, "bob");
    run_task(target.delivery().try_all());
    target.delivery().add(one);
    target.delivery().add(two);
    run_task(target.delivery().try_all());
    EXPECT_EQ(target.times_written(one), 1U);
    EXPECT_EQ(target.times_written(two), 1U);
    EXPECT_EQ(target.delivery().oldest_pending(), std::nullopt);

    target.held = true;
    target.failures = 1;
    const auto three = intent(3);
    target.delivery().add(three);
    EXPECT_EQ(target.delivery().oldest_pending(), three.commit.time);
    target.held = false;
    run_task(target.delivery().try_all());
    wait_until_empty(target.delivery());
    EXPECT_EQ(target.times_written(three), 2U);
}

TEST(Delivery, AStopWaitsForWhatIsPending) {
    Target target;
    const auto one = intent(1);
    target.delivery().add(one);
    target.delivery().stop(10s);
    EXPECT_EQ(target.times_written(one), 1U);
    EXPECT_FALSE(target.delivery().has_room());
}

TEST(Delivery, AStopDoesNotWaitForEverAndAnswersWhoDoes) {
    Target target;
    target.held = true;
    const auto one = intent(1);
    target.delivery().add(one);
    std::atomic<ErrorCode> answer{ErrorCode::internal};
    std::atomic<bool> asked{false};
    std::jthread waiting([&] {
        asked = true;
        answer = run_task(target.delivery().settle(one)).error().code;
    });
    while (!asked) std::this_thread::yield();
    target.delivery().stop(5ms);
    waiting.join();
    EXPECT_EQ(answer, ErrorCode::unavailable);
    EXPECT_EQ(target.delivery().pending(), 1U);
    EXPECT_EQ(run_task(target.delivery().settle(intent(2))).error().code, ErrorCode::unavailable);
    target.held = false;
}

}  // namespace
}  // namespace cartwheel::engines::cql
