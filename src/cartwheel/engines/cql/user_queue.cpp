#include "cartwheel/engines/cql/user_queue.h"

#include <array>
#include <atomic>
#include <deque>
#include <mutex>
#include <unordered_map>

#include "cartwheel/base/text.h"

namespace cartwheel::engines::cql {

struct UserQueue::Parts {
    using Waiter = Completion<Turn>;
    struct Shard {
        std::mutex mutex;
        std::unordered_map<std::string, std::deque<Waiter>> busy;  ///< users with a turn, and who waits for the next
    };
    Shard& shard_of(const std::string& user) { return shards[stable_hash(user) % shards.size()]; }

    std::array<Shard, 64> shards;
    std::size_t waiting_max = 0;
    std::atomic<std::size_t> waiting{0};
    std::atomic<bool> is_closed{false};
};

namespace {

Error stopping() { return Error::unavailable("The service is stopping"); }

}  // namespace

UserQueue::UserQueue(std::size_t waiting_max) : parts_(std::make_unique<Parts>()) { parts_->waiting_max = waiting_max; }
UserQueue::~UserQueue() = default;

Task<Result<UserQueue::Turn>> UserQueue::enter(domain::UserId user) {
    auto& shard = parts_->shard_of(user.text());
    {
        const std::scoped_lock lock(shard.mutex);
        if (parts_->is_closed) co_return fail(stopping());
        if (shard.busy.try_emplace(user.text()).second) co_return Turn(this, user.text());
    }
    if (parts_->waiting.fetch_add(1) >= parts_->waiting_max) {
        parts_->waiting.fetch_sub(1);
        co_return fail(Error::overloaded("Too many writes wait; try again later"));
    }
    auto turn = co_await Completion<Turn>::wait([this, &shard, name = user.text()](Completion<Turn> completion) {
        std::unique_lock lock(shard.mutex);
        if (parts_->is_closed) return;  // dropped, and so answered
        const auto [entry, is_free] = shard.busy.try_emplace(name);
        if (!is_free) {
            entry->second.push_back(std::move(completion));
            return;
        }
        lock.unlock();
        completion.resume(Turn(this, name));
    });
    parts_->waiting.fetch_sub(1);
    co_return turn;
}

void UserQueue::leave(const std::string& user) noexcept {
    auto& shard = parts_->shard_of(user);
    std::unique_lock lock(shard.mutex);
    const auto entry = shard.busy.find(user);
    if (entry == shard.busy.end()) return;
    if (entry->second.empty()) {
        shard.busy.erase(entry);
        return;
    }
    auto next = std::move(entry->second.front());
    entry->second.pop_front();
    lock.unlock();
    next.resume(Turn(this, user));
}

void UserQueue::close() {
    parts_->is_closed = true;
    for (auto& shard : parts_->shards) {
        std::unordered_map<std::string, std::deque<Parts::Waiter>> left;
        const std::scoped_lock lock(shard.mutex);
        left.swap(shard.busy);
    }
}

std::size_t UserQueue::waiting() const noexcept { return parts_->waiting.load(std::memory_order_relaxed); }

}  // namespace cartwheel::engines::cql
