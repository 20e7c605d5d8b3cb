#include "cartwheel/cli/shop_answers.h"

#include <charconv>

#include "cartwheel/base/decimal.h"
#include "cartwheel/reflect/json.h"

namespace cartwheel::cli {
namespace {

using reflect::JsonDocument;
using reflect::JsonKind;
using reflect::JsonValue;

std::optional<std::string> text(const JsonValue& object, std::string_view name) {
    const auto value = object.member(name);
    if (!value || value->kind() != JsonKind::string) return std::nullopt;
    return std::string(value->text());
}

std::optional<std::int64_t> whole(const JsonValue& object, std::string_view name) {
    const auto value = object.member(name);
    if (!value || value->kind() != JsonKind::number) return std::nullopt;
    std::int64_t out = 0;
    const auto digits = value->text();
    const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    if (status != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return out;
}

/// An amount of money in minor units.
std::optional<std::int64_t> minor(const JsonValue& object, std::string_view name) {
    const auto value = object.member(name);
    if (!value || value->kind() != JsonKind::number) return std::nullopt;
    auto decimal = Decimal::parse(value->text());
    if (!decimal) return std::nullopt;
    constexpr int minor_digits = 2;
    decimal->exponent += minor_digits;
    if (decimal->exponent < 0) return std::nullopt;  // digits have no trailing zeros, so this is a fraction
    return decimal->whole();
}

std::optional<OrderSeen> order_of(const JsonValue& object) {
    auto id = text(object, "order_id");
    auto user = text(object, "user_id");
    const auto total = minor(object, "total");
    const auto items = object.member("items");
    if (!id || !user || !total || !items || items->kind() != JsonKind::array) return std::nullopt;
    OrderSeen order{std::move(*id), std::move(*user), {}, *total};
    bool whole_list = true;
    items->for_each([&](const JsonValue& item) {
        auto product = text(item, "product_id");
        const auto quantity = whole(item, "quantity");
        const auto unit_price = minor(item, "unit_price");
        const auto line_total = minor(item, "total");
        if (product && quantity && unit_price && line_total)
            order.lines.push_back({std::move(*product), *quantity, *unit_price, *line_total});
        else whole_list = false;
    });
    if (!whole_list || order.contents().size() != order.lines.size()) return std::nullopt;
    return order;
}

}  // namespace

CartContents OrderSeen::contents() const {
    CartContents out;
    for (const auto& line : lines) out[line.product_id] = line.quantity;
    return out;
}

std::optional<std::vector<std::string>> read_product_ids(std::string_view json) {
    const auto document = JsonDocument::parse(json);
    if (!document || document->root().kind() != JsonKind::array) return std::nullopt;
    std::vector<std::string> ids;
    bool whole_list = true;
    document->root().for_each([&](const JsonValue& product) {
        auto id = text(product, "id");
        if (id) ids.push_back(std::move(*id));
        else whole_list = false;
    });
    if (!whole_list) return std::nullopt;
    return ids;
}

std::optional<std::string> read_product_id(std::string_view json) {
    const auto document = JsonDocument::parse(json);
    if (!document) return std::nullopt;
    return text(document->root(), "id");
}

std::optional<CartSeen> read_cart(std::string_view json) {
    const auto document = JsonDocument::parse(json);
    if (!document || document->root().kind() != JsonKind::array) return std::nullopt;
    CartSeen cart;
    bool whole_list = true;
    document->root().for_each([&](const JsonValue& line) {
        auto cart_id = text(line, "cart_id");
        auto product = text(line, "product_id");
        const auto quantity = whole(line, "product_quantity");
        const bool fits = cart_id && product && quantity && (cart.cart_id.empty() || cart.cart_id == *cart_id);
        if (fits && cart.contents.emplace(std::move(*product), *quantity).second) cart.cart_id = std::move(*cart_id);
        else whole_list = false;
    });
    if (!whole_list) return std::nullopt;
    return cart;
}

std::optional<OrderSeen> read_order(std::string_view json) {
    const auto document = JsonDocument::parse(json);
    if (!document) return std::nullopt;
    return order_of(document->root());
}

std::optional<std::vector<OrderSeen>> read_orders(std::string_view json) {
    const auto document = JsonDocument::parse(json);
    if (!document || document->root().kind() != JsonKind::array) return std::nullopt;
    std::vector<OrderSeen> orders;
    bool whole_list = true;
    document->root().for_each([&](const JsonValue& object) {
        auto order = order_of(object);
        if (order) orders.push_back(std::move(*order));
        else whole_list = false;
    });
    if (!whole_list) return std::nullopt;
    return orders;
}

std::optional<std::string> next_page(std::string_view link) {
    const auto open = link.find('<');
    const auto close = link.find('>', open);
    if (close == std::string_view::npos || !link.substr(close).contains("rel=\"next\"")) return std::nullopt;
    auto address = link.substr(open + 1, close - open - 1);
    if (const auto scheme = address.find("://"); scheme != std::string_view::npos)
        address = address.substr(std::min(address.find('/', scheme + 3), address.size()));
    return std::string(address);
}

}  // namespace cartwheel::cli
