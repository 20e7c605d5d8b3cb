#include "cartwheel/engines/cql/cql_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <mutex>
#include <optional>
#include <set>

#include "cartwheel/base/log.h"
#include "cartwheel/engines/cql/background.h"
#include "cartwheel/engines/cql/cluster.h"
#include "cartwheel/engines/cql/delivery.h"
#include "cartwheel/engines/cql/errors.h"
#include "cartwheel/engines/cql/select.h"
#include "cartwheel/engines/cql/user_queue.h"
#include "cartwheel/engines/cql/within.h"

namespace cartwheel::engines::cql {
namespace {

using namespace domain;
using namespace store;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds connect_pause_min{250};
constexpr milliseconds connect_pause_max{5'000};
constexpr milliseconds probe_interval{1'000};
// What a stop waits for writes, and then for deliveries; what is left of these stays in the carts' intents.
constexpr milliseconds stop_patience{3'000};
// A commit younger than this is most likely still being delivered by the process that made it.
constexpr milliseconds sweep_age_max{30'000};
// The sweep reads on slowly: a page of heads, then a rest.
constexpr milliseconds sweep_rest{200};

/// With an order that is committed and perhaps not yet in the table of orders.
void merge(OrderPage& page, const Order& order, const OrderPageRequest& request) {
    const auto is_before = [](const Order& listed, const OrderPosition& position) {
        return listed.placed_at != position.placed_at ? listed.placed_at > position.placed_at : listed.id < position.id;
    };
    const OrderPosition position{order.placed_at, order.id};
    if (request.after &&
        (position.placed_at != request.after->placed_at ? position.placed_at > request.after->placed_at : position.id <= request.after->id))
        return;
    const auto at = std::ranges::find_if(page.orders, [&](const Order& listed) { return !is_before(listed, position); });
    if (at != page.orders.end() && at->id == order.id) return;
    if (at == page.orders.end() && page.more) return;
    page.orders.insert(at, order);
    if (page.orders.size() <= request.limit) return;
    page.orders.pop_back();
    page.more = true;
}

/// Counts its lifetime.
class Counted {
public:
    explicit Counted(std::atomic<std::size_t>& count) : count_(count) { ++count_; }
    ~Counted() { --count_; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;

private:
    std::atomic<std::size_t>& count_;
};

/// The times since which something has been under way. Thread-safe.
class UnderWay {
public:
    class Since {
    public:
        Since(UnderWay& all, Time time) : all_(all) {
            const std::scoped_lock lock(all_.mutex_);
            at_ = all_.times_.insert(time);
        }
        ~Since() {
            const std::scoped_lock lock(all_.mutex_);
            all_.times_.erase(at_);
        }
        Since(const Since&) = delete;
        Since& operator=(const Since&) = delete;

    private:
        UnderWay& all_;
        std::multiset<Time>::iterator at_;
    };

    std::optional<Time> oldest() const {
        const std::scoped_lock lock(mutex_);
        return times_.empty() ? std::nullopt : std::optional(*times_.begin());
    }

private:
    mutable std::mutex mutex_;
    std::multiset<Time> times_;
};

class CqlStore final : public Store {
public:
    CqlStore(CqlSettings settings, const Clock& clock, std::unique_ptr<Driver> driver)
        : settings_(std::move(settings)),
          clock_(clock),
          driver_(std::move(driver)),
          queue_(settings_.queue_max),
          delivery_(background_.executor(), settings_.undelivered_max,
                    [this](std::vector<Intent> intents) { return deliver(std::move(intents)); }),
          tasks_(background_.executor(),
                 [](std::exception_ptr) { log::error("a task of the cluster engine ended by an exception, a bug"); }) {
        boost::asio::post(background_.executor(), [this] { tasks_.spawn(keep_connected()); });
    }
    ~CqlStore() override {
        stop();
        background_.stop();
        driver_->stop();
    }

    Task<Result<CartOutcome>> update_cart(UserId user, std::optional<RequestKey> key, CartDecision decision) override {
        if (is_stopping_) co_return fail(stopping());
        CO_TRY(const auto* cluster, connected());
        if (!delivery_.has_room()) co_return fail(Error::overloaded("Too many orders and changes wait to be written; try again later"));
        const auto deadline = steady_clock::now() + settings_.request_timeout;
        // When the time is over the write goes on without its client: it keeps its turn until what became of it is known.
        co_return co_await within(deadline, outcome_not_known(),
                                  update_in_turn(*cluster, std::move(user), std::move(key), std::move(decision), deadline));
    }

    Task<Result<CartState>> cart(UserId user) override {
        CO_TRY(const auto* cluster, connected());
        CO_TRY(auto partition, co_await writer(*cluster).read(std::move(user)));
        co_return std::move(partition.state);
    }

    Task<Result<Product>> product(ProductId id) override {
        CO_TRY(const auto* cluster, connected());
        co_return co_await cluster->products.read(id);
    }
    Task<Result<ProductPage>> products(ProductPageRequest request) override {
        CO_TRY(const auto* cluster, connected());
        co_return co_await in_time(cluster->products.page(request));
    }
    Task<Result<std::vector<Product>>> products_of(std::vector<ProductId> ids) override {
        CO_TRY(const auto* cluster, connected());
        co_return co_await in_time(cluster->products.read_all(std::move(ids)));
    }

    Task<Result<ProductTally>> put_products(std::vector<Product> products, ProductWrite mode) override {
        if (is_stopping_) co_return fail(stopping());
        CO_TRY(const auto* cluster, connected());
        const UnderWay::Since since(product_writes_, commit_clock_.latest());
        CO_TRY(auto put, co_await cluster->products.put(std::move(products), mode, commit_clock_));
        if (put.commit) heard(*put.commit);
        co_return std::move(put.tally);
    }
    Task<Result<bool>> remove_product(ProductId id) override {
        if (is_stopping_) co_return fail(stopping());
        CO_TRY(const auto* cluster, connected());
        const UnderWay::Since since(product_writes_, commit_clock_.latest());
        CO_TRY(const auto commit, co_await cluster->products.remove(id, commit_clock_));
        if (commit) heard(*commit);
        co_return commit.has_value();
    }

    Task<Result<OrderPage>> orders(UserId user, OrderPageRequest request) override {
        CO_TRY(const auto* cluster, connected());
        co_return co_await in_time(read_orders(*cluster, std::move(user), request));
    }
    Task<Result<Order>> order(UserId user, OrderId id) override {
        CO_TRY(const auto* cluster, connected());
        co_return co_await in_time(read_order(*cluster, std::move(user), id));
    }

    Task<Result<ChangePage>> changes_after(Seq after, std::size_t limit) override {
        CO_TRY(const auto* cluster, connected());
        // None of this process is passed over, and those of others have had the time of the delay to come in.
        co_await delivery_.try_all();
        auto until = commit_clock_.latest() - settings_.change_delay;
        for (const auto& oldest : {delivery_.oldest_pending(), product_writes_.oldest()})
            if (oldest) until = std::min<Time>(until, *oldest - std::chrono::microseconds(1));
        co_return co_await cluster->log.after(after, limit, until, clock_.now());
    }

    Task<Result<void>> forget_changes(Time) override { co_return Result<void>{}; }

    Task<Result<std::optional<Seq>>> kept_cursor(std::string follower) override {
        CO_TRY(const auto* cluster, connected());
        co_return co_await cluster->followers.read(std::move(follower));
    }
    Task<Result<void>> keep_cursor(std::string follower, Seq cursor) override {
        if (is_stopping_) co_return fail(stopping());
        CO_TRY(const auto* cluster, connected());
        co_return co_await cluster->followers.write(std::move(follower), cursor);
    }

    Result<std::unique_ptr<Snapshot>> snapshot() override { return fail(has_no_snapshot()); }
    Task<Result<RowSet>> select(std::string statement, std::size_t rows_max) override {
        CO_TRY(const auto* cluster, connected());
        co_return co_await cql::select(*cluster->driver, std::move(statement), rows_max,
                                       statement_defaults(settings_, settings_.statement_timeout));
    }

    void set_commit_listener(CommitListener listener) override {
        const std::scoped_lock lock(listener_mutex_);
        listener_ = std::move(listener);
    }

    StoreFigures figures() const override {
        StoreFigures figures;
        const auto driver = driver_->figures();
        figures.queue_depth = queue_.waiting();
        figures.last_seq = last_seq_;
        figures.commits = commits_;
        figures.batches = commits_;
        figures.refused = driver.refused;
        figures.undelivered = delivery_.pending();
        figures.background_statements = background_statements_;
        figures.statements = driver.sent - std::min(driver.sent, figures.background_statements);
        return figures;
    }

    std::string_view name() const noexcept override { return "cql"; }
    bool is_ready() const noexcept override { return is_ready_; }
    bool is_shared() const noexcept override { return true; }

    void stop() override {
        if (is_stopping_.exchange(true)) return;
        queue_.close();
        const auto until = steady_clock::now() + stop_patience;
        while (updates_running_ > 0 && steady_clock::now() < until) std::this_thread::sleep_for(milliseconds(1));
        delivery_.stop(stop_patience);
        if (const auto left = delivery_.pending(); left > 0)
            log::warn(fmt::format("{} commits' orders and change rows are left for the next process that touches their carts", left));
    }

private:
    static Error stopping() { return Error::unavailable("The service is stopping"); }

    Result<const Cluster*> connected() const {
        if (const auto* cluster = current_.load(std::memory_order_acquire)) return cluster;
        return fail(Error::unavailable("The cluster has not answered yet; try again later"));
    }

    /// A read of several statements.
    template <class T>
    Task<Result<T>> in_time(Task<Result<T>> read) {
        return within(steady_clock::now() + settings_.request_timeout, took_too_long(), std::move(read));
    }

    CartWriter writer(const Cluster& cluster) {
        return {*driver_, cluster.carts, cluster.products, delivery_, commit_clock_, cluster.keyspace.dialect};
    }

    Task<Result<CartOutcome>> update_in_turn(const Cluster& cluster, UserId user, std::optional<RequestKey> key, CartDecision decision,
                                             steady_clock::time_point deadline) {
        const Counted running(updates_running_);
        CO_TRY(const auto turn, co_await queue_.enter(user));
        if (is_stopping_) co_return fail(stopping());
        if (steady_clock::now() >= deadline) co_return fail(Error::overloaded("Too many writes to this cart wait; try again later"));
        CO_TRY(auto written, co_await writer(cluster).update(std::move(user), std::move(key), std::move(decision), deadline));
        if (written.commit) heard(*written.commit);
        co_return std::move(written.outcome);
    }

    Task<Result<OrderPage>> read_orders(const Cluster& cluster, UserId user, OrderPageRequest request) {
        // First what is owed: an order that is delivered in between is then in the table.
        CO_TRY(const auto owed, co_await writer(cluster).intent(user));
        CO_TRY(auto page, co_await cluster.orders.page(std::move(user), request));
        if (const auto* order = owed ? order_of(*owed) : nullptr) merge(page, *order, request);
        co_return page;
    }
    Task<Result<Order>> read_order(const Cluster& cluster, UserId user, OrderId id) {
        CO_TRY(const auto owed, co_await writer(cluster).intent(user));
        if (const auto* order = owed ? order_of(*owed) : nullptr; order != nullptr && order->id == id) co_return *order;
        co_return co_await cluster.orders.one(std::move(user), id);
    }

    void heard(const Commit& commit) {
        ++commits_;
        const std::scoped_lock lock(listener_mutex_);
        last_seq_ = std::max(last_seq_.load(), commit.seq);
        if (listener_) listener_(commit);
    }

    Task<Result<void>> deliver(std::vector<Intent> intents) {
        CO_TRY(const auto* cluster, connected());
        co_return co_await cluster->deliver(std::move(intents), commit_clock_, background_statements_);
    }

    Task<void> rest(milliseconds time) {
        boost::asio::steady_timer timer(background_.executor(), time);
        co_await timer.async_wait(use_task);
    }

    /// Connects, then looks every second whether a quorum answers.
    Task<void> keep_connected() {
        auto pause = connect_pause_min;
        for (std::string told;;) {
            auto opened = co_await Cluster::open(*driver_, settings_);
            if (opened) {
                cluster_ = *std::move(opened);
                break;
            }
            if (opened.error().message != told) log::warn(fmt::format("not ready: {}", opened.error().message));
            told = opened.error().message;
            co_await rest(pause);
            pause = std::min(pause * 2, connect_pause_max);
        }
        current_.store(cluster_.get(), std::memory_order_release);
        is_ready_ = true;
        log::info(fmt::format("connected to {}, keyspace {}", cluster_->keyspace.dialect == Dialect::scylla ? "ScyllaDB" : "Cassandra",
                              cluster_->keyspace.name));
        tasks_.spawn(sweep());
        while (true) {
            co_await rest(probe_interval);
            ++background_statements_;
            const auto answer = co_await cluster_->products.read(ProductId());
            const bool is_well = answer || answer.error().code == ErrorCode::not_found;
            if (is_well != is_ready_.exchange(is_well))
                log::warn(is_well ? "ready again: a quorum of the cluster answers" : "not ready: " + answer.error().message);
        }
    }

    /// From time to time looks at all carts for what a process that ended has left undelivered.
    Task<void> sweep() {
        while (true) {
            co_await rest(settings_.sweep_interval);
            std::string paging_state;
            do {
                ++background_statements_;
                auto next = co_await writer(*cluster_).sweep(std::move(paging_state), std::min(settings_.sweep_interval, sweep_age_max));
                if (!next) {
                    log::warn(fmt::format("the look for undelivered changes stopped early: {}", next.error().message));
                    break;
                }
                paging_state = *std::move(next);
                co_await rest(std::min(sweep_rest, settings_.sweep_interval));
            } while (!paging_state.empty());
        }
    }

    const CqlSettings settings_;
    const Clock& clock_;
    CommitClock commit_clock_{clock_};
    std::unique_ptr<Driver> driver_;
    UserQueue queue_;
    Background background_;
    UnderWay product_writes_;  ///< they write their rows of the log themselves, a great import for some time
    Delivery delivery_;
    TaskGroup tasks_;

    std::unique_ptr<const Cluster> cluster_;       // set once, by the background thread
    std::atomic<const Cluster*> current_{nullptr};  // it, once it may be used
    std::atomic<bool> is_ready_{false};
    std::atomic<bool> is_stopping_{false};

    std::atomic<std::size_t> updates_running_{0};

    std::mutex listener_mutex_;
    CommitListener listener_;
    std::atomic<Seq> last_seq_{0};
    std::atomic<std::uint64_t> commits_{0};
    std::atomic<std::uint64_t> background_statements_{0};
};

}  // namespace

Result<std::unique_ptr<Store>> open_store(CqlSettings settings, const Clock& clock) {
    TRY(auto driver, Driver::start(driver_settings(settings, settings.statement_timeout)));
    return std::make_unique<CqlStore>(std::move(settings), clock, std::move(driver));
}

}  // namespace cartwheel::engines::cql
