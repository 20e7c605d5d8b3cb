#include "cartwheel/engines/cql/change_log.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "engines/cql/test_keyspace.h"
#include "support/run_task.h"
#include "support/shop.h"

namespace cartwheel::engines::cql {
namespace {

using namespace domain;
using namespace std::chrono_literals;
using test::cart_id;
using test::product;
using test::product_id;
using test::quantity;
using test::run_task;
using test::user;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Time noon{std::chrono::seconds(1'700'000'000)};
constexpr Time evening = noon + 8h;

Seq seq_of(Time time) { return static_cast<Seq>(micros(time)); }

Commit commit(Time time, std::vector<RowChange> changes) { return {seq_of(time), time, std::move(changes)}; }
Commit put(const UserId& who, Time time, std::int64_t count = 1) {
    return commit(time, {{Operation::insert, std::nullopt, CartItemRow{who, cart_id(1), product_id(1), quantity(count)}}});
}

const UserId ann = test::user("ann");
const UserId bob = test::user("bob");

class ChangeLogTest : public ::testing::Test {
protected:
    ChangeLogTest() { keyspace_.empty(); }

    ChangeLog log(std::shared_ptr<Streams> streams = own_streams(), std::chrono::seconds kept = 24h) {
        const auto found = run_task(inspect_keyspace(keyspace_.driver(), keyspace_.name(), kept)).value();
        return run_task(ChangeLog::prepare(keyspace_.driver(), found, StatementDefaults{.timeout = 20s}, std::move(streams))).value();
    }
    /// Each gets the mark that it is read with.
    void write(std::vector<Commit>& commits) {
        std::vector<Intent> intents;
        for (auto& each : commits) {
            intents.push_back({CommitId::random(), each});
            each.mark = mark_of(intents.back().commit_id);
        }
        write(intents);
    }
    void write(std::vector<Commit>&& commits) { write(commits); }
    void write(const std::vector<Intent>& intents) {
        for (auto& batch : log_.batches(intents)) {
            const auto answer = run_task(keyspace_.driver().batch(log_.batch_options(), std::move(batch.items)));
            ASSERT_TRUE(answer) << answer.error().message;
        }
    }
    store::ChangePage after(Seq seq, std::size_t limit = 1000, Time until = evening) {
        return run_task(log_.after(seq, limit, until, evening)).value();
    }
    /// All, read page by page; no page may part commits of one moment.
    std::vector<Commit> in_pages(std::size_t limit) {
        std::vector<Commit> all;
        for (Seq at = 0;;) {
            auto page = after(at, limit);
            if (page.commits.empty()) return all;
            EXPECT_GT(page.commits.front().seq, at);
            at = page.commits.back().seq;
            std::ranges::move(page.commits, std::back_inserter(all));
        }
    }
    /// A row of the log as others may write it: its columns beside the stream's, and their values.
    void write_row(std::string_view table, Stream stream, std::string_view time, std::string_view columns, std::string_view values) {
        std::string id;
        for (const char byte : stream.id()) id += fmt::format("{:02x}", static_cast<std::uint8_t>(byte));
        keyspace_.query(fmt::format(R"(INSERT INTO {}.{}_scylla_cdc_log ("cdc$stream_id", "cdc$time", {}) VALUES (0x{}, {}, {}))",
                                    keyspace_.name(), table, columns, id, time, values));
    }

    test::TestKeyspace& keyspace_ = test::TestKeyspace::get();
    ChangeLog log_ = log();
};

TEST_F(ChangeLogTest, AnEmptyLogHasNothing) {
    const auto page = after(0);
    EXPECT_THAT(page.commits, IsEmpty());
    EXPECT_EQ(page.last, 0U);
    EXPECT_EQ(after(seq_of(noon)).last, 0U);
}

TEST_F(ChangeLogTest, CommitsOfAllTablesComeBackInTheOrderOfTheirTimes) {
    const Order order{cart_id(1),
                      ann,
                      noon + 77us,
                      Currency::usd(),
                      {{product_id(1), "Thing", Money::from_minor(5), quantity(2), Money::from_minor(10)}},
                      Money::from_minor(10)};
    std::vector<Commit> commits{
        commit(noon, {{Operation::insert, std::nullopt, product(1)}}),
        commit(noon + 1us, {{Operation::insert, std::nullopt, CartRow{ann, cart_id(1), true}},
                            {Operation::insert, std::nullopt, CartItemRow{ann, cart_id(1), product_id(1), quantity(2)}}}),
        commit(noon + 2us, {{Operation::update, product(1), product(1, 5)}}),
        commit(noon + 1s, {{Operation::update, CartRow{ann, cart_id(1), true}, CartRow{ann, cart_id(1), false}},
                           {Operation::insert, std::nullopt, order}}),
        commit(noon + 2s, {{Operation::remove, product(1, 5), std::nullopt}}),
    };
    std::ranges::rotate(commits, commits.begin() + 2);
    write(commits);
    std::ranges::sort(commits, {}, &Commit::seq);
    EXPECT_EQ(after(0).commits, commits);
    for (const std::size_t limit : {1U, 2U, 4U}) EXPECT_EQ(in_pages(limit), commits) << limit;
}

TEST_F(ChangeLogTest, APageIsBehindTheCursorAndNotBeyondItsEnd) {
    std::vector<Commit> commits;
    for (int i = 0; i < 6; ++i) commits.push_back(put(i % 2 == 0 ? ann : bob, noon + i * 1us, i + 1));
    write(commits);
    EXPECT_THAT(after(commits[1].seq, 2).commits, ElementsAre(commits[2], commits[3]));
    EXPECT_THAT(after(commits[1].seq, 10, noon + 3us).commits, ElementsAre(commits[2], commits[3]));
    EXPECT_THAT(after(commits[5].seq).commits, IsEmpty());
    EXPECT_THAT(after(std::numeric_limits<Seq>::max()).commits, IsEmpty());
}

TEST_F(ChangeLogTest, LastIsTheNewestUpToTheEndWhateverIsOnThePage) {
    write({put(ann, noon), put(bob, noon + 1s), commit(noon + 2s, {{Operation::insert, std::nullopt, product(1)}})});
    EXPECT_EQ(after(0).last, seq_of(noon + 2s));
    EXPECT_EQ(after(0, 1).last, seq_of(noon + 2s));
    EXPECT_EQ(after(0, 1, noon + 1s).last, seq_of(noon + 1s));
    EXPECT_EQ(after(seq_of(noon + 2s)).last, seq_of(noon + 2s));
    EXPECT_EQ(after(seq_of(noon + 3s)).last, seq_of(noon + 2s));
    EXPECT_EQ(after(seq_of(noon + 3s), 10, noon + 4s).last, seq_of(noon + 2s));
}

TEST_F(ChangeLogTest, CommitsOfOneMicrosecondAreNeverParted) {
    std::vector<Commit> commits;
    for (int i = 0; i < 30; ++i)
        for (int j = 0; j < 5; ++j) commits.push_back(put(user(fmt::format("user {}", j)), noon + i * 1us, i * 5 + j + 1));
    write(commits);
    for (const std::size_t limit : {1U, 7U, 100U}) {
        const auto page = after(0, limit);
        EXPECT_EQ(page.commits.size() % 5, 0U);
        EXPECT_GE(page.commits.size(), limit);
        EXPECT_LT(page.commits.size(), limit + 5);
        EXPECT_THAT(in_pages(limit), ::testing::UnorderedElementsAreArray(commits)) << limit;
    }
}

TEST_F(ChangeLogTest, OneUsersManyCommitsAreReadInSmallPages) {
    std::vector<Commit> commits;
    for (int i = 0; i < 200; ++i) commits.push_back(put(ann, noon + i * 1ms, i + 1));
    write(commits);
    EXPECT_EQ(in_pages(3), commits);
    EXPECT_EQ(after(0, 150).commits.size(), 150U);
    EXPECT_EQ(in_pages(1000), commits);
}

TEST_F(ChangeLogTest, ACommitWithMoreRowsThanAreAskedForIsReadWhole) {
    std::vector<RowChange> changes;
    for (unsigned i = 0; i < 500; ++i)
        changes.push_back({Operation::insert, std::nullopt, CartItemRow{ann, cart_id(1), product_id(i), quantity(1)}});
    std::vector<Commit> commits{put(ann, noon), commit(noon + 1us, changes), put(ann, noon + 2us)};
    write(commits);
    EXPECT_EQ(in_pages(1), commits);
}

TEST_F(ChangeLogTest, WritingAgainChangesNothing) {
    std::vector<Intent> intents{{CommitId::random(), put(ann, noon)}, {CommitId::random(), put(ann, noon + 1s, 2)}};
    for (auto& intent : intents) intent.commit.mark = mark_of(intent.commit_id);
    write(intents);
    write(intents);
    EXPECT_THAT(after(0).commits, ElementsAre(intents[0].commit, intents[1].commit));
}

TEST_F(ChangeLogTest, ManyCommitsShareBatchesOfOnePartitionEach) {
    std::vector<Intent> intents;
    for (int i = 0; i < 20; ++i) intents.push_back({CommitId::random(), put(ann, noon + i * 1us)});
    for (int i = 0; i < 20; ++i) intents.push_back({CommitId::random(), put(bob, noon + i * 1us)});
    const auto batches = log_.batches(intents);
    ASSERT_THAT(batches, SizeIs(2));
    for (const auto& batch : batches) {
        EXPECT_EQ(batch.table, Table::cart_items);
        EXPECT_THAT(batch.items, SizeIs(40));
    }
}

TEST_F(ChangeLogTest, RowsThatAreNoneOfTheShopsArePassedOver) {
    write({put(ann, noon)});
    // Within the microsecond behind noon, 100 ns apart, as other writers' times are; and low bytes of any sign.
    const auto stream = Stream::of(ann);
    constexpr auto columns = R"("cdc$batch_seq_no", "cdc$operation", user_id)";
    write_row("cart_items", stream, "04afc00b-833b-11ee-7f7f-7f7f7f7f7f7f", columns, "0, 5, 'ann'");
    write_row("cart_items", stream, "04afc00b-833b-11ee-7f7f-7f7f7f7f7f7f", columns, "1, 7, 'ann'");
    write_row("cart_items", stream, "04afc00c-833b-11ee-8080-808080808080", columns, "0, 1, 'ann'");
    write_row("cart_items", stream, "04afc00d-833b-11ee-8080-808080808080", R"("cdc$batch_seq_no")", "0");
    write_row("product", stream, "04afc00e-833b-11ee-8080-808080808080", R"("cdc$batch_seq_no", "cdc$operation", id, price)",
              "0, 2, 00000000-0000-4000-8000-000000000001, 2.50");
    const auto page = after(0);
    ASSERT_THAT(page.commits, SizeIs(2));
    const Product priced{product_id(1), "", Money::from_minor(250), ""};
    EXPECT_EQ(page.commits[1].changes, (std::vector<RowChange>{{Operation::insert, std::nullopt, priced}}));
    EXPECT_EQ(page.commits[1].time, noon + 1us);
}

TEST_F(ChangeLogTest, OtherStreamsAreReadAsTheyAreNamed) {
    std::vector<Commit> commits{put(ann, noon), put(bob, noon + 1us)};
    write(commits);
    ASSERT_NE(Stream::of(ann), Stream::of(bob));
    const auto id = Stream::of(bob).id();
    std::array<std::vector<std::string>, 4> streams;
    streams[static_cast<std::size_t>(Table::cart_items)] = {std::string(id.data(), id.size())};
    const auto page = run_task(log(constant_streams(streams)).after(0, 10, evening, evening)).value();
    EXPECT_THAT(page.commits, ElementsAre(commits[1]));
}

TEST_F(ChangeLogTest, AFollowerAtTheEndCostsOneStatementATable) {
    write({put(ann, noon)});
    const auto last = after(0).last;
    const auto before = keyspace_.driver().figures().sent;
    EXPECT_EQ(after(last).last, last);
    EXPECT_EQ(keyspace_.driver().figures().sent - before, 4U);
}

TEST_F(ChangeLogTest, ALateRedeliveryHasTheMarkOfTheFirst) {
    Intent intent{CommitId::random(), put(ann, noon)};
    write(std::vector{intent});
    intent.commit = put(ann, noon + 1h);
    write(std::vector{intent});
    const auto commits = after(0).commits;
    ASSERT_THAT(commits, SizeIs(2));
    EXPECT_NE(commits[0].seq, commits[1].seq);
    EXPECT_EQ(commits[0].mark, commits[1].mark);
    EXPECT_NE(commits[0].mark, 0U);
    EXPECT_EQ(commits[0].changes, commits[1].changes);
}

TEST_F(ChangeLogTest, RowsAreKeptAsLongAsItIsSet) {
    const auto ttl_of = [&](std::chrono::seconds kept) {
        keyspace_.empty();
        log_ = log(own_streams(), kept);
        write({put(ann, noon)});
        const auto rows = keyspace_.query(fmt::format("SELECT ttl(product_quantity) FROM {}.cart_items_scylla_cdc_log", keyspace_.name()));
        return Cells(rows.cells()).int32().value_or(0);
    };
    EXPECT_GE(ttl_of(100h), 100 * 3600);
    EXPECT_LE(ttl_of(100h), 100 * 3600 + 60);
    EXPECT_EQ(ttl_of(0s), 0);
}

TEST_F(ChangeLogTest, ACursorOlderThanWhatIsKeptIsGone) {
    write({put(ann, noon), put(ann, noon + 1s)});
    const auto refusal = [&](Time cursor, Time now) -> std::optional<ErrorCode> {
        const auto page = run_task(log().after(seq_of(cursor), 10, now - 1s, now));
        return page ? std::nullopt : std::optional(page.error().code);
    };
    EXPECT_EQ(refusal(noon, noon + 24h), std::nullopt);
    EXPECT_EQ(refusal(noon, noon + 24h + 1us), ErrorCode::gone);
    EXPECT_EQ(refusal(noon + 23h, noon + 24h + 1us), std::nullopt);
    const auto all = run_task(log(own_streams(), 0s).after(seq_of(noon), 10, noon + 99'999h, noon + 99'999h));
    EXPECT_THAT(all.value().commits, SizeIs(1)) << "kept for good";
    EXPECT_THAT(run_task(log().after(0, 10, noon + 99h, noon + 99h)).value().commits, SizeIs(2)) << "from the beginning: what there is";
}

TEST_F(ChangeLogTest, AFollowerOfAShopWhereNothingHappensMissesNothing) {
    write({put(ann, noon)});
    const auto cursor = after(0, 10, noon).last;
    for (auto now = noon; now < noon + 100h; now += 10h) {
        const auto page = run_task(log_.after(cursor, 10, now - 1s, now));
        ASSERT_TRUE(page) << page.error().message;
        EXPECT_THAT(page->commits, IsEmpty());
    }
    EXPECT_FALSE(run_task(log_.after(cursor - 1, 10, noon + 100h, noon + 100h))) << "has not been seen to miss nothing";
    EXPECT_FALSE(run_task(log().after(cursor, 10, noon + 100h, noon + 100h))) << "nobody has looked";
}

}  // namespace
}  // namespace cartwheel::engines::cql
