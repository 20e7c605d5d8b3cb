#pragma once
// Carts and the rules about them. Rules are pure: from the cart as it is to what should become of it; no clock, no I/O, any thread.
// An engine may call a rule several times for one request and keeps only the last outcome.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "cartwheel/base/time.h"
#include "cartwheel/domain/change.h"
#include "cartwheel/domain/order.h"
#include "cartwheel/domain/product.h"
#include "cartwheel/domain/quantity.h"
#include "cartwheel/domain/user_id.h"

namespace cartwheel::domain {

struct CartLine {
    ProductId product_id;
    Quantity quantity;

    friend bool operator==(const CartLine&, const CartLine&) = default;
};

struct Cart {
    static constexpr std::size_t lines_max = 1000;

    CartId id;
    std::vector<CartLine> lines;  ///< by product id, each product once

    friend bool operator==(const Cart&, const Cart&) = default;
};

/// Rises by one with every commit to a user's cart, over all of the user's carts; 0 before the first.
using Version = std::uint64_t;

/// What a store keeps for a user.
struct CartState {
    Version version = 0;
    std::optional<Cart> active;

    friend bool operator==(const CartState&, const CartState&) = default;
};

/// What should become of a cart.
struct CartStep {
    std::optional<Cart> active;      ///< the cart after the step; none when it was checked out
    std::vector<RowChange> changes;  ///< the rows that this changes; none: the step changes nothing and makes no commit of its own
    std::optional<Order> order;      ///< of a checkout
};

/// The cart with `product` at `quantity`; opens one with the id `fresh` when there is none.
/// Errors: conflict (the cart holds `Cart::lines_max` other products).
Result<CartStep> put_item(const UserId& user, const CartState& state, ProductId product, Quantity quantity, CartId fresh);

/// The cart without `product`; one that does not hold it stays as it is. Errors: not_found (no active cart).
Result<CartStep> remove_item(const UserId& user, const CartState& state, ProductId product);

/// The order, and no active cart. `products` are those of the cart's lines that exist, in any order.
/// Errors: not_found (no active cart), conflict (it is empty; a product is gone; the total is beyond 64 bits).
Result<CartStep> check_out(const UserId& user, const CartState& state, std::span<const Product> products, Time now,
                           const Currency& currency);

}  // namespace cartwheel::domain
