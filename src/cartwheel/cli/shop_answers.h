#pragma once
// What a shop's answers say, as a shopper compares it: carts and orders read from JSON, money exact. Pure; any thread.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cartwheel::cli {

/// Quantities by product id.
using CartContents = std::map<std::string, std::int64_t>;

struct CartSeen {
    std::string cart_id;  ///< empty when the cart has no lines
    CartContents contents;

    friend bool operator==(const CartSeen&, const CartSeen&) = default;
};

struct OrderLineSeen {
    std::string product_id;
    std::int64_t quantity = 0;
    std::int64_t unit_price_minor = 0;
    std::int64_t total_minor = 0;

    friend bool operator==(const OrderLineSeen&, const OrderLineSeen&) = default;
};

struct OrderSeen {
    std::string id;
    std::string user_id;
    std::vector<OrderLineSeen> lines;
    std::int64_t total_minor = 0;

    CartContents contents() const;

    friend bool operator==(const OrderSeen&, const OrderSeen&) = default;
};

/// Each none when the text is not what the API describes: no JSON, a member missing, a product twice, two carts in one answer, a fraction
/// of a cent.
std::optional<std::vector<std::string>> read_product_ids(std::string_view json);
std::optional<CartSeen> read_cart(std::string_view json);
std::optional<OrderSeen> read_order(std::string_view json);
std::optional<std::vector<OrderSeen>> read_orders(std::string_view json);

/// The id of one product.
std::optional<std::string> read_product_id(std::string_view json);

/// The address in `Link: <address>; rel="next"`; none when there is no next page.
std::optional<std::string> next_page(std::string_view link);

}  // namespace cartwheel::cli
