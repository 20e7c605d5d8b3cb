// The embedded engine with its data in tables on the disk: reads that need it, damage there, and answers that are over.
#include <filesystem>
#include <fstream>

#include "cartwheel/engines/rocks/database.h"
#include "engines/rocks_fixture.h"

namespace cartwheel::test {
namespace {

using namespace domain;
using namespace store;
using engines::rocks::Database;
using engines::rocks::Expect;
using ::testing::SizeIs;

namespace fs = std::filesystem;

const UserId ann = user("ann");

class RocksTables : public RocksTest {
protected:
    std::unique_ptr<Store> open_store() { return open_plainly(data()).value(); }

    std::unique_ptr<Database> open_database(const Clock& at) const {
        return Database::open(data() + "/rocks", Expect::existing, small_settings(data()), at, rocksdb::FileSystem::Default()).value();
    }

    /// A store with some of everything, all of it in tables alone.
    Order make_store() {
        std::optional<Order> order;
        {
            auto store = open_store();
            std::vector<Product> products;
            for (unsigned i = 0; i < 200; ++i) products.push_back(product(i));
            run_task(store->put_products(std::move(products), ProductWrite::apply)).value();
            run_task(store->update_cart(ann, key("put"), put(ann, product_id(1)))).value();
            order = run_task(store->update_cart(ann, std::nullopt, check_out(ann, clock().now()))).value().answer.value();
            run_task(store->update_cart(ann, std::nullopt, put(ann, product_id(2)))).value();
        }
        const auto database = open_database(clock());
        const auto& families = database->families();
        const auto flushed =
            database->rocks().Flush({}, {families.products, families.carts, families.orders, families.changes, families.idempotency});
        EXPECT_TRUE(flushed.ok()) << flushed.ToString();
        return *order;
    }

    /// In its first block of data.
    void damage_table_of(const std::string& family) const {
        std::vector<rocksdb::LiveFileMetaData> tables;
        open_database(clock())->rocks().GetLiveFilesMetaData(&tables);
        for (const auto& table : tables) {
            if (table.column_family_name != family) continue;
            std::fstream file(table.db_path + table.name, std::ios::in | std::ios::out | std::ios::binary);
            file.seekp(20);
            file << "damage";
            ASSERT_TRUE(file.flush());
        }
    }

    static void expect_everything_in(Store& store, const Order& order) {
        EXPECT_EQ(run_task(store.product(product_id(7))).value(), product(7));
        EXPECT_EQ(run_task(store.cart(ann)).value().version, 3U);
        EXPECT_EQ(run_task(store.cart(user("nobody"))).value().version, 0U);
        EXPECT_THAT(run_task(store.products({50, product_id(99)})).value().products, SizeIs(50));
        EXPECT_THAT(run_task(store.products_of({product_id(3), product_id(150), product_id(999)})).value(), SizeIs(2));
        EXPECT_THAT(run_task(store.orders(ann, {})).value().orders, ::testing::ElementsAre(order));
        EXPECT_EQ(run_task(store.order(ann, order.id)).value(), order);
        EXPECT_THAT(run_task(store.changes_after(0, 10)).value().commits, SizeIs(4));
        EXPECT_EQ(run_task(store.put_products({product(5), product(6, 1)}, ProductWrite::only_compare)).value().replaced, 1U);
    }
};

TEST_F(RocksTables, WhatIsOnTheDiskAloneIsRead) {
    const auto order = make_store();
    auto store = open_store();
    expect_everything_in(*store, order);
    EXPECT_TRUE(run_task(store->update_cart(ann, key("put"), refuse(Error::internal("decided again")))).value().replayed);
    EXPECT_EQ(run_task(store->update_cart(ann, std::nullopt, put(ann, product_id(3)))).value().version, 4U);
}

TEST_F(RocksTables, AStoreThatStoppedReadsTheDiskToo) {
    const auto order = make_store();
    auto store = open_store();
    store->stop();
    expect_everything_in(*store, order);
}

TEST_F(RocksTables, ManyReadsOfTheDiskAtOnceAreAllAnswered) {
    make_store();
    auto store = open_store();
    std::vector<Task<Result<Product>>> tasks;
    for (unsigned i = 0; i < 200; ++i) tasks.push_back(store->product(product_id(i)));
    const auto read = run_tasks(std::move(tasks));
    for (unsigned i = 0; i < 200; ++i) EXPECT_EQ(read[i].value(), product(i));
}

TEST_F(RocksTables, ADamagedTableIsAnInternalErrorForThoseWhoReadThere) {
    const auto order = make_store();
    damage_table_of("carts");
    auto store = open_store();
    EXPECT_EQ(run_task(store->cart(ann)).error().code, ErrorCode::internal);
    EXPECT_EQ(run_task(store->update_cart(ann, std::nullopt, put(ann, product_id(3)))).error().code, ErrorCode::internal);
    EXPECT_EQ(run_task(store->order(ann, order.id)).value(), order);
    EXPECT_TRUE(run_task(store->update_cart(user("bob"), std::nullopt, put(user("bob"), product_id(3)))));
}

TEST_F(RocksTables, AnswersThatAreOverAreDroppedWhenTablesAreMerged) {
    make_store();
    const auto answers_after = [this](std::chrono::hours hours) {
        FakeClock later(clock().now() + hours);
        const auto database = open_database(later);
        auto* const answers = database->families().idempotency;
        rocksdb::CompactRangeOptions all;
        all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
        EXPECT_TRUE(database->rocks().CompactRange(all, answers, nullptr, nullptr).ok());
        rocksdb::ReadOptions in_order;
        in_order.total_order_seek = true;
        const std::unique_ptr<rocksdb::Iterator> at(database->rocks().NewIterator(in_order, answers));
        int count = 0;
        for (at->SeekToFirst(); at->Valid(); at->Next()) ++count;
        return count;
    };
    EXPECT_EQ(answers_after(std::chrono::hours(23)), 1);
    EXPECT_EQ(answers_after(std::chrono::hours(25)), 0);
}

}  // namespace
}  // namespace cartwheel::test
