#pragma once
// Brings what commits owe to other partitions (intents) there, in the background: what gathers while one round of writes is under way goes
// out together in the next, so that change rows of many carts share statements. A round that fails is repeated until it succeeds; what a
// process leaves undelivered at its end stays in the carts' intents for whoever comes next.
// Thread-safe; owned by the store, runs on the io_context it is given.

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "cartwheel/base/task.h"
#include "cartwheel/base/task_group.h"
#include "cartwheel/engines/cql/intent.h"

namespace cartwheel::engines::cql {

class Delivery {
public:
    /// Writes what these intents owe. Repeating it does no harm. All of them count as undelivered when it fails.
    using Write = std::function<Task<Result<void>>(std::vector<Intent>)>;

    Delivery(Executor executor, std::size_t pending_max, Write write);

    /// Whether one more commit may be made; else writes are to be refused.
    bool has_room() const;

    /// Takes over a commit that this process made.
    void add(Intent intent);

    /// Returns when the intent that was found in a cart is delivered. At once for one that this process delivered lately; one that
    /// another process left is delivered here. Errors: unavailable (the round failed; it is repeated all the same).
    Task<Result<void>> settle(Intent intent);

    /// Returns when each commit that is pending now was tried once. Look at `oldest_pending` for what may have failed.
    Task<void> try_all();

    std::size_t pending() const;
    /// The time of the oldest commit that is not delivered, if there is one.
    std::optional<Time> oldest_pending() const;

    /// Takes no more; returns when all is delivered or `patience` is over, and has then answered everyone who waits. Blocks; not on the
    /// io_context's thread.
    void stop(std::chrono::milliseconds patience);

private:
    using Waiter = Completion<void>;
    /// Resumes its task when the last who shares it lets go: each of the commits that the task waits for.
    struct Gate {
        explicit Gate(Waiter task) : waiter(std::move(task)) {}
        ~Gate() { waiter.resume({}); }
        Gate(const Gate&) = delete;
        Gate& operator=(const Gate&) = delete;
        Waiter waiter;
    };
    struct Entry {
        Intent intent;
        std::vector<Waiter> waiters;
        std::vector<std::shared_ptr<Gate>> gates;
    };
    /// Users are spread over lanes; rounds of one lane follow each other, so a slow statement holds up a part only.
    struct Lane {
        std::deque<CommitId> waiting;
        bool is_running = false;
    };

    void enqueue(Intent intent, std::optional<Waiter> waiter);
    Task<void> run(Lane& lane);
    std::vector<Intent> take(Lane& lane);
    void finish(const std::vector<Intent>& round, const Result<void>& result);
    void remember(CommitId id);
    bool is_delivered(CommitId id) const;

    Executor executor_;
    std::size_t pending_max_;
    Write write_;
    TaskGroup tasks_;

    mutable std::mutex mutex_;
    std::unordered_map<CommitId, Entry> pending_;
    std::array<Lane, 4> lanes_;
    std::vector<CommitId> delivered_;  ///< of late, each at the place that its bytes say; later ones displace earlier ones
    bool is_stopping_ = false;  ///< nothing is repeated any more
    bool is_stopped_ = false;  ///< nobody waits any more
};

}  // namespace cartwheel::engines::cql
