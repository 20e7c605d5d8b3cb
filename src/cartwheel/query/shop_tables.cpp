#include "cartwheel/query/shop_tables.h"

#include <utility>

#include "cartwheel/query/rows.h"

namespace cartwheel::query {
namespace {

constexpr unsigned rows_between_looks = 256;

/// Rows of type T: all of them in one scan, or a scan for each of some keys.
template <class T, class Key>
class Rows {
public:
    using Open = std::unique_ptr<store::Scan<T>> (store::Snapshot::*)(std::optional<Key>);

    Rows(store::Snapshot& snapshot, Open open, std::optional<std::vector<Key>> keys, Watch& watch)
        : snapshot_(snapshot), open_(open), keys_(std::move(keys)), watch_(watch) {}

    /// The next one, which lives until the next call; nullptr behind the last.
    Result<const T*> next() {
        if (++count_ % rows_between_looks == 0) TRY_VOID(may_go_on(watch_));
        while (true) {
            if (!scan_) {
                if (keys_ ? at_ == keys_->size() : at_ > 0) return nullptr;
                scan_ = (snapshot_.*open_)(keys_ ? std::optional((*keys_)[at_]) : std::nullopt);
                ++at_;
            }
            TRY(const T* row, scan_->next());
            if (row != nullptr) return row;
            scan_.reset();
        }
    }

private:
    store::Snapshot& snapshot_;
    Open open_;
    std::optional<std::vector<Key>> keys_;
    Watch& watch_;
    std::unique_ptr<store::Scan<T>> scan_;
    std::size_t at_ = 0;
    unsigned count_ = 0;
};

using Products = Rows<domain::Product, domain::ProductId>;
using Carts = Rows<store::UserCart, domain::UserId>;
using Orders = Rows<domain::Order, domain::UserId>;

class ProductReader final : public Reader {
public:
    ProductReader(store::Snapshot& snapshot, Filters filters, Watch& watch)
        : rows_(snapshot, &store::Snapshot::products, std::move(filters.products), watch) {}

    Result<bool> next() override {
        TRY(product_, rows_.next());
        return product_ != nullptr;
    }
    void write(std::size_t column, Answer& answer) const override { query::write(*product_, column, answer); }

private:
    Products rows_;
    const domain::Product* product_ = nullptr;
};

class CartReader final : public Reader {
public:
    CartReader(store::Snapshot& snapshot, const Filters& filters, Watch& watch)
        : wants_active_(filters.active.value_or(true)),
          wants_others_(!filters.active.value_or(false)),
          carts_(snapshot, &store::Snapshot::carts, filters.users, watch),
          orders_(snapshot, &store::Snapshot::orders, filters.users, watch) {}

    Result<bool> next() override {
        while (wants_active_) {
            TRY(const auto* cart, carts_.next());
            if (cart == nullptr) {
                wants_active_ = false;
            } else if (cart->state.active) {
                row_.emplace(domain::CartRow{cart->user_id, cart->state.active->id, true});
                return true;
            }
        }
        if (!wants_others_) return false;
        TRY(const auto* order, orders_.next());
        if (order == nullptr) return false;
        row_.emplace(domain::CartRow{order->user_id, order->id, false});
        ordered_at_ = order->placed_at;
        return true;
    }
    void write(std::size_t column, Answer& answer) const override { query::write(*row_, ordered_at_, column, answer); }

private:
    bool wants_active_;
    bool wants_others_;
    Carts carts_;
    Orders orders_;
    std::optional<domain::CartRow> row_;
    std::optional<Time> ordered_at_;
};

class CartItemReader final : public Reader {
public:
    CartItemReader(store::Snapshot& snapshot, Filters filters, Watch& watch)
        : carts_(snapshot, &store::Snapshot::carts, std::move(filters.users), watch) {}

    Result<bool> next() override {
        while (cart_ == nullptr || ++line_ == cart_->state.active->lines.size()) {
            TRY(cart_, carts_.next());
            if (cart_ == nullptr) return false;
            line_ = 0;
            if (cart_->state.active && !cart_->state.active->lines.empty()) return true;
            cart_ = nullptr;
        }
        return true;
    }
    void write(std::size_t column, Answer& answer) const override {
        const auto& cart = *cart_->state.active;
        const auto& line = cart.lines[line_];
        switch (column) {
            case 0: return answer.text(cart_->user_id.text());
            case 1: return answer.uuid(cart.id.uuid());
            case 2: return answer.uuid(line.product_id.uuid());
            default: return answer.integer(line.quantity.count());
        }
    }

private:
    Carts carts_;
    const store::UserCart* cart_ = nullptr;
    std::size_t line_ = 0;
};

class OrderReader final : public Reader {
public:
    OrderReader(store::Snapshot& snapshot, Filters filters, Watch& watch)
        : orders_(snapshot, &store::Snapshot::orders, std::move(filters.users), watch) {}

    Result<bool> next() override {
        TRY(order_, orders_.next());
        return order_ != nullptr;
    }
    void write(std::size_t column, Answer& answer) const override { query::write(*order_, column, answer); }

private:
    Orders orders_;
    const domain::Order* order_ = nullptr;
};

class OrderItemReader final : public Reader {
public:
    OrderItemReader(store::Snapshot& snapshot, Filters filters, Watch& watch)
        : orders_(snapshot, &store::Snapshot::orders, std::move(filters.users), watch) {}

    Result<bool> next() override {
        while (order_ == nullptr || ++line_ >= order_->lines.size()) {
            TRY(order_, orders_.next());
            if (order_ == nullptr) return false;
            line_ = 0;
            if (!order_->lines.empty()) return true;
        }
        return true;
    }
    void write(std::size_t column, Answer& answer) const override {
        const auto& line = order_->lines[line_];
        switch (column) {
            case 0: return answer.text(order_->user_id.text());
            case 1: return answer.uuid(order_->id.uuid());
            case 2: return answer.uuid(line.product_id.uuid());
            case 3: return answer.time(order_->placed_at);
            case 4: return answer.text(line.name);
            case 5: return answer.money(line.unit_price);
            case 6: return answer.integer(line.quantity.count());
            default: return answer.money(line.total);
        }
    }

private:
    Orders orders_;
    const domain::Order* order_ = nullptr;
    std::size_t line_ = 0;
};

template <class R>
std::unique_ptr<Reader> open(store::Snapshot& snapshot, Filters filters, Watch& watch) {
    return std::make_unique<R>(snapshot, std::move(filters), watch);
}

}  // namespace

Result<void> may_go_on(Watch& watch) {
    if (watch.look() == Watch::Verdict::go_on) return {};
    return fail(Error::deadline("the statement is over"));
}

Table product_table() { return {"product", columns_of(domain::Table::product), 1e4, {Role::product}, open<ProductReader>}; }
Table cart_table() { return {"cart", columns_of(domain::Table::cart), 1e5, {Role::user}, open<CartReader>}; }
Table cart_items_table() { return {"cart_items", columns_of(domain::Table::cart_items), 2e5, {Role::user}, open<CartItemReader>}; }
Table orders_table() { return {"orders", columns_of(domain::Table::orders), 1e5, {Role::user}, open<OrderReader>}; }

Table order_items_table() {
    return {"order_items",
            {{"user_id", "text", Role::user, true},
             {"order_id", "uuid", Role::none, true},
             {"product_id", "uuid", Role::none, true},
             {"placed_at", "timestamp"},
             {"name", "text"},
             {"unit_price", "decimal"},
             {"quantity", "int"},
             {"total", "decimal"}},
            3e5,
            {Role::user},
            open<OrderItemReader>};
}

}  // namespace cartwheel::query
