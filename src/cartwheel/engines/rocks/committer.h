#pragma once
// The one thread that decides and writes. It takes all that waits, makes it durable with one sync, and wakes each io thread once;
// the sync before is the window in which the next group gathers. Owned by the store; `push` on any thread.
// A write that cannot be made durable ends the process, unless it is space that is missing: then its group is answered `full`.

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <variant>
#include <vector>

#include "cartwheel/base/task.h"
#include "cartwheel/engines/rocks/batch.h"
#include "cartwheel/engines/rocks/database.h"
#include "cartwheel/engines/rocks/durable_writer.h"

namespace cartwheel::engines::rocks {

struct CartWrite {
    domain::UserId user;
    std::optional<store::RequestKey> key;
    store::CartDecision decision;
    Completion<store::CartOutcome> done;
};
struct ProductsWrite {
    std::vector<domain::Product> products;
    Completion<store::ProductTally> done;
};
struct ProductRemoval {
    domain::ProductId id;
    Completion<bool> done;
};
struct CursorWrite {
    std::string follower;
    domain::Seq cursor;
    Completion<void> done;
};
/// The log is to begin at `first`, which is there.
struct Forgetting {
    domain::Seq first;
    Completion<void> done;
};
using Write = std::variant<CartWrite, ProductsWrite, ProductRemoval, CursorWrite, Forgetting>;

class Committer {
public:
    /// `last` is the newest commit in the database.
    Committer(const Database& database, HotState& hot, const RocksSettings& settings, const Clock& clock,
              const std::optional<domain::Commit>& last);
    ~Committer();
    Committer(const Committer&) = delete;
    Committer& operator=(const Committer&) = delete;

    /// Answers the write, at once when there is no room for it.
    void push(Write write);
    void set_listener(store::Store::CommitListener listener) { listener_ = std::move(listener); }
    /// The newest durable commit.
    domain::Seq last_seq() const noexcept { return last_seq_.load(std::memory_order_acquire); }
    store::StoreFigures figures() const;
    /// Takes no more writes, finishes those it has, ends the thread.
    void stop();

private:
    struct Waiting {
        Write write;
        std::chrono::steady_clock::time_point since;
    };
    class Answers;

    void run();
    bool take(std::vector<Waiting>& taken);
    std::size_t commit(std::vector<Waiting>& taken, std::size_t from);
    Result<void> forget(domain::Seq first);

    const Database& database_;
    HotState& hot_;
    const Reads reads_;
    const RocksSettings& settings_;
    const Clock& clock_;
    store::Store::CommitListener listener_;
    DurableWriter writer_;
    Time last_time_{};  ///< of the newest commit: times never go back

    mutable std::mutex mutex_;
    std::condition_variable work_;
    std::vector<Waiting> queue_;
    bool sleeping_ = false;
    bool stopping_ = false;

    std::atomic<domain::Seq> last_seq_{0};
    std::atomic<std::uint64_t> commits_{0};
    std::atomic<std::uint64_t> batches_{0};
    std::atomic<std::uint64_t> refused_{0};

    std::thread thread_;
};

}  // namespace cartwheel::engines::rocks
