#include "cartwheel/query/queries.h"

#include <gmock/gmock.h>

#include <latch>

#include "cartwheel/engines/memory/memory_store.h"
#include "query/sql_shop.h"
#include "support/run_task.h"

namespace cartwheel::query {
namespace {

using test::run_task;
using test::run_tasks;
using test::SqlShop;
using ::testing::StartsWith;

std::unique_ptr<store::Store> in_memory(const Clock& clock) { return engines::memory::make_store(clock); }

constexpr const char* endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

TEST(Queries, AnswerManyAtOnce) {
    SqlShop shop(in_memory);
    shop.tell("products 1 20");
    Queries queries(shop.store(), shop.clock(), {.waiting_max = 100});
    std::vector<Task<Result<std::string>>> tasks;
    for (int i = 0; i < 100; ++i) tasks.push_back(queries.select("SELECT count(*) FROM product", {}));
    for (const auto& answer : run_tasks(std::move(tasks)))
        EXPECT_THAT(answer.value(), StartsWith(R"j({"columns":["count(*)"],"rows":[[20]],"truncated":false,"took_ms":)j"));
}

TEST(Queries, RefuseWhatIsTooMuchToWait) {
    SqlShop shop(in_memory);
    Queries queries(shop.store(), shop.clock(), {.threads = 1, .waiting_max = 2});
    std::atomic<bool> gone = false;
    std::latch begun(1);
    // The one thread is busy until the others have been answered.
    std::jthread busy([&] {
        const auto answer = run_task(queries.select(endless, {.time_max = std::chrono::minutes(1), .is_gone = [&, told = false]() mutable {
                                                                  if (!std::exchange(told, true)) begun.count_down();
                                                                  return gone.load();
                                                              }}));
        EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
    });
    begun.wait();
    std::vector<Task<Result<std::string>>> tasks;
    for (int i = 0; i < 2; ++i) tasks.push_back(queries.select("SELECT 1", {}));
    auto last = [](Queries& of, std::atomic<bool>& flag) -> Task<Result<std::string>> {
        auto answer = co_await of.select("SELECT 1", {});
        flag = true;
        co_return answer;
    };
    tasks.push_back(last(queries, gone));
    const auto answers = run_tasks(std::move(tasks));
    EXPECT_TRUE(answers[0]);
    EXPECT_TRUE(answers[1]);
    EXPECT_EQ(answers[2].error().code, ErrorCode::overloaded);
}

TEST(Queries, StopEndsWhatRunsAndWhatWaits) {
    SqlShop shop(in_memory);
    Queries queries(shop.store(), shop.clock(), {.threads = 1});
    std::latch begun(1);
    std::jthread stopping([&] {
        begun.wait();
        queries.stop();
    });
    std::vector<Task<Result<std::string>>> tasks;
    tasks.push_back(queries.select(endless, {.time_max = std::chrono::minutes(1), .is_gone = [&, told = false]() mutable {
                                                 if (!std::exchange(told, true)) begun.count_down();
                                                 return false;
                                             }}));
    tasks.push_back(queries.select("SELECT 1", {}));
    for (const auto& answer : run_tasks(std::move(tasks))) EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
    EXPECT_EQ(run_task(queries.select("SELECT 1", {})).error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace cartwheel::query
