#include "cartwheel/changes/feed_state.h"

#include <algorithm>

namespace cartwheel::changes {
namespace {

using domain::Seq;

struct BytesOf {
    std::size_t operator()(const domain::Product& product) const { return product.name.size() + product.image.size(); }
    std::size_t operator()(const domain::CartRow& row) const { return row.user_id.text().size(); }
    std::size_t operator()(const domain::CartItemRow& row) const { return row.user_id.text().size(); }
    std::size_t operator()(const domain::Order& order) const {
        std::size_t bytes = order.user_id.text().size();
        for (const auto& line : order.lines) bytes += sizeof line + line.name.size();
        return bytes;
    }
};

}  // namespace

std::size_t bytes_of(const domain::Commit& commit) {
    std::size_t bytes = sizeof commit;
    for (const auto& change : commit.changes) {
        bytes += sizeof change;
        for (const auto* row : {&change.before, &change.after})
            if (*row) bytes += std::visit(BytesOf{}, **row);
    }
    return bytes;
}

void FeedState::enter(Follower& follower) {
    const std::scoped_lock lock(mutex);
    followers.insert(&follower);
}

void FeedState::leave(Follower& follower) {
    const std::scoped_lock lock(mutex);
    forget_waiting(follower);
    followers.erase(&follower);
    if (!followers.empty()) return;
    commits.clear();
    commits_bytes = 0;
    base.reset();
}

std::optional<Seq> FeedState::base_now() const {
    const std::scoped_lock lock(mutex);
    return base;
}

std::optional<Seq> FeedState::newest_now() const {
    const std::scoped_lock lock(mutex);
    return newest;
}

bool FeedState::holds_all_behind(Seq seq) const {
    const std::scoped_lock lock(mutex);
    return base && seq >= *base;
}

void FeedState::begin_behind(Seq seq) {
    commits.clear();
    commits_bytes = 0;
    base = seq;
}

void FeedState::drop_oldest() {
    // All of a seq or none: whoever is behind it reads it whole in the log.
    base = commits.front()->seq;
    while (!commits.empty() && commits.front()->seq == *base) {
        commits_bytes -= std::min(commits_bytes, bytes_of(*commits.front()));
        commits.pop_front();
    }
}

void FeedState::add(const domain::Commit& commit) {
    if (!base) base = commit.seq - 1;
    const auto bytes = bytes_of(commit);
    // A great import would drive out all others; it is read from the log.
    if (bytes > settings.bytes_max / 4) return begin_behind(commit.seq);
    commits.push_back(std::make_shared<const domain::Commit>(commit));
    commits_bytes += bytes;
    while (commits.size() > settings.commits_max || commits_bytes > settings.bytes_max) drop_oldest();
}

CommitBatch FeedState::behind(Seq seq, std::size_t commits_max, std::size_t bytes_max) const {
    CommitBatch found;
    std::size_t bytes = 0;
    for (auto at = std::ranges::upper_bound(commits, seq, {}, [](const SharedCommit& commit) { return commit->seq; }); at != commits.end();
         ++at) {
        const bool is_full = found.size() >= commits_max || bytes > bytes_max;
        if (is_full && (*at)->seq != found.back()->seq) break;
        bytes += bytes_of(**at);
        found.push_back(*at);
    }
    return found;
}

void FeedState::await(Follower& follower) {
    auto executor = follower.timer_.get_executor();
    auto& group = groups_[&executor.context()];
    if (!group) group = std::make_shared<Group>(executor);
    group->waiting.push_back(follower);
}

void FeedState::forget_waiting(Follower& follower) {
    if (!follower.waiting_.is_linked()) return;
    auto executor = follower.timer_.get_executor();
    const auto found = groups_.find(&executor.context());
    auto& waiting = found->second->waiting;
    waiting.erase(waiting.iterator_to(follower));
    if (waiting.empty()) groups_.erase(found);
}

void FeedState::wake_all() {
    for (const auto& entry : groups_) {
        const auto& group = entry.second;
        if (group->is_waking) continue;
        group->is_waking = true;
        boost::asio::post(group->executor, [state = shared_from_this(), group] { wake(state, group); });
    }
}

/// On the thread of the followers, so that none of them ends meanwhile.
void FeedState::wake(const std::shared_ptr<FeedState>& state, const std::shared_ptr<Group>& group) {
    std::vector<Follower*> woken;
    {
        const std::scoped_lock lock(state->mutex);
        while (!group->waiting.empty()) {
            woken.push_back(&group->waiting.front());
            group->waiting.pop_front();
        }
        auto executor = group->executor;
        const auto found = state->groups_.find(&executor.context());
        if (found != state->groups_.end() && found->second == group) state->groups_.erase(found);
    }
    for (auto* follower : woken) follower->timer_.cancel();
}

}  // namespace cartwheel::changes
