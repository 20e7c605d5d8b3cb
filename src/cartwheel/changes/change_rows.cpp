#include "cartwheel/changes/change_rows.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>
#include <utility>

namespace cartwheel::changes {
namespace {

using domain::CartItemRow;
using domain::CartRow;
using domain::Operation;
using domain::Order;
using domain::Product;
using domain::Row;
using domain::RowChange;

/// Where a table's changes stand among those of a commit: a cart's before those of its lines, and before the order that it became.
int rank(domain::Table table) {
    switch (table) {
        case domain::Table::cart: return 0;
        case domain::Table::cart_items: return 1;
        case domain::Table::product: return 2;
        case domain::Table::orders: return 3;
    }
    return 4;
}

// Rows as columns.

const Row& any_row(const RowChange& change) { return change.after ? *change.after : *change.before; }

LogColumns columns_of(const Row& row) {
    struct {
        LogColumns operator()(const Product& product) const {
            return ProductColumns{product.id, product.name, product.price, product.image};
        }
        LogColumns operator()(const CartRow& cart) const { return CartColumns{cart.user_id, cart.cart_id, cart.is_active, std::nullopt}; }
        LogColumns operator()(const CartItemRow& item) const {
            return CartItemColumns{item.user_id, item.cart_id, item.product_id, item.quantity.count()};
        }
        LogColumns operator()(const Order& order) const {
            return OrderColumns{order.user_id, order.placed_at, order.id, order.currency, order.lines, order.total};
        }
    } visitor;
    return std::visit(visitor, row);
}

LogColumns key_columns_of(const Row& row) {
    struct {
        LogColumns operator()(const Product& product) const { return ProductColumns{product.id, {}, {}, {}}; }
        LogColumns operator()(const CartRow& cart) const { return CartColumns{cart.user_id, cart.cart_id, {}, {}}; }
        LogColumns operator()(const CartItemRow& item) const { return CartItemColumns{item.user_id, item.cart_id, item.product_id, {}}; }
        LogColumns operator()(const Order& order) const { return OrderColumns{order.user_id, order.placed_at, order.id, {}, {}, {}}; }
    } visitor;
    return std::visit(visitor, row);
}

LogOperation log_operation(Operation operation) {
    switch (operation) {
        case Operation::insert: return LogOperation::insert;
        case Operation::update: return LogOperation::update;
        case Operation::remove: return LogOperation::row_delete;
    }
    return LogOperation::update;
}

/// The columns of the row after a change, with when the cart became an order, if it did in this commit.
LogColumns after_columns(const RowChange& change, std::span<const RowChange> commit) {
    auto columns = columns_of(*change.after);
    auto* cart = std::get_if<CartColumns>(&columns);
    if (cart == nullptr || *cart->is_active) return columns;
    for (const auto& other : commit)
        if (const auto* order = other.after ? std::get_if<Order>(&*other.after) : nullptr; order != nullptr && order->id == *cart->cart_id)
            cart->ordered_at = order->placed_at;
    return columns;
}

// Columns as rows.

std::optional<Row> row_of(const ProductColumns& columns) {
    if (!columns.id || !columns.price) return std::nullopt;
    return Product{*columns.id, columns.name.value_or(""), *columns.price, columns.image.value_or("")};
}

std::optional<Row> row_of(const CartColumns& columns) {
    if (!columns.user_id || !columns.cart_id || !columns.is_active) return std::nullopt;
    return CartRow{*columns.user_id, *columns.cart_id, *columns.is_active};
}

std::optional<Row> row_of(const CartItemColumns& columns) {
    const auto quantity = columns.quantity ? domain::Quantity::parse(*columns.quantity) : std::nullopt;
    if (!columns.user_id || !columns.cart_id || !columns.product_id || !quantity) return std::nullopt;
    return CartItemRow{*columns.user_id, *columns.cart_id, *columns.product_id, *quantity};
}

std::optional<Row> row_of(const OrderColumns& columns) {
    if (!columns.user_id || !columns.placed_at || !columns.order_id || !columns.currency || !columns.lines || !columns.total)
        return std::nullopt;
    return Order{*columns.order_id, *columns.user_id, *columns.placed_at, *columns.currency, *columns.lines, *columns.total};
}

auto key_of(const ProductColumns& columns) { return std::tuple(columns.id); }
auto key_of(const CartColumns& columns) { return std::tuple(columns.user_id, columns.cart_id); }
auto key_of(const CartItemColumns& columns) { return std::tuple(columns.user_id, columns.cart_id, columns.product_id); }
auto key_of(const OrderColumns& columns) { return std::tuple(columns.user_id, columns.placed_at, columns.order_id); }

bool is_whole(const auto& key) {
    return std::apply([](const auto&... part) { return (part.has_value() && ...); }, key);
}

template <class Value>
void fill(std::optional<Value>& column, const std::optional<Value>& from) {
    if (!column) column = from;
}

// Takes what a delta did not write from the row before it.

void fill(ProductColumns& columns, const ProductColumns& from) {
    fill(columns.name, from.name);
    fill(columns.price, from.price);
    fill(columns.image, from.image);
}
void fill(CartColumns& columns, const CartColumns& from) {
    fill(columns.is_active, from.is_active);
    fill(columns.ordered_at, from.ordered_at);
}
void fill(CartItemColumns& columns, const CartItemColumns& from) { fill(columns.quantity, from.quantity); }
void fill(OrderColumns& columns, const OrderColumns& from) {
    fill(columns.currency, from.currency);
    fill(columns.lines, from.lines);
    fill(columns.total, from.total);
}

/// What the rows of one key say of it.
template <class Columns>
struct Story {
    std::optional<Columns> before;
    std::optional<Columns> delta;
    std::optional<Columns> after;
    LogOperation operation{};

    std::optional<RowChange> change() const {
        if (!delta) return std::nullopt;
        auto row_before = before ? row_of(*before) : std::nullopt;
        if (operation == LogOperation::row_delete || operation == LogOperation::partition_delete) {
            if (!row_before) return std::nullopt;
            return RowChange{Operation::remove, std::move(row_before), std::nullopt};
        }
        auto row_after = after ? row_of(*after) : row_of(written());
        if (!row_after) return std::nullopt;
        const auto kind = operation == LogOperation::insert ? Operation::insert : Operation::update;
        return RowChange{kind, std::move(row_before), std::move(row_after)};
    }

private:
    Columns written() const {
        auto columns = *delta;
        if (before) fill(columns, *before);
        return columns;
    }
};

/// The changes of one table in one commit.
template <class Columns>
void append_changes(std::span<LogRow> rows, std::vector<RowChange>& out) {
    using Key = decltype(key_of(std::declval<Columns>()));
    std::map<Key, Story<Columns>> stories;
    std::vector<const Story<Columns>*> in_order;  // as the deltas stand
    for (auto& row : rows) {
        auto& columns = std::get<Columns>(row.columns);
        auto key = key_of(columns);
        if (!is_whole(key)) continue;
        auto& story = stories[std::move(key)];
        switch (row.operation) {
            case LogOperation::preimage: story.before = std::move(columns); break;
            case LogOperation::postimage: story.after = std::move(columns); break;
            case LogOperation::update:
            case LogOperation::insert:
            case LogOperation::row_delete:
            case LogOperation::partition_delete:
                if (!story.delta) in_order.push_back(&story);
                story.operation = row.operation;
                story.delta = std::move(columns);
                break;
            default: break;  // an end of a range that was deleted
        }
    }
    for (const auto* story : in_order)
        if (auto change = story->change()) out.push_back(*std::move(change));
}

void append_changes(domain::Table table, std::span<LogRow> rows, std::vector<RowChange>& out) {
    switch (table) {
        case domain::Table::product: return append_changes<ProductColumns>(rows, out);
        case domain::Table::cart: return append_changes<CartColumns>(rows, out);
        case domain::Table::cart_items: return append_changes<CartItemColumns>(rows, out);
        case domain::Table::orders: return append_changes<OrderColumns>(rows, out);
    }
}

}  // namespace

std::vector<LogPartition> rows_of(Time time, const CommitId& id, std::span<const RowChange> changes) {
    std::map<std::pair<int, Stream>, std::vector<const RowChange*>> parts;
    for (const auto& change : changes) parts[{rank(change.table()), Stream::of(any_row(change))}].push_back(&change);

    const auto commit_time = ChangeTime::of(time, id);
    std::vector<LogPartition> partitions;
    partitions.reserve(parts.size());
    for (const auto& [place, of_part] : parts) {
        auto& partition = partitions.emplace_back(of_part.front()->table(), place.second, std::vector<LogRow>{});
        const auto add = [&](LogOperation operation, LogColumns columns) {
            const auto number = static_cast<std::int32_t>(partition.rows.size());
            partition.rows.push_back({commit_time, number, operation, false, std::move(columns)});
        };
        for (const auto* change : of_part)
            if (change->before) add(LogOperation::preimage, columns_of(*change->before));
        for (const auto* change : of_part)
            add(log_operation(change->operation), change->after ? after_columns(*change, changes) : key_columns_of(*change->before));
        for (const auto* change : of_part)
            if (change->after) add(LogOperation::postimage, after_columns(*change, changes));
        partition.rows.back().is_end_of_batch = true;
    }
    return partitions;
}

std::vector<LoggedCommit> commits_of(std::vector<LogRow> rows) {
    std::map<std::pair<ChangeTime, int>, std::vector<LogRow>> parts;
    for (auto& row : rows) {
        const std::pair place(row.time, rank(row.table()));
        parts[place].push_back(std::move(row));
    }
    std::vector<LoggedCommit> commits;
    for (auto& [place, of_part] : parts) {
        std::vector<RowChange> changes;
        append_changes(of_part.front().table(), of_part, changes);
        if (changes.empty()) continue;
        if (commits.empty() || commits.back().time != place.first) commits.push_back({place.first, {}});
        std::ranges::move(changes, std::back_inserter(commits.back().changes));
    }
    return commits;
}

}  // namespace cartwheel::changes
