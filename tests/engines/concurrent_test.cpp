// The contract under several io threads at once: nothing is lost, nothing happens twice, and everything is answered.
#include <latch>
#include <set>
#include <thread>

#include "engines/contract.h"

namespace cartwheel::test {
namespace {

using namespace domain;
using namespace store;
using ::testing::SizeIs;

constexpr unsigned threads = 4;

class ConcurrentContract : public StoreContract {
protected:
    /// Runs `work` on `threads` threads that begin together; each has its own io_context.
    template <class Work>
    static void on_threads(Work work) {
        std::latch begin(threads);
        std::vector<std::jthread> running;
        for (unsigned number = 0; number < threads; ++number)
            running.emplace_back([&begin, &work, number] {
                begin.arrive_and_wait();
                work(number);
            });
    }
};
INSTANTIATE_TEST_SUITE_P(Engines, ConcurrentContract, ::testing::ValuesIn(engines()), [](const auto& info) { return info.param.name; });

TEST_P(ConcurrentContract, PutsIntoOneCartFromAllThreadsAreAllInIt) {
    const auto ann = user("ann");
    on_threads([&](unsigned number) {
        std::vector<Task<Result<CartOutcome>>> tasks;
        for (unsigned i = 0; i < 50; ++i)
            tasks.push_back(store().update_cart(ann, std::nullopt, test::put(ann, product_id(number * 50 + i))));
        for (const auto& outcome : run_tasks(std::move(tasks))) EXPECT_TRUE(outcome && outcome->answer);
    });
    EXPECT_EQ(cart(ann).version, threads * 50);
    EXPECT_THAT(cart(ann).active->lines, SizeIs(threads * 50));
    EXPECT_THAT(log(), SizeIs(threads * 50));
}

TEST_P(ConcurrentContract, PutsThatRaceCheckoutsAreInAnOrderOrInTheNextCart) {
    const auto ann = user("ann");
    std::vector<Product> products;
    for (unsigned i = 0; i < threads * 30; ++i) products.push_back(product(i));
    put_products(products);
    on_threads([&](unsigned number) {
        std::vector<Task<Result<CartOutcome>>> tasks;
        for (unsigned i = 0; i < 30; ++i) {
            tasks.push_back(store().update_cart(ann, std::nullopt, test::put(ann, product_id(number * 30 + i))));
            if (i % 5 == 0) tasks.push_back(store().update_cart(ann, std::nullopt, test::check_out(ann, clock().now())));
        }
        for (const auto& outcome : run_tasks(std::move(tasks))) EXPECT_TRUE(outcome);
    });
    std::multiset<ProductId> bought;
    for (const auto& order : run_task(store().orders(ann, {1000, std::nullopt})).value().orders)
        for (const auto& line : order.lines) bought.insert(line.product_id);
    for (const auto& line : cart(ann).active.value_or(Cart{}).lines) bought.insert(line.product_id);
    EXPECT_THAT(bought, SizeIs(threads * 30));
    EXPECT_THAT(std::set(bought.begin(), bought.end()), SizeIs(threads * 30));
}

TEST_P(ConcurrentContract, OneKeyFromAllThreadsActsOnce) {
    const auto ann = user("ann");
    std::atomic<unsigned> first{0};
    on_threads([&](unsigned) {
        std::vector<Task<Result<CartOutcome>>> tasks;
        for (unsigned i = 0; i < 10; ++i) tasks.push_back(store().update_cart(ann, key("k"), test::put(ann, product_id(1))));
        for (const auto& outcome : run_tasks(std::move(tasks)))
            if (!outcome.value().replayed) ++first;
    });
    EXPECT_EQ(first, 1U);
    EXPECT_EQ(cart(ann).version, 1U);
}

TEST_P(ConcurrentContract, NoReaderSeesACartOlderThanAnyReaderSawBefore) {
    constexpr Version writes = 200;
    const auto ann = user("ann");
    std::atomic<Version> newest{0};  // that any reader saw
    const auto read_on = [](Store* store, UserId who, std::atomic<Version>* newest) -> Task<bool> {
        for (Version seen = 0; seen < writes;) {
            const Version before = newest->load();
            const auto state = (co_await store->cart(who)).value();
            if (state.version < before || state.active.value_or(Cart{}).lines.size() != state.version) co_return false;
            seen = state.version;
            for (auto known = newest->load(); known < seen && !newest->compare_exchange_weak(known, seen);) {
            }
            co_await boost::asio::post(use_task);
        }
        co_return true;
    };
    on_threads([&](unsigned number) {
        if (number != 0) {
            EXPECT_TRUE(run_task(read_on(&store(), ann, &newest)));
            return;
        }
        for (unsigned i = 0; i < writes; ++i) EXPECT_TRUE(run_task(store().update_cart(ann, std::nullopt, test::put(ann, product_id(i)))));
    });
}

TEST_P(ConcurrentContract, AStopAnswersEverything) {
    std::atomic<unsigned> done{0};
    std::atomic<unsigned> refused{0};
    const auto write = [](Store* store, unsigned number, std::atomic<unsigned>* done, std::atomic<unsigned>* refused) -> Task<bool> {
        const auto who = user(std::to_string(number));
        for (unsigned i = 0; i < 1000; ++i) {
            const auto outcome = co_await store->update_cart(who, std::nullopt, test::put(who, product_id(i)));
            if (!outcome) {
                EXPECT_EQ(outcome.error().code, ErrorCode::unavailable);
                ++*refused;
                co_return true;
            }
            ++*done;
        }
        co_return false;
    };
    on_threads([&](unsigned number) {
        if (number == 0) {
            while (done < 100) std::this_thread::yield();
            store().stop();
            return;
        }
        std::vector<Task<bool>> tasks;
        for (unsigned i = 0; i < 20; ++i) tasks.push_back(write(&store(), number * 100 + i, &done, &refused));
        for (const bool ended : run_tasks(std::move(tasks))) EXPECT_TRUE(ended);
    });
    EXPECT_EQ(refused, (threads - 1) * 20);
    EXPECT_THAT(log(), SizeIs(done.load())) << "what was answered is there, and nothing else";
}

}  // namespace
}  // namespace cartwheel::test
