#include "cartwheel/changes/feed.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <random>
#include <thread>

#include "cartwheel/engines/memory/memory_store.h"
#include "changes/shared_log.h"
#include "support/fake_clock.h"
#include "support/run_task.h"
#include "support/shop.h"

namespace cartwheel::changes {
namespace {

using domain::Seq;
using test::product;
using test::run_task;
using namespace std::chrono_literals;

constexpr auto patience = 30s;
constexpr std::size_t many = 1'000;

/// A store of one process and its feed, as the composition root puts them together.
class Shop {
public:
    explicit Shop(FeedSettings settings = {}) : feed_(*store_, settings) {
        store_->set_commit_listener([this](const domain::Commit& commit) { feed_.heard(commit); });
    }

    store::Store& store() { return *store_; }
    Feed& feed() { return feed_; }
    test::FakeClock& clock() { return clock_; }

    /// A commit each.
    void write(std::size_t commits) {
        for (std::size_t i = 0; i < commits; ++i) {
            const auto written = run_task(store_->put_products({product(1, ++price_)}, store::ProductWrite::apply));
            ASSERT_TRUE(written) << written.error().message;
        }
    }

private:
    test::FakeClock clock_;
    std::unique_ptr<store::Store> store_ = engines::memory::make_store(clock_);
    std::int64_t price_ = 0;
    Feed feed_;
};

/// Follows until it was given `last`: all seqs, in their order.
Task<Result<std::vector<Seq>>> follow_until(Feed& feed, Start start, Seq last, std::size_t commits_max = many) {
    CO_TRY(const auto follower, co_await feed.follow(start));
    std::vector<Seq> seqs;
    while (seqs.empty() || seqs.back() < last) {
        CO_TRY(const auto batch, co_await follower->next(commits_max, patience));
        if (batch.empty()) co_return fail(Error::deadline("nothing came"));
        for (const auto& commit : batch) seqs.push_back(commit->seq);
    }
    co_return seqs;
}

std::vector<Seq> from_to(Seq first, Seq last) {
    std::vector<Seq> seqs;
    for (auto seq = first; seq <= last; ++seq) seqs.push_back(seq);
    return seqs;
}

/// What `next` gives when it may not wait.
Result<std::vector<Seq>> look(Feed& feed, Start start) {
    return run_task([](Feed& from, Start where) -> Task<Result<std::vector<Seq>>> {
        CO_TRY(const auto follower, co_await from.follow(where));
        std::vector<Seq> seqs;
        for (;;) {
            CO_TRY(const auto batch, co_await follower->next(many, 0ms));
            if (batch.empty()) co_return seqs;
            for (const auto& commit : batch) seqs.push_back(commit->seq);
        }
    }(feed, start));
}

ErrorCode refusal(Feed& feed, Start start) {
    const auto seen = look(feed, start);
    return seen ? ErrorCode{} : seen.error().code;
}

/// A thread with an io_context that followers live on.
class FollowerThread {
public:
    FollowerThread() : thread_([this] { context_.run(); }) {}
    ~FollowerThread() {
        work_.reset();
        thread_.join();
    }

    template <class T>
    std::future<T> start(Task<T> task) {
        auto promise = std::make_shared<std::promise<T>>();
        auto future = promise->get_future();
        boost::asio::co_spawn(context_, keep(std::move(task), std::move(promise)), boost::asio::detached);
        return future;
    }

private:
    template <class T>
    static Task<void> keep(Task<T> task, std::shared_ptr<std::promise<T>> promise) {
        promise->set_value(co_await std::move(task));
    }

    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{context_.get_executor()};
    std::thread thread_;
};

TEST(Feed, BeginsAtTheOldestBehindACursorOrNow) {
    Shop shop;
    shop.write(3);
    EXPECT_EQ(look(shop.feed(), Start::beginning()), from_to(1, 3));
    EXPECT_EQ(look(shop.feed(), Start::behind({1})), from_to(2, 3));
    EXPECT_EQ(look(shop.feed(), Start::behind({3})), std::vector<Seq>{});
    EXPECT_EQ(look(shop.feed(), Start::now()), std::vector<Seq>{});
    EXPECT_EQ(look(shop.feed(), Start::behind({0})), from_to(1, 3));
}

TEST(Feed, ACursorWithinACommitGivesThatCommitAgain) {
    Shop shop;
    shop.write(3);
    EXPECT_EQ(look(shop.feed(), Start::behind({2, 1})), from_to(2, 3));
    EXPECT_EQ(look(shop.feed(), Start::behind({3, 1})), from_to(3, 3));
}

TEST(Feed, AFollowerIsWhereItWasGivenTo) {
    Shop shop;
    shop.write(3);
    run_task([](Feed& feed) -> Task<void> {
        const auto follower = co_await feed.follow(Start::behind({1}));
        EXPECT_EQ((*follower)->seq(), 1U) << "it has been given nothing yet";
        (void)co_await (*follower)->next(many, 0ms);
        EXPECT_EQ((*follower)->seq(), 3U);
    }(shop.feed()));
}

TEST(Feed, OfAnEmptyShopNowIsTheBeginning) {
    Shop shop;
    EXPECT_EQ(look(shop.feed(), Start::now()), std::vector<Seq>{});
    EXPECT_EQ(look(shop.feed(), Start::behind({0})), std::vector<Seq>{});
}

TEST(Feed, ACursorAheadOfTheShopIsOfAnother) {
    Shop shop;
    EXPECT_EQ(refusal(shop.feed(), Start::behind({1})), ErrorCode::invalid);
    shop.write(3);
    EXPECT_EQ(refusal(shop.feed(), Start::behind({4})), ErrorCode::invalid);
    EXPECT_EQ(refusal(shop.feed(), Start::behind({4, 1})), ErrorCode::invalid);
    EXPECT_EQ(refusal(shop.feed(), Start::behind({~Seq{0}})), ErrorCode::invalid);
}

TEST(Feed, WhatIsKeptNoLongerIsGoneAndNeverPassedOver) {
    Shop shop;
    shop.write(10);
    shop.clock().advance(1h);
    shop.write(5);
    ASSERT_TRUE(run_task(shop.store().forget_changes(shop.clock().now())));
    EXPECT_EQ(look(shop.feed(), Start::beginning()), from_to(11, 15));
    for (const Cursor cursor : {Cursor{0}, Cursor{1}, Cursor{1, 1}, Cursor{9}, Cursor{10, 1}})
        EXPECT_EQ(refusal(shop.feed(), Start::behind(cursor)), ErrorCode::gone) << cursor.text();
    EXPECT_EQ(look(shop.feed(), Start::behind({10})), from_to(11, 15));
    EXPECT_EQ(look(shop.feed(), Start::behind({11, 1})), from_to(11, 15));
}

TEST(Feed, AFollowerWhoIsOvertakenHearsThatSomeAreGone) {
    Shop shop({.commits_max = 4});
    shop.write(1);
    const auto heard = run_task([](Shop& of) -> Task<Result<CommitBatch>> {
        CO_TRY(const auto follower, co_await of.feed().follow(Start::behind({1})));
        std::thread([&] {
            of.write(20);
            of.clock().advance(1h);
            of.write(1);
        }).join();
        CO_TRY_VOID(co_await of.store().forget_changes(of.clock().now()));
        co_return co_await follower->next(many, patience);
    }(shop));
    ASSERT_FALSE(heard);
    EXPECT_EQ(heard.error().code, ErrorCode::gone);
}

TEST(Feed, WaitsForWhatIsToCome) {
    Shop shop;
    FollowerThread thread;
    for (int round = 0; round < 20; ++round) {
        const auto newest = *run_task(shop.feed().newest());
        auto seen = thread.start(follow_until(shop.feed(), Start::now(), newest + 1));
        while (shop.feed().figures().followers == 0) std::this_thread::yield();
        shop.write(1);
        EXPECT_EQ(seen.get(), from_to(newest + 1, newest + 1));
    }
}

TEST(Feed, GivesNothingWhenTimeIsUpAndWhenItIsWoken) {
    Shop shop;
    EXPECT_EQ(look(shop.feed(), Start::now()), std::vector<Seq>{});
    FollowerThread thread;
    auto woken = thread.start([](Feed& feed) -> Task<Result<bool>> {
        CO_TRY(const auto follower, co_await feed.follow(Start::now()));
        auto executor = co_await boost::asio::this_coro::executor;
        boost::asio::post(executor, [&] { follower->wake(); });
        CO_TRY(const auto batch, co_await follower->next(many, patience));
        // One wake-up is for one wait.
        CO_TRY(const auto second, co_await follower->next(many, 1ms));
        co_return batch.empty() && second.empty();
    }(shop.feed()));
    EXPECT_EQ(woken.get(), true);
}

TEST(Feed, ItsStopIsToldToAllWhoWait) {
    Shop shop;
    FollowerThread thread;
    std::vector<std::future<Result<std::vector<Seq>>>> waiting;
    for (int i = 0; i < 10; ++i) waiting.push_back(thread.start(follow_until(shop.feed(), Start::now(), 1)));
    while (shop.feed().figures().followers < waiting.size()) std::this_thread::yield();
    shop.feed().stop();
    for (auto& one : waiting) {
        const auto seen = one.get();
        ASSERT_FALSE(seen);
        EXPECT_EQ(seen.error().code, ErrorCode::unavailable);
    }
    EXPECT_EQ(refusal(shop.feed(), Start::beginning()), ErrorCode::unavailable);
}

// Followers come at any moment and with any cursor, memory holds little, and so they go to and fro between it and the log.
TEST(Feed, LosesNothingBetweenMemoryAndLog) {
    Shop shop({.commits_max = 8});
    constexpr Seq last = 4'000;
    std::thread writer([&] { shop.write(last); });
    FollowerThread first;
    FollowerThread second;
    std::mt19937 random(7);
    struct Followed {
        Seq after;
        std::future<Result<std::vector<Seq>>> seen;
    };
    std::vector<Followed> followed;
    for (int i = 0; i < 200; ++i) {
        const auto newest = *run_task(shop.feed().newest());
        const auto after = std::uniform_int_distribution<Seq>(0, newest)(random);
        auto& thread = i % 2 == 0 ? first : second;
        const auto commits_max = std::uniform_int_distribution<std::size_t>(1, 20)(random);
        followed.push_back({after, thread.start(follow_until(shop.feed(), Start::behind({after}), last, commits_max))});
    }
    writer.join();
    for (auto& one : followed) EXPECT_EQ(one.seen.get(), from_to(one.after + 1, last));
    EXPECT_EQ(shop.feed().figures().followers, 0U);
}

TEST(Feed, AThousandFollowersSeeAll) {
    Shop shop;
    FollowerThread first;
    FollowerThread second;
    std::vector<std::future<Result<std::vector<Seq>>>> followed;
    constexpr Seq last = 200;
    for (std::size_t i = 0; i < many; ++i)
        followed.push_back((i % 2 == 0 ? first : second).start(follow_until(shop.feed(), Start::behind({0}), last)));
    while (shop.feed().figures().followers < many) std::this_thread::yield();
    shop.write(last);
    for (auto& one : followed) EXPECT_EQ(one.get(), from_to(1, last));
}

TEST(Feed, ACommitTooLargeForMemoryIsReadFromTheLog) {
    Shop shop({.bytes_max = 100'000});
    FollowerThread thread;
    auto seen = thread.start(follow_until(shop.feed(), Start::now(), 3));
    while (shop.feed().figures().followers == 0) std::this_thread::yield();
    shop.write(1);
    std::vector<domain::Product> import;
    for (unsigned i = 0; i < 2'000; ++i) import.push_back(product(i + 10));
    ASSERT_TRUE(run_task(shop.store().put_products(std::move(import), store::ProductWrite::apply)));
    shop.write(1);
    EXPECT_EQ(seen.get(), from_to(1, 3));
}

TEST(Feed, TellsHowFarTheSlowestIs) {
    Shop shop;
    const auto lag = run_task([](Shop& of) -> Task<Result<std::uint64_t>> {
        CO_TRY(const auto slow, co_await of.feed().follow(Start::now()));
        CO_TRY(const auto fast, co_await of.feed().follow(Start::now()));
        std::thread([&] { of.write(5); }).join();
        CO_TRY(const auto batch, co_await fast->next(many, patience));
        co_return of.feed().figures().lag;
    }(shop));
    EXPECT_EQ(lag, 5U);
    EXPECT_EQ(shop.feed().figures().lag, 0U);
    EXPECT_EQ(shop.feed().figures().newest, 5U);
}

// Of a store that other processes write to as well.

constexpr FeedSettings quick{.poll_interval = 1ms};

TEST(SharedFeed, FindsWhatOthersWroteInItsOrder) {
    SharedLog log;
    log.write({1'000, 1'000, 2'000});
    Feed feed(log, quick);
    FollowerThread thread;
    auto all = thread.start(follow_until(feed, Start::beginning(), 9'000, 1));
    auto later = thread.start(follow_until(feed, Start::behind({2'000}), 9'000));
    auto within = thread.start(follow_until(feed, Start::behind({1'000, 1}), 9'000));
    while (feed.figures().followers < 3) std::this_thread::yield();
    log.write({3'000, 3'000, 3'000});
    log.write({9'000});
    EXPECT_EQ(all.get(), (std::vector<Seq>{1'000, 1'000, 2'000, 3'000, 3'000, 3'000, 9'000}));
    EXPECT_EQ(later.get(), (std::vector<Seq>{3'000, 3'000, 3'000, 9'000}));
    EXPECT_EQ(within.get(), (std::vector<Seq>{1'000, 1'000, 2'000, 3'000, 3'000, 3'000, 9'000}));
}

TEST(SharedFeed, ACursorAheadOfItWaits) {
    SharedLog log;
    log.write({1'000});
    Feed feed(log, quick);
    FollowerThread thread;
    auto seen = thread.start(follow_until(feed, Start::behind({5'000}), 6'000));
    while (feed.figures().followers == 0) std::this_thread::yield();
    log.write({4'000, 5'000, 6'000});
    EXPECT_EQ(seen.get(), std::vector<Seq>{6'000});
}

TEST(SharedFeed, ManyFollowersCostNoMoreReadsThanOne) {
    SharedLog log;
    log.write({1'000});
    Feed feed(log, quick);
    FollowerThread thread;
    auto first = thread.start(follow_until(feed, Start::now(), 3'000));
    while (feed.figures().newest != 1'000) std::this_thread::yield();
    std::vector<std::future<Result<std::vector<Seq>>>> followed;
    for (std::size_t i = 0; i < 100; ++i) followed.push_back(thread.start(follow_until(feed, Start::now(), 3'000)));
    while (feed.figures().followers < 101) std::this_thread::yield();
    log.write({2'000, 3'000});
    for (auto& one : followed) EXPECT_EQ(one.get(), (std::vector<Seq>{2'000, 3'000}));
    EXPECT_EQ(first.get(), (std::vector<Seq>{2'000, 3'000}));
    EXPECT_EQ(feed.figures().log_reads, 0U);
}

TEST(SharedFeed, LooksIntoTheLogOnlyWhileSomebodyFollows) {
    SharedLog log;
    Feed feed(log, quick);
    EXPECT_EQ(look(feed, Start::now()), std::vector<Seq>{});
    while (feed.figures().is_polling) std::this_thread::yield();
    const auto reads = log.reads();
    EXPECT_EQ(look(feed, Start::beginning()), std::vector<Seq>{});
    EXPECT_GT(log.reads(), reads);
}

TEST(SharedFeed, AStoreThatIsAwayIsWaitedFor) {
    SharedLog log;
    log.write({1'000});
    Feed feed(log, quick);
    FollowerThread thread;
    auto seen = thread.start(follow_until(feed, Start::now(), 2'000));
    while (feed.figures().polls < 2) std::this_thread::yield();
    log.go_away(true);
    while (!feed.figures().is_failing) std::this_thread::yield();
    log.write({2'000});
    log.go_away(false);
    EXPECT_EQ(seen.get(), std::vector<Seq>{2'000});
    while (feed.figures().is_failing) std::this_thread::yield();
}

TEST(SharedFeed, WhatHasEndedByItselfHoldsNobodyUp) {
    SharedLog log;
    log.write({1'000, 2'000});
    Feed feed(log, quick);
    FollowerThread thread;
    auto first = thread.start(follow_until(feed, Start::now(), 3'000));
    while (feed.figures().newest != 2'000) std::this_thread::yield();
    log.expire(2'000);
    auto second = thread.start(follow_until(feed, Start::beginning(), 3'000));
    while (feed.figures().followers < 2) std::this_thread::yield();
    log.write({3'000});
    EXPECT_EQ(first.get(), std::vector<Seq>{3'000});
    EXPECT_EQ(second.get(), std::vector<Seq>{3'000});
}

}  // namespace
}  // namespace cartwheel::changes
