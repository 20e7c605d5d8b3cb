#pragma once
// Counts and durations of requests. Each io thread counts for itself, without contention; readers add them up.

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

namespace cartwheel::http {

/// Upper bounds of the duration buckets, in seconds; one more bucket holds what is longer.
inline constexpr std::array<double, 14> duration_bounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                                        0.025,  0.05,    0.1,    0.25,  0.5,    1.0,   5.0};

struct RouteFigures {
    std::array<std::uint64_t, 6> by_status_class{};  ///< index 2: 2xx, and so on
    std::array<std::uint64_t, duration_bounds.size() + 1> by_duration{};
    std::uint64_t microseconds = 0;

    void add(const RouteFigures& other) noexcept;
};

struct ServerFigures {
    std::vector<RouteFigures> routes;  ///< as Router::routes(), and one more for requests without a route
    std::uint64_t connections_open = 0;
    std::uint64_t connections_accepted = 0;
    std::uint64_t connections_refused = 0;  ///< over the limit
    std::uint64_t requests_running = 0;
    std::uint64_t requests_shed = 0;  ///< answered 503 because too many were running
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
};

/// One thread writes; any thread reads.
class Counter {
public:
    void add(std::uint64_t amount) noexcept { value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed); }
    std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

/// The counters of one io thread.
class WorkerMetrics {
public:
    explicit WorkerMetrics(std::size_t routes) : routes_(routes + 1) {}

    void count_request(std::size_t route, int status, std::chrono::nanoseconds took) noexcept;
    void add_to(ServerFigures& figures) const;

    Counter connections_accepted;
    Counter connections_closed;
    Counter connections_refused;
    Counter requests_begun;
    Counter requests_ended;
    Counter requests_shed;
    Counter bytes_in;
    Counter bytes_out;

private:
    struct RouteCounters {
        std::array<Counter, 6> by_status_class;
        std::array<Counter, duration_bounds.size() + 1> by_duration;
        Counter microseconds;
    };
    std::vector<RouteCounters> routes_;
};

}  // namespace cartwheel::http
