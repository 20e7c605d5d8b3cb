#include "cartwheel/engines/cql/orders.h"

#include <fmt/format.h>

#include <algorithm>

#include "cartwheel/engines/cql/errors.h"
#include "cartwheel/engines/cql/prepare_all.h"
#include "cartwheel/engines/cql/row_values.h"

namespace cartwheel::engines::cql {
namespace {

using namespace domain;
using namespace store;

Error not_found() { return Error::not_found("Order not found"); }
Error broken_table(std::string_view which) {
    return Error::internal(fmt::format("The table of {} is of another kind; run `cartwheel doctor`", which));
}

/// When the cart became an order, if it did in this commit.
std::optional<Time> ordered_at(const Commit& commit, const CartId& cart) {
    for (const auto& change : commit.changes)
        if (const auto* order = change.after ? std::get_if<Order>(&*change.after) : nullptr; order != nullptr && order->id == cart)
            return order->placed_at;
    return std::nullopt;
}

}  // namespace

Task<Result<OrderTable>> OrderTable::prepare(Driver& driver, Keyspace keyspace, StatementDefaults defaults) {
    const auto orders = keyspace.table("orders");
    const auto cart = keyspace.table("cart");
    const auto select = fmt::format("SELECT {} FROM {} WHERE user_id = ?", order_columns, orders);

    OrderTable made(driver);
    std::vector<Preparation> texts{
        {&made.insert_, fmt::format("INSERT INTO {} ({}) VALUES (?, ?, ?, ?, ?, ?, ?)", orders, order_columns)},
        {&made.open_cart_, fmt::format("INSERT INTO {} (user_id, cart_id, is_active) VALUES (?, ?, ?) USING TIMESTAMP ?", cart)},
        {&made.change_cart_,
         fmt::format("UPDATE {} USING TIMESTAMP ? SET is_active = ?, ordered_us = ? WHERE user_id = ? AND cart_id = ?", cart)},
        {&made.select_newest_, select + " LIMIT ?"},
        {&made.select_rest_of_moment_, select + " AND placed_us = ? AND order_id > ? LIMIT ?"},
        {&made.select_older_, select + " AND placed_us < ? LIMIT ?"},
        {&made.select_moment_, fmt::format("SELECT ordered_us FROM {} WHERE user_id = ? AND cart_id = ?", cart)},
        {&made.select_one_, select + " AND placed_us = ? AND order_id = ?"},
    };
    CO_TRY_VOID(co_await prepare_all(driver, std::move(texts), repeatable(defaults)));
    co_return made;
}

std::vector<BatchItem> OrderTable::owed_by(const Commit& commit) const {
    std::vector<BatchItem> items;
    for (const auto& change : commit.changes) {
        if (!change.after) continue;  // neither is ever removed
        if (const auto* order = std::get_if<Order>(&*change.after)) {
            Values values;
            append_order(values, *order);
            items.push_back({insert_, std::move(values)});
        } else if (const auto* cart = std::get_if<CartRow>(&*change.after)) {
            Values values;
            if (change.operation == Operation::insert) {
                values.text(cart->user_id.text()).id(cart->cart_id).boolean(cart->is_active).int64(micros(commit.time));
                items.push_back({open_cart_, std::move(values)});
                continue;
            }
            values.int64(micros(commit.time)).boolean(cart->is_active);
            if (const auto moment = ordered_at(commit, cart->cart_id)) values.int64(micros(*moment));
            else values.unset();
            values.text(cart->user_id.text()).id(cart->cart_id);
            items.push_back({change_cart_, std::move(values)});
        }
    }
    return items;
}

Task<Result<std::vector<Order>>> OrderTable::read(Statement statement, Values values) const {
    CO_TRY(const auto rows, checked(co_await driver_->execute(std::move(statement), std::move(values))));
    Cells cells(rows.cells());
    std::vector<Order> orders;
    orders.reserve(rows.rows());
    for (std::size_t left = rows.rows(); left > 0; --left) {
        auto order = read_order(cells);
        if (cells.failed() || !order) co_return fail(broken_table("orders"));
        orders.push_back(*std::move(order));
    }
    co_return orders;
}

Task<Result<OrderPage>> OrderTable::page(UserId user, OrderPageRequest request) const {
    // One more than is asked for tells whether there are more.
    const auto wanted = static_cast<std::int32_t>(request.limit + 1);
    OrderPage page;
    if (!request.after) {
        CO_TRY(page.orders, co_await read(select_newest_, Values().text(user.text()).int32(wanted)));
    } else {
        // The key runs down in time and up in ids, which no one comparison says.
        const auto moment = micros(request.after->placed_at);
        auto of_moment = Values().text(user.text()).int64(moment).id(request.after->id).int32(wanted);
        CO_TRY(page.orders, co_await read(select_rest_of_moment_, std::move(of_moment)));
        const auto missing = wanted - static_cast<std::int32_t>(page.orders.size());
        if (missing > 0) {
            CO_TRY(auto older, co_await read(select_older_, Values().text(user.text()).int64(moment).int32(missing)));
            std::ranges::move(older, std::back_inserter(page.orders));
        }
    }
    page.more = page.orders.size() > request.limit;
    if (page.more) page.orders.pop_back();
    co_return page;
}

Task<Result<Order>> OrderTable::one(UserId user, OrderId id) const {
    CO_TRY(const auto rows, checked(co_await driver_->execute(select_moment_, Values().text(user.text()).id(id))));
    if (rows.rows() == 0) co_return fail(not_found());
    Cells cells(rows.cells());
    const auto moment = cells.int64();
    if (cells.failed()) co_return fail(broken_table("carts"));
    if (!moment) co_return fail(not_found());
    CO_TRY(auto orders, co_await read(select_one_, Values().text(user.text()).int64(*moment).id(id)));
    if (orders.empty()) co_return fail(not_found());
    co_return std::move(orders.front());
}

}  // namespace cartwheel::engines::cql
