#pragma once
// Where the change log begins. Commits before it are forgotten, though their bytes lie about until RocksDB merges or removes the files
// that they are in; so forgetting costs the writers nothing. Owned by Database; thread-safe.

#include <atomic>
#include <mutex>
#include <set>

#include "cartwheel/domain/change.h"

namespace cartwheel::engines::rocks {

class LogStart {
public:
    /// The oldest commit that is kept, when there is any.
    domain::Seq first() const noexcept { return first_.load(std::memory_order_acquire); }

    /// Commits before this one may be dropped: nobody looks at them any more.
    domain::Seq droppable_before() const noexcept { return droppable_before_.load(std::memory_order_acquire); }

    /// Once that is durable. Never goes back.
    void move_to(domain::Seq first) {
        const std::scoped_lock lock(mutex_);
        if (first <= this->first()) return;
        first_.store(first, std::memory_order_release);
        update();
    }

    /// Keeps commits from dropping from the oldest that is kept now on.
    class Hold {
    public:
        explicit Hold(LogStart& start) : start_(start) {
            const std::scoped_lock lock(start_.mutex_);
            place_ = start_.held_.insert(start_.first());
        }
        ~Hold() {
            const std::scoped_lock lock(start_.mutex_);
            start_.held_.erase(place_);
            start_.update();
        }
        Hold(const Hold&) = delete;
        Hold& operator=(const Hold&) = delete;

        domain::Seq first() const noexcept { return *place_; }

    private:
        LogStart& start_;
        std::multiset<domain::Seq>::const_iterator place_;
    };

private:
    /// The mutex is held.
    void update() { droppable_before_.store(held_.empty() ? first() : *held_.begin(), std::memory_order_release); }

    std::mutex mutex_;
    std::multiset<domain::Seq> held_;
    std::atomic<domain::Seq> first_{1};
    std::atomic<domain::Seq> droppable_before_{1};
};

}  // namespace cartwheel::engines::rocks
