#pragma once
// What one shopper knows to be true: what is in the cart and which orders were made, from what the shop confirmed. Each check compares it
// with what the shop says and gives the differences, in words; none: all is well. Pure; one thread.

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cartwheel/cli/shop_answers.h"

namespace cartwheel::cli {

using Violations = std::vector<std::string>;

/// Something that a shopper asks the shop to do.
struct PutItem {
    std::string product_id;
    std::int64_t quantity = 0;
};
struct RemoveItem {
    std::string product_id;
};
struct CheckOut {};
using ShopperAction = std::variant<PutItem, RemoveItem, CheckOut>;

class ShopperModel {
public:
    explicit ShopperModel(std::string user_id) : user_id_(std::move(user_id)) {}

    /// The shop confirmed it.
    void confirmed(const PutItem& action);
    void confirmed(const RemoveItem& action);
    /// Checks the order, and that it holds the cart; the cart is then gone.
    Violations confirmed(const CheckOut& action, const OrderSeen& order);

    /// The shop never said what became of it: from now on both may be true. Nothing may be confirmed behind it.
    void left_open(ShopperAction action) { open_ = std::move(action); }

    /// `seen` is none when the shop says that there is no active cart.
    Violations check_cart(const std::optional<CartSeen>& seen);

    /// `seen` are all of the user's orders.
    Violations check_orders(const std::vector<OrderSeen>& seen) const;
    /// `seen` are the first of them: as many as there are, but at most `limit`.
    Violations check_some_orders(const std::vector<OrderSeen>& seen, std::size_t limit) const;

    const CartContents& cart() const noexcept { return cart_; }
    std::size_t orders() const noexcept { return orders_.size(); }

private:
    bool fits(const std::optional<CartSeen>& seen, bool active, const CartContents& contents) const;

    std::string user_id_;
    bool active_ = false;  // there is a cart, though it may be empty
    CartContents cart_;
    std::string cart_id_;  // as the shop told it; empty: not yet
    std::map<std::string, OrderSeen> orders_;  // by id
    std::optional<ShopperAction> open_;
};

/// Whether each line's total is its price times its quantity, and the order's total is the sum of its lines.
Violations check_sums(const OrderSeen& order);

}  // namespace cartwheel::cli
