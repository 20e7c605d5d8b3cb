#include "cartwheel/engines/rocks/committer.h"

#include <pthread.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "cartwheel/engines/rocks/give_up.h"
#include "cartwheel/engines/rocks/keys.h"

namespace cartwheel::engines::rocks {

using namespace store;

namespace {

/// Past this many bytes a group is written and the rest of what was taken makes the next one.
constexpr std::size_t group_bytes_max = 4UL << 20;

template <class T>
struct Ready {
    Completion<T> done;
    Result<T> result;
};

void answer(Write& write, const Error& error) {
    std::visit([&](auto& each) { each.done.resume(fail(error)); }, write);
}

}  // namespace

/// What is to be answered when a group is durable, gathered by the io thread that it belongs to.
class Committer::Answers {
public:
    template <class T>
    void add(Completion<T> done, Result<T> result) {
        const auto where = done.executor();
        auto group = std::ranges::find(groups_, where, &Group::where);
        if (group == groups_.end()) group = groups_.insert(groups_.end(), Group{where, {}});
        group->ready.emplace_back(Ready<T>{std::move(done), std::move(result)});
    }

    void send() {
        for (auto& group : groups_)
            boost::asio::post(group.where, [ready = std::move(group.ready)]() mutable {
                for (auto& each : ready) std::visit([](auto& one) { one.done.resume_here(std::move(one.result)); }, each);
            });
        groups_.clear();
    }

    void fail_all(const Error& error) {
        for (auto& group : groups_)
            for (auto& each : group.ready) std::visit([&](auto& one) { one.result = fail(error); }, each);
    }

private:
    struct Group {
        Executor where;
        std::vector<std::variant<Ready<CartOutcome>, Ready<ProductTally>, Ready<bool>, Ready<void>>> ready;
    };
    std::vector<Group> groups_;
};

Committer::Committer(const Database& database, HotState& hot, const RocksSettings& settings, const Clock& clock,
                     const std::optional<domain::Commit>& last)
    : database_(database), hot_(hot), reads_(database, hot), settings_(settings), clock_(clock), writer_(database) {
    if (last) {
        last_seq_ = last->seq;
        last_time_ = last->time;
    }
    thread_ = std::thread([this] { run(); });
}

Committer::~Committer() { stop(); }

void Committer::push(Write write) {
    std::optional<Error> refusal;
    bool wake = false;
    {
        const std::scoped_lock lock(mutex_);
        if (stopping_) {
            refusal = Error::unavailable("The service is stopping");
        } else if (queue_.size() >= settings_.queue_max) {
            refusal = Error::overloaded("Too many writes are waiting");
            refused_.fetch_add(1, std::memory_order_relaxed);
        } else {
            queue_.push_back({std::move(write), std::chrono::steady_clock::now()});
            wake = std::exchange(sleeping_, false);
        }
    }
    if (refusal) answer(write, *refusal);
    if (wake) work_.notify_one();
}

StoreFigures Committer::figures() const {
    StoreFigures figures;
    {
        const std::scoped_lock lock(mutex_);
        figures.queue_depth = queue_.size();
    }
    figures.last_seq = last_seq();
    figures.commits = commits_.load(std::memory_order_relaxed);
    figures.batches = batches_.load(std::memory_order_relaxed);
    figures.syncs = database_.log_syncs();
    figures.refused = refused_.load(std::memory_order_relaxed);
    return figures;
}

void Committer::stop() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
        sleeping_ = false;
    }
    work_.notify_one();
    if (thread_.joinable()) thread_.join();
}

bool Committer::take(std::vector<Waiting>& taken) {
    std::unique_lock lock(mutex_);
    while (queue_.empty()) {
        if (stopping_) return false;
        sleeping_ = true;
        work_.wait(lock, [this] { return !sleeping_; });
    }
    taken.swap(queue_);
    return true;
}

void Committer::run() {
    pthread_setname_np(pthread_self(), "committer");
    std::vector<Waiting> taken;
    try {
        while (take(taken)) {
            for (std::size_t done = 0; done < taken.size();) done = commit(taken, done);
            taken.clear();
        }
    } catch (const std::exception& error) {
        give_up(error.what());
    }
}

Result<void> Committer::forget(domain::Seq first) {
    auto& start = database_.log_start();
    if (first <= start.first()) return {};
    rocksdb::WriteBatch batch;
    batch.Put(database_.families().meta, std::string(first_commit_key), seq_value(first)).PermitUncheckedError();
    if (!writer_.write_anyway(batch)) return fail(Error::full("The disk is full"));
    start.move_to(first);
    return {};
}

/// Decides and writes those of `taken` from `from` on that go into one group, and gives where the next group begins.
std::size_t Committer::commit(std::vector<Waiting>& taken, std::size_t from) {
    // By itself, because it is done also when the disk is too full for others.
    if (auto* forgetting = std::get_if<Forgetting>(&taken[from].write)) {
        forgetting->done.resume(forget(forgetting->first));
        return from + 1;
    }
    Batch batch(database_, reads_, last_seq(), std::max(last_time_, clock_.now()));
    Answers answers;
    const auto too_old = std::chrono::steady_clock::now() - settings_.queue_wait_max;
    std::size_t at = from;
    for (; at < taken.size() && batch.writes().GetDataSize() < group_bytes_max; ++at) {
        auto& [write, since] = taken[at];
        if (std::holds_alternative<Forgetting>(write)) break;
        if (since < too_old) {
            refused_.fetch_add(1, std::memory_order_relaxed);
            answer(write, Error::overloaded("The write waited too long for its turn"));
        } else if (auto* cart = std::get_if<CartWrite>(&write)) {
            answers.add(std::move(cart->done), batch.update_cart(cart->user, cart->key, cart->decision));
        } else if (auto* products = std::get_if<ProductsWrite>(&write)) {
            answers.add(std::move(products->done), batch.put_products(std::move(products->products)));
        } else if (auto* cursor = std::get_if<CursorWrite>(&write)) {
            batch.keep_cursor(cursor->follower, cursor->cursor);
            answers.add(std::move(cursor->done), Result<void>{});
        } else {
            auto& removal = std::get<ProductRemoval>(write);
            answers.add(std::move(removal.done), batch.remove_product(removal.id));
        }
    }
    if (batch.writes().Count() > 0) {
        batch.begin_change(hot_);
        if (writer_.write(batch.writes())) {
            batch.end_change(hot_);
            if (!batch.commits().empty()) {
                last_time_ = batch.commits().back().time;
                last_seq_.store(batch.commits().back().seq, std::memory_order_release);
            }
            commits_.fetch_add(batch.commits().size(), std::memory_order_relaxed);
            batches_.fetch_add(1, std::memory_order_relaxed);
            if (listener_)
                for (const auto& commit : batch.commits()) listener_(commit);
        } else {
            batch.undo_change(hot_);
            answers.fail_all(Error::full("The disk is full"));
        }
    }
    answers.send();
    return at;
}

}  // namespace cartwheel::engines::rocks
