#include "cartwheel/http/metrics.h"

#include <gmock/gmock.h>

#include <numeric>

namespace cartwheel::http {
namespace {

TEST(Metrics, CountsByRouteStatusAndDuration) {
    WorkerMetrics metrics(2);
    metrics.count_request(0, 200, std::chrono::microseconds(90));
    metrics.count_request(0, 404, std::chrono::microseconds(101));
    metrics.count_request(2, 200, std::chrono::seconds(60));
    ServerFigures figures;
    metrics.add_to(figures);
    metrics.add_to(figures);  // as of a second worker
    ASSERT_EQ(figures.routes.size(), 3U);
    EXPECT_EQ(figures.routes[0].by_status_class[2], 2U);
    EXPECT_EQ(figures.routes[0].by_status_class[4], 2U);
    EXPECT_EQ(figures.routes[0].by_duration[0], 2U);
    EXPECT_EQ(figures.routes[0].by_duration[1], 2U);
    EXPECT_EQ(figures.routes[0].microseconds, 382U);
    EXPECT_EQ(figures.routes[2].by_duration.back(), 2U);
    const auto& counts = figures.routes[1].by_duration;
    EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}), 0U);
}

}  // namespace
}  // namespace cartwheel::http
