#include <gmock/gmock.h>

#include "cartwheel/engines/cql/products.h"
#include "cartwheel/engines/cql/schema.h"
#include "engines/cql/test_keyspace.h"
#include "support/fake_clock.h"
#include "support/run_task.h"
#include "support/shop.h"

namespace cartwheel::engines::cql {
namespace {

using namespace domain;
using namespace std::chrono_literals;
using store::ProductWrite;
using test::product;
using test::product_id;
using test::run_task;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr StatementDefaults defaults{.timeout = 20s};

ProductTable table_of(Driver& driver, const std::string& keyspace) {
    return run_task(ProductTable::prepare(driver, run_task(inspect_keyspace(driver, keyspace)).value(), defaults)).value();
}

class ProductTableTest : public ::testing::Test {
protected:
    ProductTableTest() { keyspace_.empty(); }

    /// `%` stands for the table.
    Rows query(std::string cql) {
        cql.replace(cql.find('%'), 1, keyspace_.name() + ".product");
        return keyspace_.query(cql);
    }
    /// As some other program writes a row.
    void write(unsigned number, const std::string& columns, const std::string& values) {
        query(fmt::format("INSERT INTO % (id, {}) VALUES ({}, {})", columns, product_id(number).text(), values));
    }
    ProductTable::Put put(std::vector<Product> products, ProductWrite mode = ProductWrite::apply) {
        return run_task(table_.put(std::move(products), mode, commits_)).value();
    }
    Result<Product> read(unsigned number) { return run_task(table_.read(product_id(number))); }

    test::TestKeyspace& keyspace_ = test::TestKeyspace::get();
    ProductTable table_ = table_of(keyspace_.driver(), keyspace_.name());
    test::FakeClock clock_;
    CommitClock commits_{clock_};
};

TEST_F(ProductTableTest, ARowThatOthersWroteIsReadAsFarAsItIsAProduct) {
    write(1, "name, price, img", "'Thing', 12.5, '/1.png'");
    write(2, "price", "3");
    write(3, "name", "'Without a price'");
    write(4, "name, price", "'Paid to be taken', -1");
    write(5, "name, price", "'Dear', 1e30");
    write(6, "name, price", "'Exact', 79.61000000000000000");
    EXPECT_EQ(read(1).value(), (Product{product_id(1), "Thing", Money::from_minor(1250), "/1.png"}));
    EXPECT_EQ(read(2).value(), (Product{product_id(2), "", Money::from_minor(300), ""}));
    for (const unsigned number : {3U, 4U, 5U}) EXPECT_EQ(read(number).error().code, ErrorCode::not_found) << number;
    EXPECT_EQ(read(6)->price.minor(), 7961);
    const auto found =
        run_task(table_.read_all({product_id(5), product_id(6), product_id(3), product_id(1), product_id(6), product_id(7)})).value();
    EXPECT_THAT(found, ElementsAre(read(6).value(), read(1).value(), read(6).value()));
}

TEST_F(ProductTableTest, PagesAreFullThoughRowsWithoutAPriceLieBetween) {
    for (unsigned i = 0; i < 40; ++i) write(i, "name", "'Nothing'");
    std::vector<Product> products;
    for (unsigned i = 100; i < 110; ++i) products.push_back(product(i));
    put(products);
    std::vector<Product> listed;
    std::optional<ProductId> after;
    for (bool more = true; more;) {
        auto page = run_task(table_.page({3, after})).value();
        EXPECT_TRUE(page.products.size() == 3 || !page.more);
        more = page.more;
        if (!page.products.empty()) after = page.products.back().id;
        std::ranges::move(page.products, std::back_inserter(listed));
    }
    EXPECT_THAT(listed, ::testing::UnorderedElementsAreArray(products));
}

TEST_F(ProductTableTest, MoreThanAHundredAreReadInPieces) {
    std::vector<Product> products;
    std::vector<ProductId> ids;
    for (unsigned i = 0; i < 250; ++i) ids.push_back(products.emplace_back(product(i)).id);
    put(products);
    EXPECT_EQ(run_task(table_.read_all(ids)).value(), products);
    EXPECT_THAT(run_task(table_.read_all({})).value(), IsEmpty());
}

TEST_F(ProductTableTest, AProductBecomesOneWhenItGetsAPrice) {
    write(1, "name", "'Without a price'");
    const auto done = put({product(1)});
    EXPECT_EQ(done.tally->created, 1U);
    EXPECT_THAT(done.commit->changes, ElementsAre(RowChange{Operation::insert, std::nullopt, product(1)}));
}

TEST_F(ProductTableTest, ACommitIsLaterThanWhatItReplaces) {
    write(1, "name, price, img", "'Written by a clock that is far ahead', 5, ''");
    ASSERT_LT(clock_.now(), std::chrono::system_clock::now());
    const auto done = put({product(1)});
    EXPECT_GT(done.commit->time, clock_.now() + 24h);
    EXPECT_EQ(read(1).value(), product(1));
    EXPECT_TRUE(run_task(table_.remove(product_id(1), commits_)).value());
    EXPECT_EQ(read(1).error().code, ErrorCode::not_found);
    EXPECT_FALSE(run_task(table_.remove(product_id(1), commits_)).value());
}

TEST_F(ProductTableTest, APutThatARemovalFromAheadWouldHideIsNotSaidToBeDone) {
    query("DELETE FROM % WHERE id = " + product_id(1).text());
    const auto done = put({product(1), product(2)});
    ASSERT_FALSE(done.tally);
    EXPECT_EQ(done.tally.error().code, ErrorCode::unavailable);
    EXPECT_EQ(read(2).value(), product(2));
    clock_.advance(std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now() - clock_.now()));
    EXPECT_EQ(put({product(1), product(2)}).tally->created, 1U);
    EXPECT_EQ(read(1).value(), product(1));
}

TEST_F(ProductTableTest, OfTwoWritesTheLaterCommitStaysWhicheverArrivesLast) {
    clock_.advance(1h);
    put({product(1, 200)});
    query(fmt::format("INSERT INTO % (id, name, price, img) VALUES ({}, 'Late', 1, '') USING TIMESTAMP {}", product_id(1).text(),
                      micros(clock_.now() - 1h)));
    EXPECT_EQ(read(1).value(), product(1, 200));
}

TEST_F(ProductTableTest, TheLogHasTheRowsAsScyllaHasThem) {
    put({product(1, 100)});
    clock_.advance(1ms);
    put({product(1, 200)});
    clock_.advance(1ms);
    EXPECT_TRUE(run_task(table_.remove(product_id(1), commits_)).value());
    const auto rows = keyspace_.query(fmt::format(
        R"(SELECT "cdc$batch_seq_no", "cdc$operation", "cdc$end_of_batch", "cdc$ttl", id, name, price, img, "cdc$deleted_name" )"
        "FROM {}.product_scylla_cdc_log",
        keyspace_.name()));
    struct Row {
        int number;
        int operation;
        bool is_last;
        std::optional<std::int64_t> price;
    };
    const std::vector<Row> expected{{0, 2, false, 100}, {1, 9, true, 100},  {0, 0, false, 100},        {1, 1, false, 200},
                                    {2, 9, true, 200},  {0, 0, false, 200}, {1, 3, true, std::nullopt}};
    ASSERT_EQ(rows.rows(), expected.size());
    Cells cells(rows.cells());
    for (const auto& row : expected) {
        EXPECT_EQ(cells.int32(), row.number);
        EXPECT_EQ(cells.int8(), row.operation);
        EXPECT_EQ(cells.boolean(), row.is_last ? std::optional(true) : std::nullopt);
        EXPECT_EQ(cells.int64(), std::nullopt);
        EXPECT_EQ(cells.id<ProductId>(), product_id(1));
        EXPECT_EQ(cells.text(), row.price ? std::optional<std::string_view>("Product 1") : std::nullopt);
        const auto price = cells.decimal();
        EXPECT_EQ(price ? std::optional(price->minor()) : std::nullopt, row.price);
        EXPECT_EQ(cells.text(), row.price ? std::optional<std::string_view>("/images/1.png") : std::nullopt);
        EXPECT_EQ(cells.boolean(), std::nullopt);
    }
    EXPECT_FALSE(cells.failed());
}

TEST_F(ProductTableTest, TheLargestProductFitsIntoOneBatch) {
    auto large = product(1);
    large.name.assign(Product::name_bytes_max, 'n');
    large.image.assign(Product::image_bytes_max, 'i');
    put({large});
    large.name.back() = 'm';
    EXPECT_TRUE(put({large}).tally) << "the row and three rows of the log: Cassandra refuses batches over 50 KiB";
    EXPECT_EQ(read(1).value(), large);
}

/// In the form that the sample application makes: with float prices.
class SampleProductTable : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        auto& made = test::TestKeyspace::get();
        made.query("DROP KEYSPACE IF EXISTS " + name());
        made.query("CREATE KEYSPACE " + name() + " WITH replication = {'class': 'NetworkTopologyStrategy', 'replication_factor': 1}");
        made.query("CREATE TABLE " + name() + ".product (id uuid PRIMARY KEY, name text, price float, img text)");
        // A row from before.
        insert(1, "79.61");
        const SchemaWatch watch{[](std::string_view) {}, {[](const AdoptionCounts&) {}, [] { return false; }}};
        const auto outcome =
            run_task(apply_schema(made.driver(), made.settings(), SchemaRequest{.keyspace = name(), .replication = 1}, watch));
        ASSERT_TRUE(outcome) << outcome.error().message;
    }
    static void TearDownTestSuite() { test::TestKeyspace::get().query("DROP KEYSPACE IF EXISTS " + name()); }

    static std::string name() { return test::TestKeyspace::get().name() + "_sample"; }
    static void insert(unsigned number, const std::string& price) {
        test::TestKeyspace::get().query(fmt::format("INSERT INTO {}.product (id, name, price, img) VALUES ({}, 'Thing', {}, '')", name(),
                                                    product_id(number).text(), price));
    }
    std::int64_t price(unsigned number) { return run_task(table_.read(product_id(number))).value().price.minor(); }
    void put(unsigned number, std::int64_t minor) {
        ASSERT_TRUE(run_task(table_.put({product(number, minor)}, ProductWrite::apply, commits_)).value().tally);
    }

    ProductTable table_ = table_of(test::TestKeyspace::get().driver(), name());
    SystemClock clock_;
    CommitClock commits_{clock_};
};

TEST_F(SampleProductTable, APriceFromBeforeIsTheDecimalThatWasMeant) { EXPECT_EQ(price(1), 7961); }

TEST_F(SampleProductTable, APriceBeyondAFloatsDigitsIsKeptExactly) {
    put(2, 123'456'789'01);
    EXPECT_EQ(price(2), 123'456'789'01);
    put(2, Money::price_max_minor);
    EXPECT_EQ(price(2), Money::price_max_minor);
}

TEST_F(SampleProductTable, TheSamplesOwnWriterIsHeard) {
    put(3, 123'456'789'01);
    insert(3, "19.99");
    EXPECT_EQ(price(3), 1999);
    put(3, 2099);
    EXPECT_EQ(price(3), 2099);
    const auto page = run_task(table_.page({1000, std::nullopt})).value();
    EXPECT_THAT(page.products, ::testing::Contains(product(3, 2099)));
}

}  // namespace
}  // namespace cartwheel::engines::cql
