#pragma once
// Lets one write of a user in at a time, in the order in which they came. Conditional statements of one user that meet in the cluster cost
// each other whole rounds (32 writers on one user: p99 908 ms instead of 28), so those of one process queue here and never meet.
// Thread-safe; a turn may end on any thread, and the next writer resumes on its own. The queue must outlive its turns.

#include <cstddef>
#include <memory>
#include <string>

#include "cartwheel/base/task.h"
#include "cartwheel/domain/user_id.h"

namespace cartwheel::engines::cql {

class UserQueue {
public:
    /// At most `waiting_max` writers wait, over all users.
    explicit UserQueue(std::size_t waiting_max);
    ~UserQueue();
    UserQueue(const UserQueue&) = delete;
    UserQueue& operator=(const UserQueue&) = delete;

    /// A user's turn; the next one begins when this is destroyed.
    class Turn {
    public:
        Turn(Turn&& other) noexcept : queue_(std::exchange(other.queue_, nullptr)), user_(std::move(other.user_)) {}
        Turn& operator=(Turn&&) = delete;
        ~Turn() {
            if (queue_ != nullptr) queue_->leave(user_);
        }

    private:
        friend class UserQueue;
        Turn(UserQueue* queue, std::string user) : queue_(queue), user_(std::move(user)) {}
        UserQueue* queue_;
        std::string user_;
    };

    /// Errors: overloaded (too many wait), unavailable (closed).
    Task<Result<Turn>> enter(domain::UserId user);

    /// Answers all who wait, and lets nobody in any more.
    void close();

    std::size_t waiting() const noexcept;

private:
    void leave(const std::string& user) noexcept;

    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace cartwheel::engines::cql
