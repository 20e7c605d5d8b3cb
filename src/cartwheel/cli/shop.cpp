#include "cartwheel/cli/shop.h"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

namespace cartwheel::cli {
namespace {

using namespace std::chrono_literals;
using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

constexpr client::Timeouts timeouts{.connect = 5s, .answer = 10s};
constexpr auto patience = 30s;           // with a shop that does not answer
constexpr auto patience_at_the_end = 5s;
constexpr auto nap_max = 500ms;          // so that a run ends soon after it is told to

std::string_view word_for(const Error& error) {
    return error.code == ErrorCode::deadline ? "timed out" : error.code == ErrorCode::unavailable ? "connection lost" : "not readable";
}

}  // namespace

Shop::Shop(const Executor& executor, const client::Address& address, std::size_t connections, std::optional<double> rate,
           Clock::time_point end, LoadMeter& meter, const Interrupt& interrupt)
    : executor_(executor), pool_(executor, address, connections, timeouts), end_(end), meter_(meter), interrupt_(interrupt) {
    if (rate) interval_ = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / *rate));
}

/// When the next request is meant to be sent, whether or not the shop keeps up.
Shop::Clock::time_point Shop::next_slot() {
    const auto slot = slot_;
    slot_ += *interval_;
    return slot;
}

Task<void> Shop::wait(Clock::time_point until) {
    Timer timer(executor_);
    while (!is_over() && Clock::now() < until) {
        timer.expires_at(std::min(until, Clock::now() + nap_max));
        boost::system::error_code error;
        co_await timer.async_wait(boost::asio::redirect_error(use_task, error));
    }
}

Task<std::optional<client::Response>> Shop::ask(Call call, client::Request request) {
    std::optional<Clock::time_point> intended;
    if (interval_ && !is_over()) {
        intended = next_slot();
        co_await wait(*intended);
    }
    const auto first = Clock::now();
    for (int attempt = 1;; ++attempt) {
        auto answer = co_await pool_.send(request);
        const auto now = Clock::now();
        constexpr unsigned conflict = 409;
        // The first attempt may still be under way when the second arrives; after that the shop keeps its answer for both.
        const bool understood = answer.response && answer.response->status < 500 && !(attempt > 1 && answer.response->status == conflict);
        if (understood) {
            meter_.answered(call, std::chrono::duration_cast<std::chrono::microseconds>(now - intended.value_or(answer.begun)));
            co_return std::move(*answer.response);
        }
        meter_.failed(call, answer.response ? std::to_string(answer.response->status) : word_for(answer.response.error()));
        if (now - first > (is_over() ? patience_at_the_end : patience)) co_return std::nullopt;
        Timer timer(executor_, std::min<Clock::duration>(attempt * 50ms, 1s));
        boost::system::error_code error;
        co_await timer.async_wait(boost::asio::redirect_error(use_task, error));
    }
}

}  // namespace cartwheel::cli
