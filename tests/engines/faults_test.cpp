// The embedded engine on bad disks: full ones, broken ones, and those whose power is cut.
#include <atomic>
#include <filesystem>
#include <thread>

#include "engines/rocks_fixture.h"

#if __has_feature(address_sanitizer)
// RocksDB forgets a few tables in memory when it does not get to resume.
// NOLINTNEXTLINE(bugprone-reserved-identifier, readability-identifier-naming): the sanitizer asks for this name
extern "C" const char* __lsan_default_suppressions() { return "leak:rocksdb::DBImpl::ResumeImpl\n"; }
#endif

namespace cartwheel::test {
namespace {

using namespace store;
using ::testing::Each;

using RocksFaults = RocksTest;

TEST_F(RocksFaults, ADiskThatIsFullAtAnyWriteLosesNothingAndTakesWritesAgain) {
    std::uint64_t fault_at = 0;
    for (bool reached = true; reached; fault_at += 1 + fault_at / 40) {
        begin_anew();
        Shoppers shoppers;
        {
            auto store = open().value();
            disk().fail(FaultyDisk::Fault::no_space, fault_at, 5);
            const auto writes_before = disk().writes();
            for (int i = 0; i < 12; ++i) shoppers.put(*store, 5);
            EXPECT_THAT(shoppers.codes(), Each(ErrorCode::full));
            reached = disk().writes() > writes_before + fault_at;
            shoppers.expect_all_in(*store);
            disk().mend();
            EXPECT_EQ(shoppers.put(*store, 5), 5U) << "once there is space, with the fault at " << fault_at;
            shoppers.expect_all_in(*store);
        }
        const auto store = open().value();
        shoppers.expect_all_in(*store);
        ASSERT_FALSE(HasFailure()) << "with the fault at " << fault_at;
    }
    EXPECT_GT(fault_at, 20U);
}

TEST_F(RocksFaults, ADiskThatStaysFullRefusesWritesAndGoesOnReading) {
    Shoppers shoppers;
    {
        auto store = open().value();
        ASSERT_EQ(shoppers.put(*store, 20), 20U);
        disk().fail(FaultyDisk::Fault::no_space, 0, UINT64_MAX / 2);
        for (int i = 0; i < 5; ++i) EXPECT_EQ(shoppers.put(*store, 5), 0U);
        EXPECT_THAT(shoppers.codes(), Each(ErrorCode::full));
        shoppers.expect_all_in(*store);
    }
    disk().mend();
    const auto store = open().value();
    shoppers.expect_all_in(*store);
    EXPECT_EQ(shoppers.put(*store, 5), 5U);
}

TEST_F(RocksFaults, ADiskThatIsNearlyFullIsNotFilledUp) {
    Shoppers shoppers;
    auto store = open().value();
    disk().set_free(1UL << 20);
    const auto before = disk().writes();
    EXPECT_EQ(shoppers.put(*store, 5), 0U);
    EXPECT_THAT(shoppers.codes(), Each(ErrorCode::full));
    EXPECT_EQ(disk().writes(), before);
    disk().set_free(std::nullopt);
    EXPECT_EQ(shoppers.put(*store, 5), 5U);
}

TEST_F(RocksFaults, AStoreOpensOnADiskThatFillsUpMeanwhileOrSaysThatItIsFull) {
    std::uint64_t opened = 0;
    for (std::uint64_t fault_at = 0; opened < 2; ++fault_at) {
        disk().fail(FaultyDisk::Fault::no_space, fault_at, UINT64_MAX / 2);
        const auto store = open();
        if (store) ++opened;
        else EXPECT_EQ(store.error().code, ErrorCode::full) << fault_at << ": " << store.error().message;
        disk().mend();
        ASSERT_LT(fault_at, 1000U);
    }
    Shoppers shoppers;
    auto store = open().value();
    EXPECT_EQ(shoppers.put(*store, 5), 5U);
}

TEST_F(RocksFaults, WhatWasAcknowledgedIsThereAfterAPowerCut) {
    std::mt19937 chance(20'240'601);
    TemporaryFolder copies;
    Shoppers shoppers;
    auto settings = small_settings(data());
    settings.write_buffer_bytes = 256UL << 10;  // flushes and compactions take part
    auto store = open(settings).value();
    for (unsigned round = 0; round < 40; ++round) {
        shoppers.put(*store, 1 + round % 30);
        const auto told = shoppers;
        const auto copy = copies.path(std::to_string(round));
        std::atomic<bool> cut{false};
        // Writes go on while the power is cut, so that something is under way then.
        std::jthread cutter([&] {
            disk().power_cut_into(copy + "/rocks", chance);
            cut = true;
        });
        while (!cut) shoppers.put(*store, 40);
        cutter.join();
        std::filesystem::copy_file(data() + "/FORMAT", copy + "/FORMAT");
        auto after = open_plainly(copy);
        ASSERT_TRUE(after) << after.error().message;
        told.expect_these_in(**after);
        ASSERT_FALSE(HasFailure()) << "in round " << round;
        after->reset();
        std::filesystem::remove_all(copy);
    }
}

TEST_F(RocksFaults, AQueueThatIsFullRefusesAtOnce) {
    auto settings = small_settings(data());
    settings.queue_max = 8;
    auto store = open(settings).value();
    disk().hold_syncs();
    std::jthread first([&] { EXPECT_TRUE(run_task(store->update_cart(user("first"), std::nullopt, put(user("first"), product_id(1))))); });
    disk().wait_until_held();
    std::vector<Task<Result<CartOutcome>>> tasks;
    const auto counted = [](Task<Result<CartOutcome>> task, FaultyDisk* disk, unsigned* answered) -> Task<Result<CartOutcome>> {
        auto outcome = co_await std::move(task);
        if (++*answered == 4) disk->release_syncs();  // the four too many are answered while the first write is still held
        co_return outcome;
    };
    unsigned answered = 0;
    for (unsigned i = 0; i < 12; ++i) {
        const auto who = user(std::to_string(i));
        tasks.push_back(counted(store->update_cart(who, std::nullopt, put(who, product_id(1))), &disk(), &answered));
    }
    const auto outcomes = run_tasks(std::move(tasks));
    for (std::size_t i = 0; i < 8; ++i) EXPECT_TRUE(outcomes[i]);
    for (std::size_t i = 8; i < 12; ++i) EXPECT_EQ(outcomes[i].error().code, ErrorCode::overloaded);
    EXPECT_EQ(store->figures().refused, 4U);
}

TEST_F(RocksFaults, AWriteThatWaitedTooLongIsNotDecided) {
    auto settings = small_settings(data());
    settings.queue_wait_max = std::chrono::milliseconds(0);
    auto store = open(settings).value();
    const auto outcome = run_task(store->update_cart(user("a"), std::nullopt, put(user("a"), product_id(1))));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::overloaded);
    EXPECT_EQ(run_task(store->cart(user("a"))).value().version, 0U);
}

}  // namespace
}  // namespace cartwheel::test
