#include "cartwheel/changes/feed.h"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <limits>
#include <utility>

#include "cartwheel/changes/feed_poller.h"
#include "cartwheel/changes/feed_state.h"

namespace cartwheel::changes {
namespace {

using domain::Seq;
using std::chrono::steady_clock;

constexpr std::size_t batch_bytes_max = std::size_t{1} << 20;
constexpr std::size_t small_batch_bytes = batch_bytes_max / 8;
constexpr std::size_t first_read_commits = 64;

}  // namespace

/// What a follower finds when it looks whether there is something for it.
struct Follower::Look {
    enum class Kind : std::uint8_t { stopped, commits, read_the_log, nothing, wait } kind;
    CommitBatch commits{};
};

Follower::Follower(std::shared_ptr<FeedState> state, Executor executor)
    : state_(std::move(state)), timer_(executor), read_max_(first_read_commits) {
    state_->enter(*this);
}

Follower::~Follower() { state_->leave(*this); }

void Follower::wake() {
    is_woken_ = true;
    timer_.cancel();
}

Follower::Look Follower::look(std::size_t commits_max, steady_clock::time_point end) {
    const std::scoped_lock lock(state_->mutex);
    state_->forget_waiting(*this);
    if (state_->is_stopped) return {Look::Kind::stopped};
    const auto seq = seq_.load(std::memory_order_relaxed);
    if (!is_caught_up_ || (state_->base && seq < *state_->base)) {
        // All up to here can be read in the log by now.
        is_caught_up_ = false;
        return {Look::Kind::read_the_log};
    }
    if (auto commits = state_->behind(seq, commits_max, batch_bytes_max); !commits.empty()) {
        return {Look::Kind::commits, give(std::move(commits))};
    }
    if (is_woken_ || steady_clock::now() >= end) return {Look::Kind::nothing};
    timer_.expires_at(end);
    state_->await(*this);
    return {Look::Kind::wait};
}

Task<Result<CommitBatch>> Follower::next(std::size_t commits_max, std::chrono::milliseconds wait) {
    const auto end = steady_clock::now() + wait;
    if (!first_.empty()) co_return give(std::exchange(first_, {}));
    for (;;) {
        auto found = look(commits_max, end);
        switch (found.kind) {
            case Look::Kind::stopped: co_return fail(Error::unavailable("The service is stopping"));
            case Look::Kind::commits: co_return std::move(found.commits);
            case Look::Kind::nothing: is_woken_ = false; co_return CommitBatch{};
            case Look::Kind::read_the_log: {
                CO_TRY(auto commits, co_await read(commits_max));
                if (!commits.empty()) co_return give(std::move(commits));
                break;
            }
            case Look::Kind::wait: {
                boost::system::error_code woken;
                co_await timer_.async_wait(boost::asio::redirect_error(use_task, woken));
                break;
            }
        }
    }
}

/// From the log. None: it is caught up.
Task<Result<CommitBatch>> Follower::read(std::size_t commits_max) {
    const auto base = state_->base_now();
    const auto seq = seq_.load(std::memory_order_relaxed);
    ++state_->log_reads;
    CO_TRY(auto page, co_await state_->store.changes_after(seq, std::clamp<std::size_t>(read_max_, 1, commits_max)));
    if (page.commits.empty()) {
        is_caught_up_ = true;
        // What was in memory alone then began behind `base`, and up to there is nothing: in a cluster it may have ended by itself.
        if (base && *base > seq) seq_.store(*base, std::memory_order_relaxed);
        co_return CommitBatch{};
    }
    CommitBatch commits;
    commits.reserve(page.commits.size());
    std::size_t bytes = 0;
    for (auto& commit : page.commits) {
        bytes += bytes_of(commit);
        commits.push_back(std::make_shared<const domain::Commit>(std::move(commit)));
    }
    if (bytes > batch_bytes_max) read_max_ = std::max<std::size_t>(1, read_max_ / 4);
    else if (bytes < small_batch_bytes) read_max_ = std::min(2 * read_max_, state_->settings.commits_max);
    co_return commits;
}

CommitBatch Follower::give(CommitBatch commits) {
    seq_.store(commits.back()->seq, std::memory_order_relaxed);
    return commits;
}

Feed::Feed(store::Store& store, FeedSettings settings) : state_(std::make_shared<FeedState>(store, settings)) {
    if (store.is_shared()) poller_ = std::make_unique<FeedPoller>(state_);
}

Feed::~Feed() { stop(); }

void Feed::stop() {
    {
        const std::scoped_lock lock(state_->mutex);
        state_->is_stopped = true;
        state_->wake_all();
    }
    if (poller_) poller_->request_stop();
}

void Feed::heard(const domain::Commit& commit) {
    if (poller_) return;  // it finds all commits in their order, those of this process too
    const std::scoped_lock lock(state_->mutex);
    state_->newest = std::max(state_->newest.value_or(0), commit.seq);
    if (state_->followers.empty()) return;
    state_->add(commit);
    state_->wake_all();
}

Task<Result<Seq>> Feed::newest() {
    if (const auto known = state_->newest_now()) co_return *known;
    CO_TRY(const auto page, co_await state_->store.changes_after(std::numeric_limits<Seq>::max(), 1));
    co_return page.last;
}

Task<Result<std::unique_ptr<Follower>>> Feed::follow(Start start) {
    auto executor = co_await boost::asio::this_coro::executor;
    // Entered first, so that whatever comes from now on is kept in memory for it.
    std::unique_ptr<Follower> follower(new Follower(state_, std::move(executor)));
    if (state_->is_stopped) co_return fail(Error::unavailable("The service is stopping"));
    if (poller_) poller_->begin();
    if (start.is_beginning()) co_return follower;
    if (start.is_now()) {
        CO_TRY(follower->seq_, co_await newest());
        follower->is_caught_up_ = true;
        co_return follower;
    }
    const auto whole_seq = start.cursor().whole_seq();
    follower->seq_ = whole_seq;
    if (!poller_) {
        CO_TRY(const auto newest_seq, co_await newest());
        if (start.cursor().seq > newest_seq)
            co_return fail(
                Error::invalid("This cursor is ahead of the shop's changes, so it is of another shop; start at beginning or now"));
        follower->is_caught_up_ = whole_seq == newest_seq;
    }
    if (follower->is_caught_up_ || state_->holds_all_behind(whole_seq)) {
        follower->is_caught_up_ = true;
        co_return follower;
    }
    CO_TRY(follower->first_, co_await follower->read(first_read_commits));
    // Behind 0 is the oldest commit that is kept, whichever that is.
    const bool lacks_some = !poller_ && whole_seq == 0 && !follower->first_.empty() && follower->first_.front()->seq != 1;
    if (lacks_some) co_return fail(store::changes_are_gone());
    co_return follower;
}

FeedFigures Feed::figures() const {
    FeedFigures figures;
    {
        const std::scoped_lock lock(state_->mutex);
        figures.followers = state_->followers.size();
        figures.newest = state_->newest.value_or(0);
        for (const auto* follower : state_->followers)
            figures.lag = std::max(figures.lag, figures.newest - std::min<std::uint64_t>(figures.newest, follower->seq()));
    }
    figures.log_reads = state_->log_reads;
    if (poller_) poller_->add_to(figures);
    return figures;
}

}  // namespace cartwheel::changes
