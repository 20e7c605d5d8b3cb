#include "cartwheel/engines/cql/delivery.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <thread>

#include "cartwheel/base/log.h"
#include "cartwheel/base/text.h"

namespace cartwheel::engines::cql {
namespace {

constexpr std::size_t round_max = 256;          // commits whose rows go out together
constexpr std::size_t remembered = 1 << 16;     // 1 MiB
constexpr std::chrono::milliseconds pause_min{50};
constexpr std::chrono::milliseconds pause_max{2'000};

void log_exception(std::exception_ptr error) {
    try {
        std::rethrow_exception(std::move(error));
    } catch (const std::exception& what) {
        log::error(fmt::format("a delivery ended by an exception, which is a bug: {}", what.what()));
    }
}

const std::string& user_of(const Intent& intent) {
    static const std::string none;
    const auto& change = intent.commit.changes.front();
    const auto& row = change.after ? *change.after : *change.before;
    if (const auto* item = std::get_if<domain::CartItemRow>(&row)) return item->user_id.text();
    if (const auto* cart = std::get_if<domain::CartRow>(&row)) return cart->user_id.text();
    if (const auto* order = std::get_if<domain::Order>(&row)) return order->user_id.text();
    return none;
}

}  // namespace

Delivery::Delivery(Executor executor, std::size_t pending_max, Write write)
    : executor_(executor),
      pending_max_(pending_max),
      write_(std::move(write)),
      tasks_(std::move(executor), log_exception),
      delivered_(remembered) {}

bool Delivery::has_room() const {
    const std::scoped_lock lock(mutex_);
    return !is_stopping_ && pending_.size() < pending_max_;
}

std::size_t Delivery::pending() const {
    const std::scoped_lock lock(mutex_);
    return pending_.size();
}

std::optional<Time> Delivery::oldest_pending() const {
    const std::scoped_lock lock(mutex_);
    std::optional<Time> oldest;
    for (const auto& [id, entry] : pending_) oldest = std::min(oldest.value_or(Time::max()), entry.intent.commit.time);
    return oldest;
}

Task<void> Delivery::try_all() {
    // A task whose service stops meanwhile goes on as well.
    [[maybe_unused]] const auto tried = co_await Waiter::wait([this](Waiter waiter) {
        const auto gate = std::make_shared<Gate>(std::move(waiter));
        const std::scoped_lock lock(mutex_);
        if (is_stopped_) return;
        for (auto& [id, entry] : pending_) entry.gates.push_back(gate);
    });
}

void Delivery::add(Intent intent) {
    if (!intent.commit.changes.empty()) enqueue(std::move(intent), std::nullopt);
}

Task<Result<void>> Delivery::settle(Intent intent) {
    {
        const std::scoped_lock lock(mutex_);
        if (intent.commit.changes.empty() || is_delivered(intent.commit_id)) co_return Result<void>{};
    }
    co_return co_await Waiter::wait(
        [this, intent = std::move(intent)](Waiter waiter) mutable { enqueue(std::move(intent), std::move(waiter)); });
}

void Delivery::enqueue(Intent intent, std::optional<Waiter> waiter) {
    const auto id = intent.commit_id;
    std::unique_lock lock(mutex_);
    if (is_stopped_) return;  // whoever waits is dropped, and so answered; the intent stays where it is
    if (is_delivered(id)) {
        lock.unlock();
        if (waiter) waiter->resume({});
        return;
    }
    auto& lane = lanes_[stable_hash(user_of(intent)) % lanes_.size()];
    const auto [entry, is_new] = pending_.try_emplace(id, Entry{std::move(intent), {}, {}});
    if (waiter) entry->second.waiters.push_back(std::move(*waiter));
    if (is_new) lane.waiting.push_back(id);
    if (lane.is_running) return;
    lane.is_running = true;
    lock.unlock();
    boost::asio::post(executor_, [this, &lane] { tasks_.spawn(run(lane)); });
}

Task<void> Delivery::run(Lane& lane) {
    auto pause = pause_min;
    while (true) {
        const auto round = take(lane);
        if (round.empty()) co_return;
        const auto result = co_await write_(round);
        finish(round, result);
        if (result) {
            pause = pause_min;
            continue;
        }
        {
            const std::scoped_lock lock(mutex_);
            for (auto it = round.rbegin(); it != round.rend(); ++it) lane.waiting.push_front(it->commit_id);
            if (is_stopping_) {
                lane.is_running = false;
                co_return;
            }
        }
        boost::asio::steady_timer timer(executor_, pause);
        co_await timer.async_wait(use_task);
        pause = std::min(pause * 2, pause_max);
    }
}

std::vector<Intent> Delivery::take(Lane& lane) {
    std::vector<Intent> round;
    const std::scoped_lock lock(mutex_);
    while (!lane.waiting.empty() && round.size() < round_max) {
        if (const auto entry = pending_.find(lane.waiting.front()); entry != pending_.end()) round.push_back(entry->second.intent);
        lane.waiting.pop_front();
    }
    if (round.empty()) lane.is_running = false;
    return round;
}

void Delivery::finish(const std::vector<Intent>& round, const Result<void>& result) {
    std::vector<Waiter> waiters;
    std::vector<std::shared_ptr<Gate>> gates;
    {
        const std::scoped_lock lock(mutex_);
        for (const auto& intent : round) {
            const auto entry = pending_.find(intent.commit_id);
            if (entry == pending_.end()) continue;
            std::ranges::move(entry->second.waiters, std::back_inserter(waiters));
            entry->second.waiters.clear();
            std::ranges::move(entry->second.gates, std::back_inserter(gates));
            entry->second.gates.clear();
            if (!result) continue;
            pending_.erase(entry);
            remember(intent.commit_id);
        }
    }
    for (auto& waiter : waiters) waiter.resume(result);
}

void Delivery::remember(CommitId id) { delivered_[std::hash<CommitId>{}(id) % remembered] = id; }
bool Delivery::is_delivered(CommitId id) const { return delivered_[std::hash<CommitId>{}(id) % remembered] == id; }

void Delivery::stop(std::chrono::milliseconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    {
        const std::scoped_lock lock(mutex_);
        is_stopping_ = true;
    }
    // A lane that failed has ended by now or does so after its pause; what it leaves stays in the carts' intents.
    while (pending() > 0 && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    std::vector<Waiter> waiters;
    std::vector<std::shared_ptr<Gate>> gates;
    const std::scoped_lock lock(mutex_);
    is_stopped_ = true;
    for (auto& [id, entry] : pending_) {
        std::ranges::move(entry.waiters, std::back_inserter(waiters));
        std::ranges::move(entry.gates, std::back_inserter(gates));
        entry.waiters.clear();
        entry.gates.clear();
    }
}

}  // namespace cartwheel::engines::cql
