#pragma once
// Gives committed changes to whoever follows them, from any cursor onward, each at least once and none left out.
// The newest commits are kept in memory while anybody follows: as the store tells them, or, where other processes write too, as one reader
// for all followers finds them in the store's log. Who is further behind reads the log.
// Owned by the composition root; thread-safe. A Follower belongs to the io_context that it was made on, which one thread runs; a commit
// costs its writer one wake-up for each such thread, however many follow there.

#include <atomic>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/intrusive/list_hook.hpp>
#include <chrono>
#include <memory>
#include <vector>

#include "cartwheel/base/task.h"
#include "cartwheel/changes/cursor.h"
#include "cartwheel/store/store.h"

namespace cartwheel::changes {

struct FeedSettings {
    std::size_t commits_max = 65'536;                   ///< in memory
    std::size_t bytes_max = std::size_t{32} << 20;      ///< in memory, about
    std::chrono::milliseconds poll_interval{500};       ///< between looks into the log of a shared store
};

/// Shared by those who follow at the same time.
using SharedCommit = std::shared_ptr<const domain::Commit>;

/// All commits of each seq in it, in commit order.
using CommitBatch = std::vector<SharedCommit>;

struct FeedFigures {
    std::uint64_t followers = 0;
    std::uint64_t newest = 0;          ///< seq of the newest commit that is known
    std::uint64_t lag = 0;             ///< what the slowest follower lacks of it; in a cluster microseconds
    std::uint64_t log_reads = 0;       ///< by followers who were behind what is in memory
    std::uint64_t polls = 0;           ///< of a shared store
    std::uint64_t failed_polls = 0;
    bool is_polling = false;           ///< somebody follows a shared store
    bool is_failing = false;           ///< the last poll failed
};

class Feed;
class FeedPoller;
struct FeedState;

class Follower {
public:
    ~Follower();
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;

    /// What is behind the cursor: about `commits_max` commits, fewer where they are large. Waits until there are some, at most `wait`, then
    /// gives none. Errors: gone (some behind the cursor are kept no longer), unavailable (the feed has stopped), those of the store; who
    /// asks again after such an error misses nothing.
    Task<Result<CommitBatch>> next(std::size_t commits_max, std::chrono::milliseconds wait);

    /// The last seq that it was given, or began behind.
    domain::Seq seq() const noexcept { return seq_.load(std::memory_order_relaxed); }

    /// Lets a `next` that waits, or else the next one that would, give none at once. On its own thread.
    void wake();

private:
    friend class Feed;
    friend struct FeedState;
    struct Look;
    using Timer =
        boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

    Follower(std::shared_ptr<FeedState> state, Executor executor);

    Look look(std::size_t commits_max, std::chrono::steady_clock::time_point end);
    Task<Result<CommitBatch>> read(std::size_t commits_max);
    CommitBatch give(CommitBatch commits);

    std::shared_ptr<FeedState> state_;  ///< with the feed, which may end before it
    Timer timer_;
    std::atomic<domain::Seq> seq_{0};
    CommitBatch first_;  ///< read when it began
    std::size_t read_max_;  ///< commits, so that a batch of large ones is no heap of memory
    bool is_caught_up_ = false;  ///< nothing is behind `seq_` but what is, or will be, in memory
    bool is_woken_ = false;
    boost::intrusive::list_member_hook<> waiting_;  ///< among those of its thread, while it waits
};

class Feed {
public:
    explicit Feed(store::Store& store, FeedSettings settings = {});
    ~Feed();
    Feed(const Feed&) = delete;
    Feed& operator=(const Feed&) = delete;

    /// To be called for every commit of this process, in their order, when it is durable and can be read.
    void heard(const domain::Commit& commit);

    /// A cursor within a seq begins with all of that seq again; its `change` says how many the follower knows.
    /// Errors: gone (some behind the cursor are kept no longer), invalid (the cursor is ahead of the store; in a cluster it may be, and is
    /// waited for), unavailable, and those of the store.
    Task<Result<std::unique_ptr<Follower>>> follow(Start start);

    /// The newest seq that a follower could have been given by now. Errors: those of the store.
    Task<Result<domain::Seq>> newest();

    FeedFigures figures() const;

    /// Whoever follows is told `unavailable`. Does not wait; safe to call twice.
    void stop();

private:
    std::shared_ptr<FeedState> state_;
    std::unique_ptr<FeedPoller> poller_;  ///< of a shared store
};

}  // namespace cartwheel::changes
