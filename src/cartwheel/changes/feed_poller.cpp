#include "cartwheel/changes/feed_poller.h"

#include <boost/asio/co_spawn.hpp>
#include <limits>

#include "cartwheel/base/log.h"

namespace cartwheel::changes {
namespace {

using domain::Seq;

constexpr std::size_t page_commits = 1'000;
constexpr std::chrono::milliseconds pause_max{10'000};

Task<void> keep(Task<Result<store::ChangePage>> task, Result<store::ChangePage>& out) { out = co_await std::move(task); }

}  // namespace

FeedPoller::FeedPoller(std::shared_ptr<FeedState> state)
    : state_(std::move(state)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

FeedPoller::~FeedPoller() = default;

void FeedPoller::begin() {
    {
        const std::scoped_lock lock(mutex_);
        is_rung_ = true;
    }
    bell_.notify_one();
}

bool FeedPoller::somebody_follows() const {
    const std::scoped_lock lock(state_->mutex);
    return !state_->followers.empty();
}

void FeedPoller::add_to(FeedFigures& figures) const {
    figures.polls = polls_;
    figures.failed_polls = failed_polls_;
    figures.is_polling = is_polling_;
    figures.is_failing = is_failing_;
}

void FeedPoller::run(const std::stop_token& stop) {
    auto pause = state_->settings.poll_interval;
    while (!stop.stop_requested()) {
        if (!somebody_follows()) {
            is_polling_ = false;
            seq_.reset();
            {
                // What was found is no longer the newest; nobody is to begin behind it.
                const std::scoped_lock lock(state_->mutex);
                if (state_->followers.empty()) state_->newest.reset();
            }
            std::unique_lock lock(mutex_);
            bell_.wait(lock, stop, [this] { return is_rung_; });
            is_rung_ = false;
            continue;
        }
        is_polling_ = true;
        const auto more = poll();
        ++polls_;
        if (!more) {
            ++failed_polls_;
            if (!is_failing_.exchange(true) && !stop.stop_requested()) log::warn("changes cannot be read: " + more.error().message);
            pause = std::min(2 * pause, std::max(pause_max, state_->settings.poll_interval));
        } else {
            if (is_failing_.exchange(false)) log::info("changes can be read again");
            pause = state_->settings.poll_interval;
            if (*more) continue;
        }
        std::unique_lock lock(mutex_);
        bell_.wait_for(lock, stop, pause, [] { return false; });
    }
}

/// Whether there may be more at once.
Result<bool> FeedPoller::poll() {
    if (!seq_) {
        TRY(const auto page, read(std::numeric_limits<Seq>::max(), 1));
        seq_ = page.last;
        const std::scoped_lock lock(state_->mutex);
        state_->newest = page.last;
        state_->begin_behind(page.last);
        state_->wake_all();
        return true;
    }
    auto page = read(*seq_, page_commits);
    if (!page && page.error().code == ErrorCode::gone) {
        // Followers who lack something ask the store themselves, and hear it from there.
        seq_.reset();
        return true;
    }
    if (!page) return fail(std::move(page).error());
    if (page->commits.empty()) return false;
    seq_ = page->commits.back().seq;
    const std::scoped_lock lock(state_->mutex);
    for (const auto& commit : page->commits) state_->add(commit);
    state_->newest = *seq_;
    state_->wake_all();
    return page->commits.size() >= page_commits;
}

Result<store::ChangePage> FeedPoller::read(Seq after, std::size_t commits_max) {
    Result<store::ChangePage> page = fail(Error::internal("not run"));
    std::exception_ptr failure;
    boost::asio::co_spawn(context_, keep(state_->store.changes_after(after, commits_max), page),
                          [&](std::exception_ptr error) { failure = std::move(error); });
    context_.restart();
    context_.run();
    if (failure) std::rethrow_exception(failure);
    return page;
}

}  // namespace cartwheel::changes
