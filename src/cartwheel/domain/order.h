#pragma once
// What a checkout leaves: the cart's lines with the names and prices of that moment.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "cartwheel/base/money.h"
#include "cartwheel/base/time.h"
#include "cartwheel/base/uuid.h"
#include "cartwheel/domain/product.h"
#include "cartwheel/domain/quantity.h"
#include "cartwheel/domain/user_id.h"

namespace cartwheel::domain {

using CartId = Id<struct CartTag>;
using OrderId = CartId;  ///< an order bears the id of the cart that became it

/// An ISO 4217 code such as USD.
class Currency {
public:
    static std::optional<Currency> parse(std::string_view code);
    static Currency usd() { return Currency({'U', 'S', 'D'}); }

    std::string_view code() const noexcept { return {code_.data(), code_.size()}; }

    friend bool operator==(const Currency&, const Currency&) = default;

private:
    explicit Currency(std::array<char, 3> code) : code_(code) {}
    std::array<char, 3> code_;
};

struct OrderLine {
    ProductId product_id;
    std::string name;
    Money unit_price;
    Quantity quantity;
    Money total;  ///< unit_price times quantity

    friend bool operator==(const OrderLine&, const OrderLine&) = default;
};

struct Order {
    OrderId id;
    UserId user_id;
    Time placed_at;
    Currency currency;
    std::vector<OrderLine> lines;  ///< by product id; at least one
    Money total;                   ///< the sum of the lines' totals

    friend bool operator==(const Order&, const Order&) = default;
};

}  // namespace cartwheel::domain
