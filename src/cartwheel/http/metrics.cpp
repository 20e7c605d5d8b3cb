#include "cartwheel/http/metrics.h"

#include <algorithm>

namespace cartwheel::http {

void RouteFigures::add(const RouteFigures& other) noexcept {
    for (std::size_t i = 0; i < by_status_class.size(); ++i) by_status_class[i] += other.by_status_class[i];
    for (std::size_t i = 0; i < by_duration.size(); ++i) by_duration[i] += other.by_duration[i];
    microseconds += other.microseconds;
}

void WorkerMetrics::count_request(std::size_t route, int status, std::chrono::nanoseconds took) noexcept {
    auto& counters = routes_[std::min(route, routes_.size() - 1)];
    counters.by_status_class[static_cast<std::size_t>(std::clamp(status / 100, 0, 5))].add(1);
    const double seconds = std::chrono::duration<double>(took).count();
    const auto bucket = std::ranges::lower_bound(duration_bounds, seconds) - duration_bounds.begin();
    counters.by_duration[static_cast<std::size_t>(bucket)].add(1);
    counters.microseconds.add(static_cast<std::uint64_t>(took.count() / 1000));
}

void WorkerMetrics::add_to(ServerFigures& figures) const {
    figures.routes.resize(routes_.size());
    for (std::size_t route = 0; route < routes_.size(); ++route) {
        RouteFigures one;
        for (std::size_t i = 0; i < one.by_status_class.size(); ++i) one.by_status_class[i] = routes_[route].by_status_class[i].value();
        for (std::size_t i = 0; i < one.by_duration.size(); ++i) one.by_duration[i] = routes_[route].by_duration[i].value();
        one.microseconds = routes_[route].microseconds.value();
        figures.routes[route].add(one);
    }
    figures.connections_accepted += connections_accepted.value();
    figures.connections_open += connections_accepted.value() - connections_closed.value();
    figures.connections_refused += connections_refused.value();
    figures.requests_running += requests_begun.value() - requests_ended.value();
    figures.requests_shed += requests_shed.value();
    figures.bytes_in += bytes_in.value();
    figures.bytes_out += bytes_out.value();
}

}  // namespace cartwheel::http
