// What the embedded engine keeps about followers and the log's beginning over starts and crashes, and the space that it gives back.
#include <filesystem>

#include "cartwheel/engines/rocks/check.h"
#include "cartwheel/engines/rocks/database.h"
#include "cartwheel/engines/rocks/keys.h"
#include "engines/rocks_fixture.h"

namespace cartwheel::test {
namespace {

using namespace domain;
using namespace store;
using engines::rocks::check_folder;
using engines::rocks::Database;
using engines::rocks::Expect;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

const UserId ann = user("ann");

class RocksForgetting : public RocksTest {
protected:
    std::unique_ptr<Store> open_store() { return open_plainly(data()).value(); }

    std::unique_ptr<Database> open_database() const {
        return Database::open(data() + "/rocks", Expect::existing, small_settings(data()), clock(), rocksdb::FileSystem::Default()).value();
    }

    /// Commits, each a second after the one before.
    void put(Store& store, unsigned count) {
        for (unsigned i = 0; i < count; ++i) {
            move_clock(std::chrono::seconds(1));
            ASSERT_TRUE(run_task(store.update_cart(ann, std::nullopt, test::put(ann, product_id(next_++ % 100)))));
        }
    }
    /// Lets go of all but the newest `kept`.
    void forget_all_but(Store& store, unsigned kept) {
        ASSERT_TRUE(run_task(store.forget_changes(clock().now() - std::chrono::seconds(std::int64_t{kept} - 1))));
    }

    static std::vector<Seq> log_of(Store& store, Seq after = 0) {
        std::vector<Seq> numbers;
        for (const auto& commit : run_task(store.changes_after(after, 10'000)).value().commits) numbers.push_back(commit.seq);
        return numbers;
    }
    static std::vector<Seq> from_to(Seq first, Seq last) {
        std::vector<Seq> numbers;
        for (; first <= last; ++first) numbers.push_back(first);
        return numbers;
    }

    /// The log in tables of the last level, each of some of it.
    void put_in_tables(unsigned tables, unsigned commits_each) {
        for (unsigned i = 0; i < tables; ++i) {
            put(*open_store(), commits_each);
            const auto database = open_database();
            auto* const changes = database->families().changes;
            ASSERT_TRUE(database->rocks().Flush({}, changes).ok());
            const auto first = engines::rocks::change_key(Seq{i} * commits_each + 1);
            const rocksdb::Slice from(first);  // not the tables before
            ASSERT_TRUE(database->rocks().CompactRange({}, changes, &from, nullptr).ok());
        }
    }
    std::size_t tables_of_changes() const {
        const auto database = open_database();
        std::vector<rocksdb::LiveFileMetaData> tables;
        database->rocks().GetLiveFilesMetaData(&tables);
        return static_cast<std::size_t>(std::ranges::count(tables, "changes", &rocksdb::LiveFileMetaData::column_family_name));
    }

    /// The oldest commit whose bytes are there.
    Seq oldest_on_disk() const {
        const auto database = open_database();
        const std::unique_ptr<rocksdb::Iterator> at(database->rocks().NewIterator({}, database->families().changes));
        at->SeekToFirst();
        return engines::rocks::read_big_endian(at->key().ToStringView());
    }

private:
    unsigned next_ = 0;
};

TEST_F(RocksForgetting, WhatIsForgottenStaysSoOverAStart) {
    {
        auto store = open_store();
        put(*store, 10);
        forget_all_but(*store, 4);
        EXPECT_EQ(log_of(*store), from_to(7, 10));
    }
    auto store = open_store();
    EXPECT_EQ(log_of(*store), from_to(7, 10));
    EXPECT_EQ(run_task(store->changes_after(5, 100)).error().code, ErrorCode::gone);
    put(*store, 1);
    EXPECT_EQ(log_of(*store, 6), from_to(7, 11));
}

TEST_F(RocksForgetting, NumbersGoOnWhenAllButTheNewestWasForgotten) {
    {
        auto store = open_store();
        put(*store, 10);
        ASSERT_TRUE(run_task(store->forget_changes(Time::max())));
    }
    auto store = open_store();
    EXPECT_EQ(log_of(*store), from_to(10, 10));
    put(*store, 1);
    EXPECT_EQ(log_of(*store), from_to(10, 11));
}

TEST_F(RocksForgetting, CursorsAreKeptOverAStart) {
    {
        auto store = open_store();
        ASSERT_TRUE(run_task(store->keep_cursor("kafka", 5)));
        ASSERT_TRUE(run_task(store->keep_cursor("kafka", 6)));
    }
    EXPECT_EQ(run_task(open_store()->kept_cursor("kafka")).value(), 6U);
    EXPECT_TRUE(check_folder(data()));
}

TEST_F(RocksForgetting, ACrashLeavesTheWholeLogOrTheForgottenOne) {
    {
        auto store = open_store();
        put(*store, 10);
    }
    const TemporaryFolder copies;
    {
        auto store = open_store();  // what it does stands in a log file of its own
        forget_all_but(*store, 4);
        ASSERT_TRUE(run_task(store->keep_cursor("kafka", 8)));
        fs::copy(data(), copies.path("whole"), fs::copy_options::recursive);
    }
    fs::path log;
    for (const auto& entry : fs::directory_iterator(copies.path("whole") + "/rocks"))
        if (entry.path().extension() == ".log" && entry.file_size() > 0) log = std::max(log, entry.path());
    std::size_t whole = 0;
    std::size_t forgotten = 0;
    for (std::size_t size = 0; size <= fs::file_size(log); size += 7) {
        const auto copy = copies.path(std::to_string(size));
        fs::copy(copies.path("whole"), copy, fs::copy_options::recursive);
        fs::resize_file(fs::path(copy) / "rocks" / log.filename(), size);
        {
            auto store = open_plainly(copy).value();
            const auto numbers = log_of(*store);
            ++(numbers.size() == 10 ? whole : forgotten);
            EXPECT_EQ(numbers, from_to(numbers.front(), 10));
            EXPECT_TRUE(numbers.front() == 1 || numbers.front() == 7) << numbers.front();
        }
        const auto checked = check_folder(copy);
        EXPECT_TRUE(checked) << checked.error().message;
    }
    EXPECT_GT(whole, 0U);
    EXPECT_GT(forgotten, 0U);
}

TEST_F(RocksForgetting, FilesOfForgottenCommitsAreRemovedAtOnce) {
    put_in_tables(3, 20);
    ASSERT_EQ(tables_of_changes(), 3U);
    {
        auto store = open_store();
        forget_all_but(*store, 30);  // the first table, and half of the second
        EXPECT_EQ(log_of(*store), from_to(31, 60));
    }
    EXPECT_EQ(tables_of_changes(), 2U);
    EXPECT_EQ(oldest_on_disk(), 21U);
    EXPECT_EQ(log_of(*open_store()), from_to(31, 60));
}

TEST_F(RocksForgetting, WhatLiesBesideKeptCommitsGoesWhenTablesAreMerged) {
    put_in_tables(1, 20);
    forget_all_but(*open_store(), 5);
    EXPECT_EQ(oldest_on_disk(), 1U);
    {
        const auto database = open_database();
        rocksdb::CompactRangeOptions all;
        all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
        ASSERT_TRUE(database->rocks().CompactRange(all, database->families().changes, nullptr, nullptr).ok());
    }
    EXPECT_EQ(oldest_on_disk(), 16U);
    EXPECT_EQ(log_of(*open_store()), from_to(16, 20));
}

TEST_F(RocksForgetting, ASnapshotKeepsItsFiles) {
    put_in_tables(3, 20);
    {
        auto store = open_store();
        auto snapshot = store->snapshot().value();
        forget_all_but(*store, 10);
        const auto scan = snapshot->commits(Time::min(), Time::max());
        for (Seq seq = 1; seq <= 60; ++seq) {
            const auto* commit = scan->next().value();
            ASSERT_NE(commit, nullptr);
            EXPECT_EQ(commit->seq, seq);
        }
        EXPECT_EQ(scan->next().value(), nullptr);
    }
    EXPECT_EQ(oldest_on_disk(), 1U);
    forget_all_but(*open_store(), 10);
    EXPECT_EQ(oldest_on_disk(), 41U) << "removed when nobody looks any more";
}

TEST_F(RocksForgetting, SpaceIsMadeAlsoWhenTheDiskIsTooFullForWrites) {
    auto store = open().value();
    put(*store, 10);
    disk().set_free(1000);
    EXPECT_EQ(run_task(store->update_cart(ann, std::nullopt, test::put(ann, product_id(1)))).error().code, ErrorCode::full);
    EXPECT_EQ(run_task(store->keep_cursor("kafka", 3)).error().code, ErrorCode::full);
    forget_all_but(*store, 3);
    EXPECT_EQ(log_of(*store), from_to(8, 10));
}

TEST_F(RocksForgetting, ADoctorSeesAGapInTheLog) {
    {
        auto store = open_store();
        put(*store, 10);
        forget_all_but(*store, 5);
    }
    ASSERT_TRUE(check_folder(data()));
    {
        const auto database = open_database();
        ASSERT_TRUE(database->rocks().Delete({}, database->families().changes, engines::rocks::change_key(8)).ok());
    }
    EXPECT_THAT(check_folder(data()).error().message, HasSubstr("the change log has a gap"));
}

TEST_F(RocksForgetting, ForgettingGoesOnBesideWriters) {
    auto store = open_store();
    for (unsigned round = 0; round < 10; ++round) {
        std::vector<Task<Result<CartOutcome>>> writes;
        for (unsigned i = 0; i < 20; ++i) {
            const auto who = user("user" + std::to_string(i));
            writes.push_back(store->update_cart(who, std::nullopt, test::put(who, product_id(round))));
        }
        const auto forget = [](Store* from, Time before) -> Task<Result<CartOutcome>> {
            (co_await from->forget_changes(before)).value();
            co_return CartOutcome{};
        };
        writes.push_back(forget(store.get(), clock().now()));
        move_clock(std::chrono::seconds(1));
        for (const auto& outcome : run_tasks(std::move(writes))) EXPECT_TRUE(outcome);
        const auto numbers = log_of(*store);
        EXPECT_EQ(numbers, from_to(numbers.front(), 20 * (round + 1)));
    }
    EXPECT_GT(log_of(*store).front(), 100U);
}

}  // namespace
}  // namespace cartwheel::test
