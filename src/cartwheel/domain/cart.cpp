#include "cartwheel/domain/cart.h"

#include <algorithm>
#include <utility>

namespace cartwheel::domain {
namespace {

auto find_line(auto& lines, ProductId product) { return std::ranges::lower_bound(lines, product, {}, &CartLine::product_id); }

Error no_cart() { return Error::not_found("No items found in cart"); }

}  // namespace

Result<CartStep> put_item(const UserId& user, const CartState& state, ProductId product, Quantity quantity, CartId fresh) {
    CartStep step;
    if (state.active) {
        step.active = state.active;
    } else {
        step.active = Cart{fresh, {}};
        step.changes.push_back({Operation::insert, std::nullopt, CartRow{user, fresh, true}});
    }
    auto& cart = *step.active;
    RowChange change{Operation::insert, std::nullopt, CartItemRow{user, cart.id, product, quantity}};
    if (auto line = find_line(cart.lines, product); line != cart.lines.end() && line->product_id == product) {
        change.before = CartItemRow{user, cart.id, product, line->quantity};
        line->quantity = quantity;
    } else {
        if (cart.lines.size() >= Cart::lines_max)
            return fail(Error::conflict("The cart holds 1000 different products, which is the most; remove one first"));
        cart.lines.insert(line, CartLine{product, quantity});
    }
    step.changes.push_back(std::move(change));
    return step;
}

Result<CartStep> remove_item(const UserId& user, const CartState& state, ProductId product) {
    if (!state.active) return fail(no_cart());
    CartStep step;
    step.active = state.active;
    auto& lines = step.active->lines;
    if (auto line = find_line(lines, product); line != lines.end() && line->product_id == product) {
        step.changes.push_back({Operation::remove, CartItemRow{user, step.active->id, product, line->quantity}, std::nullopt});
        lines.erase(line);
    }
    return step;
}

Result<CartStep> check_out(const UserId& user, const CartState& state, std::span<const Product> products, Time now,
                           const Currency& currency) {
    if (!state.active) return fail(Error::not_found("User does not have an active cart"));
    const auto& cart = *state.active;
    if (cart.lines.empty()) return fail(Error::conflict("Cart is empty"));

    Order order{cart.id, user, now, currency, {}, Money{}};
    order.lines.reserve(cart.lines.size());
    for (const auto& line : cart.lines) {
        const auto product = std::ranges::find(products, line.product_id, &Product::id);
        if (product == products.end())
            return fail(Error::conflict("Product " + line.product_id.text() + " is no longer sold; remove it from the cart"));
        TRY(const auto total, product->price.times(line.quantity.count()));
        TRY(order.total, order.total.plus(total));
        order.lines.push_back({product->id, product->name, product->price, line.quantity, total});
    }
    CartStep step;
    step.changes.push_back({Operation::update, CartRow{user, cart.id, true}, CartRow{user, cart.id, false}});
    step.changes.push_back({Operation::insert, std::nullopt, order});
    step.order = std::move(order);
    return step;
}

}  // namespace cartwheel::domain
