#pragma once
// What a feed and its followers share: the newest commits, and who waits for the next ones. Private to the feed. It outlives the feed while
// followers or handlers on their threads hold it; the store is not used by then.

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/intrusive/list.hpp>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_set>

#include "cartwheel/changes/feed.h"

namespace cartwheel::changes {

/// About what a commit takes in memory.
std::size_t bytes_of(const domain::Commit& commit);

struct FeedState : std::enable_shared_from_this<FeedState> {
    FeedState(store::Store& store_in, FeedSettings settings_in) : store(store_in), settings(settings_in) {}

    /// The followers of one thread who wait. One wake-up is for all of them.
    struct Group {
        explicit Group(Executor executor_in) : executor(std::move(executor_in)) {}
        Executor executor;
        using Hook = boost::intrusive::member_hook<Follower, boost::intrusive::list_member_hook<>, &Follower::waiting_>;
        boost::intrusive::list<Follower, Hook> waiting;
        bool is_waking = false;
    };

    void enter(Follower& follower);
    void leave(Follower& follower);
    std::optional<domain::Seq> base_now() const;
    std::optional<domain::Seq> newest_now() const;
    bool holds_all_behind(domain::Seq seq) const;

    // The mutex is held in all of these.
    void add(const domain::Commit& commit);
    void begin_behind(domain::Seq seq);
    CommitBatch behind(domain::Seq seq, std::size_t commits_max, std::size_t bytes_max) const;
    void await(Follower& follower);
    void forget_waiting(Follower& follower);
    void wake_all();

    store::Store& store;
    const FeedSettings settings;
    std::atomic<std::uint64_t> log_reads{0};
    std::atomic<bool> is_stopped{false};

    mutable std::mutex mutex;
    std::deque<SharedCommit> commits;  ///< by seq
    std::size_t commits_bytes = 0;
    std::optional<domain::Seq> base;  ///< `commits` are all behind this one; none: nothing came since somebody follows
    std::optional<domain::Seq> newest;  ///< none: nothing came since the start
    std::unordered_set<Follower*> followers;

private:
    void drop_oldest();
    static void wake(const std::shared_ptr<FeedState>& state, const std::shared_ptr<Group>& group);

    std::map<boost::asio::execution_context*, std::shared_ptr<Group>> groups_;  ///< those with somebody who waits
};

}  // namespace cartwheel::changes
