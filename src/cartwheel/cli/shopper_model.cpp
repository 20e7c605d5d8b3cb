#include "cartwheel/cli/shopper_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace cartwheel::cli {
namespace {

std::string shown(const CartContents& contents) {
    std::string out;
    for (const auto& [product, quantity] : contents) out += fmt::format("{}{} x {}", out.empty() ? "" : ", ", quantity, product);
    return out.empty() ? "nothing" : out;
}

CartContents after(CartContents contents, const ShopperAction& action) {
    if (const auto* put = std::get_if<PutItem>(&action)) contents[put->product_id] = put->quantity;
    else if (const auto* remove = std::get_if<RemoveItem>(&action)) contents.erase(remove->product_id);
    else contents.clear();
    return contents;
}

}  // namespace

Violations check_sums(const OrderSeen& order) {
    Violations out;
    std::int64_t sum = 0;
    bool overflow = false;
    for (const auto& line : order.lines) {
        std::int64_t product = 0;
        overflow |=
            __builtin_mul_overflow(line.unit_price_minor, line.quantity, &product) || __builtin_add_overflow(sum, line.total_minor, &sum);
        if (product != line.total_minor)
            out.push_back(fmt::format("order {}: the line of product {} says {} minor units, not {} x {}", order.id, line.product_id,
                                      line.total_minor, line.quantity, line.unit_price_minor));
    }
    if (overflow || sum != order.total_minor)
        out.push_back(fmt::format("order {}: its total says {} minor units, its lines make {}", order.id, order.total_minor, sum));
    return out;
}

void ShopperModel::confirmed(const PutItem& action) {
    active_ = true;
    cart_ = after(std::move(cart_), action);
}

void ShopperModel::confirmed(const RemoveItem& action) { cart_ = after(std::move(cart_), action); }

Violations ShopperModel::confirmed(const CheckOut&, const OrderSeen& order) {
    auto out = check_sums(order);
    if (order.user_id != user_id_) out.push_back(fmt::format("order {}: it is of {}", order.id, order.user_id));
    if (order.contents() != cart_)
        out.push_back(fmt::format("order {}: it holds {}, the cart held {}", order.id, shown(order.contents()), shown(cart_)));
    if (!cart_id_.empty() && order.id != cart_id_) out.push_back(fmt::format("order {}: the cart was {}", order.id, cart_id_));
    if (!orders_.emplace(order.id, order).second) out.push_back(fmt::format("order {}: it was made before", order.id));
    active_ = false;
    cart_.clear();
    cart_id_.clear();
    return out;
}

bool ShopperModel::fits(const std::optional<CartSeen>& seen, bool active, const CartContents& contents) const {
    if (!seen) return !active;
    if (!active || seen->contents != contents) return false;
    return cart_id_.empty() || seen->cart_id.empty() || seen->cart_id == cart_id_;
}

Violations ShopperModel::check_cart(const std::optional<CartSeen>& seen) {
    bool fine = fits(seen, active_, cart_);
    if (!fine && open_) {
        const bool still_active = !std::holds_alternative<CheckOut>(*open_) && (active_ || std::holds_alternative<PutItem>(*open_));
        fine = fits(seen, still_active, after(cart_, *open_));
    }
    if (fine) {
        if (seen && !seen->cart_id.empty() && !open_) cart_id_ = seen->cart_id;
        return {};
    }
    const auto what = seen ? shown(seen->contents) : "no active cart";
    const auto wanted = active_ ? shown(cart_) : "no active cart";
    if (seen && active_ && seen->contents == cart_) return {fmt::format("the cart became {}, it was {}", seen->cart_id, cart_id_)};
    return {fmt::format("the cart holds {}; what was put in is {}", what, wanted)};
}

Violations ShopperModel::check_orders(const std::vector<OrderSeen>& seen) const {
    Violations out;
    std::map<std::string, const OrderSeen*> by_id;
    for (const auto& order : seen) {
        if (!by_id.emplace(order.id, &order).second) out.push_back(fmt::format("order {}: it is listed twice", order.id));
        for (auto& wrong : check_sums(order)) out.push_back(std::move(wrong));
    }
    for (const auto& [id, order] : orders_) {
        const auto found = by_id.find(id);
        if (found == by_id.end()) {
            out.push_back(fmt::format("order {}: it was confirmed and is not listed", id));
            continue;
        }
        if (*found->second != order) out.push_back(fmt::format("order {}: it is not as it was confirmed", id));
        by_id.erase(found);
    }
    const bool checkout_open = open_ && std::holds_alternative<CheckOut>(*open_);
    for (const auto& [id, order] : by_id)
        if (!checkout_open || by_id.size() > 1 || order->contents() != cart_) out.push_back(fmt::format("order {}: nobody made it", id));
    return out;
}

Violations ShopperModel::check_some_orders(const std::vector<OrderSeen>& seen, std::size_t limit) const {
    Violations out;
    std::set<std::string_view> ids;
    for (const auto& order : seen) {
        const auto known = orders_.find(order.id);
        if (known == orders_.end()) out.push_back(fmt::format("order {}: nobody made it", order.id));
        else if (known->second != order) out.push_back(fmt::format("order {}: it is not as it was confirmed", order.id));
        if (!ids.insert(order.id).second) out.push_back(fmt::format("order {}: it is listed twice", order.id));
    }
    const auto wanted = std::min(limit, orders_.size());
    if (seen.size() != wanted) out.push_back(fmt::format("{} orders are listed, not {}", seen.size(), wanted));
    return out;
}

}  // namespace cartwheel::cli
