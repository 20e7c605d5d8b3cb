#include "cartwheel/base/task.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <thread>

#include "support/run_task.h"

namespace cartwheel::test {
namespace {

TEST(Completion, AnotherThreadResumesTheTaskOnItsOwn) {
    const auto ask = [](std::jthread* answerer) -> Task<bool> {
        const auto before = std::this_thread::get_id();
        const auto answer = co_await Completion<std::string>::wait([answerer](Completion<std::string> done) {
            *answerer = std::jthread([done = std::move(done)]() mutable { done.resume("hello"); });
        });
        co_return answer.value() == "hello" && std::this_thread::get_id() == before;
    };
    std::jthread answerer;
    EXPECT_TRUE(run_task(ask(&answerer)));
}

TEST(Completion, OneThatIsDroppedAnswersUnavailable) {
    const auto answer = run_task(Completion<int>::wait([](const Completion<int>&) {}));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
}

TEST(Completion, OneThatIsReplacedAnswersUnavailable) {
    std::optional<Completion<int>> kept;
    std::vector<Task<Result<int>>> tasks;
    for (int i = 0; i < 2; ++i)
        tasks.push_back(Completion<int>::wait([&kept, i](Completion<int> done) {
            if (i == 0) {
                kept = std::move(done);
                return;
            }
            *kept = std::move(done);
            kept->resume(7);
        }));
    const auto answers = run_tasks(std::move(tasks));
    EXPECT_EQ(answers[0].error().code, ErrorCode::unavailable);
    EXPECT_EQ(answers[1].value(), 7);
}

TEST(Completion, ManyAreResumedWithOnePost) {
    std::vector<Completion<int>> waiting;
    std::vector<Task<Result<int>>> tasks;
    for (int i = 0; i < 3; ++i)
        tasks.push_back(Completion<int>::wait([&waiting](Completion<int> done) {
            waiting.push_back(std::move(done));
            if (waiting.size() < 3) return;
            const auto where = waiting.front().executor();
            boost::asio::post(where, [all = std::move(waiting)]() mutable {
                int number = 0;
                for (auto& each : all) each.resume_here(number++);
            });
        }));
    const auto answers = run_tasks(std::move(tasks));
    for (int i = 0; i < 3; ++i) EXPECT_EQ(answers[static_cast<std::size_t>(i)].value(), i);
}

Result<int> half(int number) {
    if (number % 2 != 0) return fail(Error::invalid("odd"));
    return number / 2;
}

TEST(Try, GivesTheValueOrLeavesWithTheError) {
    const auto quarter = [](int number) -> Result<int> {
        TRY(const auto once, half(number));
        TRY(const auto twice, half(once));
        return twice;
    };
    EXPECT_EQ(quarter(12).value(), 3);
    EXPECT_EQ(quarter(6).error().message, "odd");
    const auto task = [](int number) -> Task<Result<int>> {
        CO_TRY_VOID(half(number));
        CO_TRY(const auto once, half(number));
        co_return once;
    };
    EXPECT_EQ(run_task(task(4)).value(), 2);
    EXPECT_EQ(run_task(task(3)).error().code, ErrorCode::invalid);
}

}  // namespace
}  // namespace cartwheel::test
