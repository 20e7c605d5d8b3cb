#pragma once
// Reads the log of a store that other processes write to as well, once for all followers of this process, while there are any.
// Owned by the feed; has a thread of its own. What fails is tried again, at longer and longer intervals.

#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "cartwheel/changes/feed_state.h"

namespace cartwheel::changes {

class FeedPoller {
public:
    explicit FeedPoller(std::shared_ptr<FeedState> state);
    FeedPoller(const FeedPoller&) = delete;
    FeedPoller& operator=(const FeedPoller&) = delete;
    /// Waits for a read that is under way.
    ~FeedPoller();

    /// Somebody follows.
    void begin();
    void request_stop() { thread_.request_stop(); }
    void add_to(FeedFigures& figures) const;

private:
    void run(const std::stop_token& stop);
    Result<bool> poll();
    Result<store::ChangePage> read(domain::Seq after, std::size_t commits_max);
    bool somebody_follows() const;

    std::shared_ptr<FeedState> state_;
    std::optional<domain::Seq> seq_;  ///< all up to here was given to followers
    std::atomic<std::uint64_t> polls_{0};
    std::atomic<std::uint64_t> failed_polls_{0};
    std::atomic<bool> is_polling_{false};
    std::atomic<bool> is_failing_{false};

    std::mutex mutex_;
    std::condition_variable_any bell_;
    bool is_rung_ = false;
    boost::asio::io_context context_{1};
    std::jthread thread_;
};

}  // namespace cartwheel::changes
