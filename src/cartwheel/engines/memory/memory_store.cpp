#include "cartwheel/engines/memory/memory_store.h"

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "cartwheel/store/kept_answer.h"

namespace cartwheel::engines::memory {
namespace {

using namespace domain;
using namespace store;

/// Orders of a user as they are listed: newest first, those of one moment by id.
struct NewestFirst {
    bool operator()(const OrderPosition& a, const OrderPosition& b) const {
        return a.placed_at != b.placed_at ? a.placed_at > b.placed_at : a.id < b.id;
    }
};

struct UserData {
    CartState cart;
    std::map<OrderPosition, Order, NewestFirst> orders;
    std::unordered_map<std::string, KeptAnswer> answers;  ///< by key
};

/// Along values that are kept elsewhere.
template <class T>
class SpanScan final : public Scan<T> {
public:
    explicit SpanScan(std::span<const T> values) : left_(values) {}

    Result<const T*> next() override {
        if (left_.empty()) return nullptr;
        const auto* value = &left_.front();
        left_ = left_.subspan(1);
        return value;
    }

private:
    std::span<const T> left_;
};

/// A copy of all.
struct Copy final : public Snapshot {
    std::vector<Product> all_products;
    std::vector<UserCart> all_carts;
    std::vector<Order> all_orders;
    std::vector<Commit> all_commits;

    std::unique_ptr<Scan<Product>> products(std::optional<ProductId> only) override { return scan(all_products, only, &Product::id); }
    std::unique_ptr<Scan<UserCart>> carts(std::optional<UserId> only) override { return scan(all_carts, only, &UserCart::user_id); }
    std::unique_ptr<Scan<Order>> orders(std::optional<UserId> only) override { return scan(all_orders, only, &Order::user_id); }
    std::unique_ptr<Scan<Commit>> commits(Time from, Time before) override {
        const auto first = std::ranges::lower_bound(all_commits, from, {}, &Commit::time);
        const auto end = std::ranges::lower_bound(all_commits, before, {}, &Commit::time);
        return std::make_unique<SpanScan<Commit>>(first < end ? std::span(first, end) : std::span<const Commit>());
    }

private:
    template <class T, class Key>
    static std::unique_ptr<Scan<T>> scan(const std::vector<T>& values, const std::optional<Key>& only, Key T::* key) {
        const auto range = only ? std::ranges::equal_range(values, *only, {}, key) : std::ranges::subrange(values);
        return std::make_unique<SpanScan<T>>(std::span<const T>(range));
    }
};

class MemoryStore final : public Store {
public:
    explicit MemoryStore(const Clock& clock) : clock_(clock) {}

    Task<Result<CartOutcome>> update_cart(UserId user, std::optional<RequestKey> key, CartDecision decision) override {
        const std::scoped_lock lock(mutex_);
        co_return decide(user, key, decision);
    }

    Task<Result<CartState>> cart(UserId user) override {
        const std::scoped_lock lock(mutex_);
        const auto found = users_.find(user.text());
        co_return found == users_.end() ? CartState{} : found->second.cart;
    }

    Task<Result<Product>> product(ProductId id) override {
        const std::scoped_lock lock(mutex_);
        const auto found = products_.find(id);
        if (found == products_.end()) co_return fail(Error::not_found("Product not found"));
        co_return found->second;
    }

    Task<Result<ProductPage>> products(ProductPageRequest request) override {
        const std::scoped_lock lock(mutex_);
        ProductPage page;
        auto at = request.after ? products_.upper_bound(*request.after) : products_.begin();
        for (; at != products_.end() && page.products.size() < request.limit; ++at) page.products.push_back(at->second);
        page.more = at != products_.end();
        co_return page;
    }

    Task<Result<std::vector<Product>>> products_of(std::vector<ProductId> ids) override {
        const std::scoped_lock lock(mutex_);
        std::vector<Product> found;
        for (const auto& id : ids)
            if (const auto at = products_.find(id); at != products_.end()) found.push_back(at->second);
        co_return found;
    }

    Task<Result<ProductTally>> put_products(std::vector<Product> products, ProductWrite mode) override {
        const std::scoped_lock lock(mutex_);
        if (stopped_) co_return fail(stopping());
        co_return put(std::move(products), mode);
    }

    Task<Result<bool>> remove_product(ProductId id) override {
        const std::scoped_lock lock(mutex_);
        if (stopped_) co_return fail(stopping());
        const auto found = products_.find(id);
        if (found == products_.end()) co_return false;
        std::vector<RowChange> changes;
        changes.push_back({Operation::remove, std::move(found->second), std::nullopt});
        products_.erase(found);
        commit(std::move(changes));
        co_return true;
    }

    Task<Result<OrderPage>> orders(UserId user, OrderPageRequest request) override {
        const std::scoped_lock lock(mutex_);
        OrderPage page;
        const auto found = users_.find(user.text());
        if (found == users_.end()) co_return page;
        const auto& orders = found->second.orders;
        auto at = request.after ? orders.upper_bound(*request.after) : orders.begin();
        for (; at != orders.end() && page.orders.size() < request.limit; ++at) page.orders.push_back(at->second);
        page.more = at != orders.end();
        co_return page;
    }

    Task<Result<Order>> order(UserId user, OrderId id) override {
        const std::scoped_lock lock(mutex_);
        if (const auto found = users_.find(user.text()); found != users_.end())
            for (const auto& [position, order] : found->second.orders)
                if (position.id == id) co_return order;
        co_return fail(Error::not_found("Order not found"));
    }

    Task<Result<ChangePage>> changes_after(Seq after, std::size_t limit) override {
        const std::scoped_lock lock(mutex_);
        if (log_.empty()) co_return ChangePage{};
        const auto forgotten = log_.front().seq - 1;
        if (after != 0 && after < forgotten) co_return fail(changes_are_gone());
        const auto from = std::min<std::size_t>(std::max(after, forgotten) - forgotten, log_.size());
        const auto count = std::min(limit, log_.size() - from);
        const auto first = log_.begin() + static_cast<std::ptrdiff_t>(from);
        co_return ChangePage{{first, first + static_cast<std::ptrdiff_t>(count)}, last_seq()};
    }

    Task<Result<void>> forget_changes(Time before) override {
        const std::scoped_lock lock(mutex_);
        while (log_.size() > 1 && log_.front().time < before) log_.pop_front();
        co_return Result<void>{};
    }

    Task<Result<std::optional<Seq>>> kept_cursor(std::string follower) override {
        const std::scoped_lock lock(mutex_);
        const auto found = cursors_.find(follower);
        co_return found == cursors_.end() ? std::nullopt : std::optional(found->second);
    }

    Task<Result<void>> keep_cursor(std::string follower, Seq cursor) override {
        const std::scoped_lock lock(mutex_);
        if (stopped_) co_return fail(stopping());
        cursors_.insert_or_assign(std::move(follower), cursor);
        co_return Result<void>{};
    }

    Result<std::unique_ptr<Snapshot>> snapshot() override {
        const std::scoped_lock lock(mutex_);
        auto copy = std::make_unique<Copy>();
        for (const auto& [id, product] : products_) copy->all_products.push_back(product);
        for (const auto& [name, data] : users_)
            if (data.cart.version != 0) copy->all_carts.push_back({UserId::trusted(name), data.cart});
        std::ranges::sort(copy->all_carts, {}, &UserCart::user_id);
        for (const auto& each : copy->all_carts)
            for (const auto& [position, order] : users_.find(each.user_id.text())->second.orders) copy->all_orders.push_back(order);
        copy->all_commits.assign(log_.begin(), log_.end());
        return copy;
    }

    Task<Result<RowSet>> select(std::string, std::size_t) override { co_return fail(has_no_language()); }

    void set_commit_listener(CommitListener listener) override {
        const std::scoped_lock lock(mutex_);
        listener_ = std::move(listener);
    }

    StoreFigures figures() const override {
        const std::scoped_lock lock(mutex_);
        StoreFigures figures;
        figures.last_seq = figures.commits = figures.batches = last_seq();
        return figures;
    }

    std::string_view name() const noexcept override { return "memory"; }

    void stop() override {
        const std::scoped_lock lock(mutex_);
        stopped_ = true;
    }

private:
    static Error stopping() { return Error::unavailable("The service is stopping"); }

    // The mutex is held in all of these.

    Seq last_seq() const { return log_.empty() ? 0 : log_.back().seq; }

    Result<CartOutcome> decide(const UserId& user, const std::optional<RequestKey>& key, const CartDecision& decision) {
        if (stopped_) return fail(stopping());
        auto& data = users_[user.text()];
        const Time now = clock_.now();
        if (key)
            if (const auto kept = data.answers.find(key->text); kept != data.answers.end() && !is_expired(kept->second, now))
                return replay(kept->second, *key);

        std::vector<Product> products;
        if (decision.with_products && data.cart.active)
            for (const auto& line : data.cart.active->lines)
                if (const auto found = products_.find(line.product_id); found != products_.end()) products.push_back(found->second);

        if (decision.with_product)
            if (const auto found = products_.find(*decision.with_product); found != products_.end()) products.push_back(found->second);

        auto step = decision.decide(data.cart, products);
        if (!step && !is_refusal(step.error().code)) return fail(std::move(step).error());
        CartOutcome outcome;
        if (!step) {
            outcome.answer = fail(std::move(step).error());
        } else {
            if (!step->changes.empty()) {
                data.cart = {data.cart.version + 1, std::move(step->active)};
                if (step->order) data.orders.emplace(OrderPosition{step->order->placed_at, step->order->id}, *step->order);
                commit(std::move(step->changes));
            }
            outcome.answer = std::move(step->order);
        }
        outcome.version = data.cart.version;
        if (key && is_kept(outcome.answer))
            data.answers.insert_or_assign(key->text, KeptAnswer{key->fingerprint, now, outcome.answer, outcome.version});
        return outcome;
    }

    ProductTally put(std::vector<Product> products, ProductWrite mode) {
        ProductTally tally;
        std::map<ProductId, std::pair<std::optional<Product>, Product>> steps;  // what it was before the batch, what it is now
        for (auto& product : products) {
            const auto id = product.id;
            auto step = steps.find(id);
            std::optional<Product> before;
            if (step != steps.end()) before = step->second.second;
            else if (const auto found = products_.find(id); found != products_.end()) before = found->second;
            ++(!before ? tally.created : *before == product ? tally.unchanged : tally.replaced);
            if (step != steps.end()) step->second.second = std::move(product);
            else steps.emplace(id, std::pair(std::move(before), std::move(product)));
        }
        if (mode == ProductWrite::only_compare) return tally;
        std::vector<RowChange> changes;
        for (auto& [id, step] : steps) {
            auto& [before, after] = step;
            if (before == after) continue;
            products_.insert_or_assign(id, after);
            const auto operation = before ? Operation::update : Operation::insert;
            changes.push_back({operation, std::move(before), std::move(after)});
        }
        if (!changes.empty()) commit(std::move(changes));
        return tally;
    }

    void commit(std::vector<RowChange> changes) {
        const Time last = log_.empty() ? Time{} : log_.back().time;
        log_.push_back({last_seq() + 1, std::max(last, clock_.now()), std::move(changes)});
        if (listener_) listener_(log_.back());
    }

    const Clock& clock_;
    mutable std::mutex mutex_;
    bool stopped_ = false;
    CommitListener listener_;
    std::map<ProductId, Product> products_;
    std::unordered_map<std::string, UserData> users_;  ///< by user id
    std::deque<Commit> log_;                           ///< without gaps
    std::map<std::string, Seq> cursors_;               ///< by the follower's name
};

}  // namespace

std::unique_ptr<Store> make_store(const Clock& clock) { return std::make_unique<MemoryStore>(clock); }

}  // namespace cartwheel::engines::memory
