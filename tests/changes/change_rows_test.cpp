#include "cartwheel/changes/change_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "support/shop.h"

namespace cartwheel::changes {
namespace {

using namespace domain;
using test::cart_id;
using test::product;
using test::product_id;
using test::quantity;
using test::user;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const UserId ann = user("ann");

Time at(std::int64_t us) { return Time(std::chrono::microseconds(us)); }

CommitId commit_id(std::string_view text) { return *CommitId::parse(text); }
const CommitId some_commit = commit_id("01234567-89ab-4def-8123-456789abcdef");

// The place in time.

TEST(ChangeTime, IsAVersionOneUuidOfTheCommitsMicrosecond) {
    // 2023-11-14 22:13:20 UTC, of which Python's uuid.UUID(...).time says 139192928000000000.
    const auto time = ChangeTime::of(at(1'700'000'000'000'000), some_commit);
    EXPECT_EQ(time.uuid().text(), "04afc000-833b-11ee-8123-456789abcdef");
    EXPECT_EQ(time.time(), at(1'700'000'000'000'000));
    EXPECT_EQ(ChangeTime::parse(time.uuid()), time);
}

TEST(ChangeTime, TheLowBytesAreOfTheVariantAndNoNetworkCards) {
    const auto low = ChangeTime::of(at(1), commit_id("00000000-0000-4000-c000-000000000000")).uuid().bytes();
    EXPECT_EQ(low[8], 0x80);
    EXPECT_EQ(low[10], 0x01);
}

TEST(ChangeTime, ALateDeliveryKeepsTheMark) {
    EXPECT_EQ(ChangeTime::of(at(1), some_commit).mark(), ChangeTime::of(at(2), some_commit).mark());
    EXPECT_NE(ChangeTime::of(at(1), some_commit).mark(), ChangeTime::of(at(1), CommitId::random()).mark());
}

TEST(ChangeTime, AllTimesSurvive) {
    std::mt19937_64 random(7);
    for (int i = 0; i < 10'000; ++i) {
        // From 1582 to 5236, which is what 60 bits of 100 ns hold.
        const auto time = at(std::uniform_int_distribution<std::int64_t>(-12'219'292'800'000'000, 103'072'857'660'684'697)(random));
        ASSERT_EQ(ChangeTime::of(time, some_commit).time(), time);
        ASSERT_EQ(ChangeTime::parse(ChangeTime::of(time, some_commit).uuid()), ChangeTime::of(time, some_commit));
    }
    EXPECT_EQ(ChangeTime::of(Time::min(), some_commit).time(), at(-12'219'292'800'000'000)) << "as early as there are";
    EXPECT_EQ(ChangeTime::of(Time::max(), some_commit).time(), at(103'072'857'660'684'697)) << "as late as there are";
}

TEST(ChangeTime, IsComparedByTimeAndThenBySignedBytes) {
    const auto of = [](std::string_view text) { return *ChangeTime::parse(*Uuid::parse(text)); };
    // Rising as Cassandra's TimeUUIDType sorts them; the time's low bits come first in the text.
    const std::vector<ChangeTime> rising{
        of("ffffffff-0000-1000-8080-808080808080"), of("00000000-0001-1000-8080-808080808080"), of("00000000-0001-1000-8080-8080808080ff"),
        of("00000000-0001-1000-8080-808080808000"), of("00000000-0001-1000-8080-80808080807f"), of("00000000-0001-1000-8081-808080808080"),
        of("00000000-0001-1000-bf00-000000000000"), of("00000000-0001-1000-7f7f-7f7f7f7f7f7f"), of("00000000-0000-1001-8080-808080808080"),
    };
    for (std::size_t i = 0; i + 1 < rising.size(); ++i) EXPECT_LT(rising[i], rising[i + 1]) << i;
}

TEST(ChangeTime, TheFirstOfAMicrosecondIsBeforeAllOfItAndBehindTheOneBefore) {
    std::mt19937_64 random(7);
    for (int i = 0; i < 1000; ++i) {
        const auto time = at(static_cast<std::int64_t>(random() >> 12));
        const auto one = ChangeTime::of(time, CommitId::random());
        EXPECT_LE(ChangeTime::first_of(time), one);
        EXPECT_LT(one, ChangeTime::first_of(time + std::chrono::microseconds(1)));
    }
}

TEST(ChangeTime, OtherUuidsAreNone) { EXPECT_EQ(ChangeTime::parse(Uuid::random()), std::nullopt); }

// Streams.

TEST(Stream, IdsAreSpreadOverTheRing) {
    const auto hex = [](const Stream::Id& id) {
        std::string text;
        for (const char byte : id) text += fmt::format("{:02x}", static_cast<std::uint8_t>(byte));
        return text;
    };
    EXPECT_EQ(hex(Stream::at(0).id()), "80000000000000000000000000000001");
    EXPECT_EQ(hex(Stream::at(1).id()), "84000000000000000000000000000011");
    EXPECT_EQ(hex(Stream::at(32).id()), "00000000000000000000000000000201");
    EXPECT_EQ(hex(Stream::at(63).id()), "7c0000000000000000000000000003f1");
}

TEST(Stream, IsReadFromItsIdAlone) {
    for (unsigned i = 0; i < Stream::count; ++i) {
        const auto id = Stream::at(i).id();
        EXPECT_EQ(Stream::parse({id.data(), id.size()}), Stream::at(i));
    }
    auto other = Stream::at(3).id();
    other[9] = 1;  // what ScyllaDB fills at random
    EXPECT_EQ(Stream::parse({other.data(), other.size()}), std::nullopt);
    EXPECT_EQ(Stream::parse(""), std::nullopt);
}

TEST(Stream, AllOfAUserIsInOneAndUsersAreInMany) {
    EXPECT_EQ(Stream::of(Row(CartRow{ann, cart_id(1), true})), Stream::of(ann));
    EXPECT_EQ(Stream::of(Row(CartItemRow{ann, cart_id(2), product_id(1), quantity(1)})), Stream::of(ann));
    std::set<Stream> streams;
    for (int i = 0; i < 1000; ++i) streams.insert(Stream::of(user(std::to_string(i))));
    EXPECT_THAT(streams, SizeIs(Stream::count));
}

// A commit as rows.

CartItemColumns item_columns(unsigned number, std::optional<std::int32_t> count) { return {ann, cart_id(1), product_id(number), count}; }
CartItemRow item(unsigned number, std::int64_t count) { return {ann, cart_id(1), product_id(number), quantity(count)}; }

RowChange put(unsigned number, std::optional<std::int64_t> before, std::int64_t after) {
    RowChange change{Operation::insert, std::nullopt, item(number, after)};
    if (before) change.before = item(number, *before);
    return change;
}

Order order(unsigned number, Time placed_at) {
    const auto price = Money::from_minor(250);
    const auto total = Money::from_minor(500);
    return {cart_id(number), ann, placed_at, Currency::usd(), {{product_id(1), "Thing", price, quantity(2), total}}, total};
}

std::vector<LogRow> rows_of_one(std::vector<RowChange> changes) {
    const auto partitions = rows_of(at(1), some_commit, changes);
    EXPECT_THAT(partitions, SizeIs(1));
    return partitions.front().rows;
}

struct Brief {
    LogOperation operation;
    LogColumns columns;
    friend bool operator==(const Brief&, const Brief&) = default;
};

std::vector<Brief> brief(const std::vector<LogRow>& rows) {
    std::vector<Brief> out;
    for (const auto& row : rows) out.push_back({row.operation, row.columns});
    return out;
}

using enum LogOperation;

TEST(ChangeRows, ANewRowIsItsDeltaAndItsPostimage) {
    EXPECT_THAT(brief(rows_of_one({put(1, std::nullopt, 2)})),
                ElementsAre(Brief{insert, item_columns(1, 2)}, Brief{postimage, item_columns(1, 2)}));
}

TEST(ChangeRows, AReplacedRowHasAPreimageToo) {
    EXPECT_THAT(brief(rows_of_one({put(1, 2, 5)})),
                ElementsAre(Brief{preimage, item_columns(1, 2)}, Brief{insert, item_columns(1, 5)}, Brief{postimage, item_columns(1, 5)}));
}

TEST(ChangeRows, ARemovedRowIsItsPreimageAndItsKey) {
    EXPECT_THAT(brief(rows_of_one({{Operation::remove, item(1, 2), std::nullopt}})),
                ElementsAre(Brief{preimage, item_columns(1, 2)}, Brief{row_delete, item_columns(1, std::nullopt)}));
}

TEST(ChangeRows, SeveralRowsAreAllPreimagesThenAllDeltasThenAllPostimages) {
    const auto rows = rows_of_one({put(1, 1, 2), {Operation::remove, item(2, 3), std::nullopt}, put(3, std::nullopt, 4)});
    std::vector<LogOperation> operations;
    for (const auto& row : rows) operations.push_back(row.operation);
    EXPECT_THAT(operations, ElementsAre(preimage, preimage, insert, row_delete, insert, postimage, postimage));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(rows[i].batch_seq_no, static_cast<std::int32_t>(i));
        EXPECT_EQ(rows[i].is_end_of_batch, i + 1 == rows.size());
    }
}

TEST(ChangeRows, ACheckoutSaysInTheCartsRowWhichOrderItBecame) {
    const auto placed = at(77);
    const auto partitions =
        rows_of(at(100), some_commit,
                std::vector<RowChange>{{Operation::update, CartRow{ann, cart_id(1), true}, CartRow{ann, cart_id(1), false}},
                                       {Operation::insert, std::nullopt, order(1, placed)}});
    ASSERT_THAT(partitions, SizeIs(2));
    EXPECT_EQ(partitions[0].table, Table::cart);
    EXPECT_EQ(partitions[0].stream, Stream::of(ann));
    const CartColumns before{ann, cart_id(1), true, std::nullopt};
    const CartColumns after{ann, cart_id(1), false, placed};
    EXPECT_THAT(brief(partitions[0].rows), ElementsAre(Brief{preimage, before}, Brief{update, after}, Brief{postimage, after}));
    EXPECT_EQ(partitions[1].table, Table::orders);
    EXPECT_EQ(partitions[1].rows[0].time, partitions[0].rows[0].time);
}

// Rows as commits.

LogRow log_row(std::int32_t number, LogOperation operation, LogColumns columns, Time time = at(1)) {
    return {ChangeTime::of(time, some_commit), number, operation, false, std::move(columns)};
}

std::vector<RowChange> changes_of(std::vector<LogRow> rows) {
    const auto commits = commits_of(std::move(rows));
    EXPECT_THAT(commits, SizeIs(1));
    return commits.empty() ? std::vector<RowChange>{} : commits.front().changes;
}

TEST(ChangeRows, OfNoRowsThereAreNoCommits) { EXPECT_THAT(commits_of({}), IsEmpty()); }

TEST(ChangeRows, ImagesArePairedByKeyNotByPlace) {
    EXPECT_THAT(changes_of({log_row(0, preimage, item_columns(1, 1)), log_row(1, preimage, item_columns(2, 2)),
                            log_row(2, insert, item_columns(2, 20)), log_row(3, insert, item_columns(1, 10)),
                            log_row(4, postimage, item_columns(1, 10)), log_row(5, postimage, item_columns(2, 20))}),
                ElementsAre(put(2, 2, 20), put(1, 1, 10)));
}

TEST(ChangeRows, WithoutImagesADeltaStandsForWhatItWrote) {
    EXPECT_THAT(changes_of({log_row(0, insert, item_columns(1, 3))}), ElementsAre(put(1, std::nullopt, 3)));
    const auto old = product(1);
    auto renamed = old;
    renamed.name = "New";
    EXPECT_THAT(changes_of({log_row(0, preimage, ProductColumns{old.id, old.name, old.price, old.image}),
                            log_row(1, update, ProductColumns{old.id, "New", {}, {}})}),
                ElementsAre(RowChange{Operation::update, old, renamed}));
}

TEST(ChangeRows, WhatIsNoChangeOfTheShopIsPassedOver) {
    for (const int range : {5, 6, 7, 8, -3, 42})
        EXPECT_THAT(commits_of({log_row(0, static_cast<LogOperation>(range), CartItemColumns{ann, cart_id(1), {}, {}})}), IsEmpty());
    EXPECT_THAT(commits_of({log_row(0, update, CartItemColumns{ann, {}, {}, {}})}), IsEmpty()) << "static columns alone";
    EXPECT_THAT(commits_of({log_row(0, partition_delete, CartItemColumns{ann, {}, {}, {}})}), IsEmpty());
    EXPECT_THAT(commits_of({log_row(0, row_delete, item_columns(1, {}))}), IsEmpty()) << "there was no such row";
    EXPECT_THAT(commits_of({log_row(0, insert, item_columns(1, 0))}), IsEmpty()) << "no quantity of the shop's";
    EXPECT_THAT(commits_of({log_row(0, preimage, item_columns(1, 2))}), IsEmpty()) << "nothing happened to it";
    EXPECT_THAT(commits_of({log_row(0, update, ProductColumns{product_id(1), "Free", {}, {}})}), IsEmpty()) << "no price";
}

TEST(ChangeRows, StaticColumnsBesideARowChangeNothing) {
    EXPECT_THAT(changes_of({log_row(0, preimage, CartItemColumns{ann, {}, {}, {}}), log_row(1, preimage, item_columns(1, 1)),
                            log_row(2, update, CartItemColumns{ann, {}, {}, {}}), log_row(3, insert, item_columns(1, 2)),
                            log_row(4, postimage, CartItemColumns{ann, {}, {}, {}}), log_row(5, postimage, item_columns(1, 2))}),
                ElementsAre(put(1, 1, 2)));
}

TEST(ChangeRows, AProductsDeletionIsThatOfItsPartition) {
    const auto gone = product(1);
    EXPECT_THAT(changes_of({log_row(0, preimage, ProductColumns{gone.id, gone.name, gone.price, gone.image}),
                            log_row(1, partition_delete, ProductColumns{gone.id, {}, {}, {}})}),
                ElementsAre(RowChange{Operation::remove, gone, std::nullopt}));
}

TEST(ChangeRows, CommitsOfOneMicrosecondStayApart) {
    const auto one = ChangeTime::of(at(1), commit_id("00000000-0000-4000-8000-000000000000"));
    const auto two = ChangeTime::of(at(1), commit_id("00000000-0000-4000-8000-000000000080"));
    std::vector<LogRow> rows{{one, 0, insert, true, item_columns(1, 1)}, {two, 0, insert, true, item_columns(2, 1)}};
    const auto commits = commits_of(std::move(rows));
    ASSERT_THAT(commits, SizeIs(2));
    EXPECT_EQ(commits[0].time, two) << "signed bytes: 0x80 is the least";
    EXPECT_EQ(commits[1].time, one);
}

// Both ways, for all that a shop may do.

class Dice {
public:
    explicit Dice(std::uint64_t seed) : random_(seed) {}

    std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_); }
    bool once_in(std::size_t times) { return below(times) == 0; }
    std::int64_t between(std::int64_t least, std::int64_t most) { return std::uniform_int_distribution(least, most)(random_); }
    std::string text() {
        std::string out(below(20), '\0');
        for (auto& byte : out) byte = static_cast<char>(below(256));
        return out;
    }

private:
    std::mt19937_64 random_;
};

class SomeShop {
public:
    explicit SomeShop(std::uint64_t seed) : dice_(seed) {}

    /// Changes of rows with different keys, of every table and kind.
    std::vector<RowChange> changes() {
        std::vector<RowChange> made;
        for (std::size_t left = 1 + dice_.below(12); left > 0; --left) made.push_back(change(static_cast<unsigned>(left)));
        return made;
    }
    Time time() { return at(dice_.between(-1'000'000'000'000'000, 4'000'000'000'000'000)); }

private:
    RowChange change(unsigned number) {
        const auto who = user("user " + std::to_string(dice_.below(5)));
        switch (dice_.below(4)) {
            case 0: return of([&] { return Row(some_product(number)); });
            case 1: return of([&] { return Row(CartRow{who, cart_id(number), dice_.once_in(2)}); });
            case 2: return of([&] { return Row(CartItemRow{who, cart_id(3), product_id(number), quantity(dice_.between(1, 1'000'000))}); });
            default: {
                const auto placed = time();
                return of([&] { return Row(some_order(who, number, placed)); });
            }
        }
    }
    template <class Make>
    RowChange of(Make make) {
        switch (dice_.below(3)) {
            case 0: return {Operation::remove, make(), std::nullopt};
            case 1: return {Operation::update, make(), make()};
            default: return {Operation::insert, dice_.once_in(2) ? std::optional<Row>(make()) : std::nullopt, make()};
        }
    }
    Product some_product(unsigned number) {
        return {product_id(number), dice_.text(), Money::from_minor(dice_.between(0, Money::price_max_minor)), dice_.text()};
    }
    Order some_order(const UserId& who, unsigned number, Time placed) {
        Order order{cart_id(number),
                    who,
                    placed,
                    *Currency::parse(dice_.once_in(2) ? "EUR" : "USD"),
                    {},
                    Money::from_minor(dice_.between(0, 1 << 30))};
        for (std::size_t lines = dice_.below(4); lines > 0; --lines)
            order.lines.push_back({product_id(static_cast<unsigned>(lines)), dice_.text(), Money::from_minor(dice_.between(0, 1000)),
                                   quantity(dice_.between(1, 99)), Money::from_minor(dice_.between(0, 100'000))});
        return order;
    }

    Dice dice_;
};

/// As a commit's changes are told: by table, then by stream.
std::vector<RowChange> in_log_order(std::vector<RowChange> changes) {
    static constexpr Table order[]{Table::cart, Table::cart_items, Table::product, Table::orders};
    std::map<std::pair<const Table*, Stream>, std::vector<RowChange>> parts;
    for (auto& change : changes) {
        const auto stream = Stream::of(change.after ? *change.after : *change.before);
        parts[{std::ranges::find(order, change.table()), stream}].push_back(std::move(change));
    }
    changes.clear();
    for (auto& [place, part] : parts) std::ranges::move(part, std::back_inserter(changes));
    return changes;
}

TEST(ChangeRows, RandomCommitsComeBackAsTheyWere) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        SomeShop shop(seed);
        std::vector<LoggedCommit> commits;
        std::vector<LogPartition> partitions;
        for (int i = 0; i < 5; ++i) {
            const auto id = CommitId::random();
            const auto time = shop.time();
            const auto changes = shop.changes();
            std::ranges::move(rows_of(time, id, changes), std::back_inserter(partitions));
            commits.push_back({ChangeTime::of(time, id), in_log_order(changes)});
        }
        std::ranges::sort(commits, {}, &LoggedCommit::time);

        // As they are read: stream by stream, each table for itself.
        std::ranges::sort(partitions, {}, [](const LogPartition& part) { return std::tuple(part.table, part.stream, part.rows[0].time); });
        std::vector<LogRow> rows;
        for (auto& partition : partitions) std::ranges::move(partition.rows, std::back_inserter(rows));
        const auto read = commits_of(std::move(rows));
        ASSERT_EQ(read.size(), commits.size()) << seed;
        for (std::size_t i = 0; i < commits.size(); ++i) {
            EXPECT_EQ(read[i].time, commits[i].time) << seed;
            EXPECT_EQ(read[i].changes, commits[i].changes) << seed;
        }
    }
}

}  // namespace
}  // namespace cartwheel::changes
