#include "cartwheel/query/filter_plan.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <vector>

#include "cartwheel/changes/change_time.h"

namespace cartwheel::query {
namespace {

using changes::ChangeTime;

TEST(Timeuuids, SortAsTheChangeLogDoes) {
    std::mt19937_64 random(7);
    std::vector<ChangeTime> times;
    for (int i = 0; i < 300; ++i) {
        // Many of one moment, some a little later, some much.
        const auto time =
            Time(std::chrono::microseconds(1'700'000'000'000'000 + (i % 3) * static_cast<std::int64_t>(random() >> (i % 40 + 14))));
        times.push_back(ChangeTime::of(time, changes::CommitId::random()));
    }
    for (const auto& left : times)
        for (const auto& right : times) {
            const int order = compare_timeuuids(left.uuid().text(), right.uuid().text());
            ASSERT_EQ(order < 0, left < right);
            ASSERT_EQ(order > 0, left > right);
        }
}

TEST(Timeuuids, StandBeforeWhatIsNoneAndTheCaseOfLettersIsNothing) {
    const auto text = ChangeTime::of(Time(std::chrono::seconds(1'700'000'000)), changes::CommitId::random()).uuid().text();
    auto upper = text;
    std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    EXPECT_EQ(compare_timeuuids(text, upper), 0);
    EXPECT_LT(compare_timeuuids(text, ""), 0);
    EXPECT_GT(compare_timeuuids("", text), 0);
    EXPECT_LT(compare_timeuuids(text, "00000000-0000-4000-8000-000000000000"), 0);
    EXPECT_LT(compare_timeuuids("a", "b"), 0);
}

}  // namespace
}  // namespace cartwheel::query
