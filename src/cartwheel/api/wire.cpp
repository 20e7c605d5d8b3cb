#include "cartwheel/api/wire.h"

#include <boost/json/object.hpp>

#include "cartwheel/base/text.h"

namespace cartwheel::api {

domain::Product to_domain(Product product) {
    return {product.id, std::move(product.name.value), product.price, std::move(product.img.value)};
}

Product view(domain::Product product) { return {product.id, {std::move(product.image)}, {std::move(product.name)}, product.price}; }

Order view(const domain::Order& order) {
    Order out{order.id, order.user_id.text(), rfc3339(order.placed_at), std::string(order.currency.code()), {}, order.total};
    out.items.reserve(order.lines.size());
    for (const auto& line : order.lines)
        out.items.push_back({line.product_id, line.name, line.unit_price, line.quantity.count(), line.total});
    return out;
}

}  // namespace cartwheel::api

namespace cartwheel::reflect {

std::optional<domain::UserId> Codec<domain::UserId>::read_text(std::string_view text, const Where& where, Problems& problems) {
    auto user = domain::UserId::parse(std::string(text));
    if (user) return std::move(*user);
    const auto input = is_utf8(text) ? quoted(text) : std::string("null");
    switch (user.error()) {
        case domain::UserId::Refusal::empty:
            problems.add("string_too_short", where, "Must have at least 1 byte", input, "{\"min_length\":1}");
            break;
        case domain::UserId::Refusal::too_long:
            problems.add("string_too_long", where, "Must have at most 256 bytes", input, "{\"max_length\":256}");
            break;
        case domain::UserId::Refusal::not_text:
            problems.add("string_type", where, "Must be UTF-8 without slashes and control characters", input);
            break;
    }
    return std::nullopt;
}

boost::json::value Codec<domain::UserId>::schema(Schemas&) {
    return boost::json::object{{"type", "string"}, {"minLength", 1}, {"maxLength", domain::UserId::bytes_max}};
}

/// By hand: one pass, and the user's name is escaped once for all lines.
void Codec<api::CartLines>::write(std::string& out, const api::CartLines& value) {
    std::string front = "{\"user_id\":";
    append_json_string(front, value.user.text());
    front += ",\"cart_id\":";
    Codec<domain::CartId>::write(front, value.cart.id);
    front += ",\"product_id\":";
    out.reserve(out.size() + 2 + value.cart.lines.size() * (front.size() + 80));
    out += '[';
    for (const auto& line : value.cart.lines) {
        if (out.back() != '[') out += ',';
        out += front;
        Codec<domain::ProductId>::write(out, line.product_id);
        out += ",\"product_quantity\":";
        detail::append_whole(out, line.quantity.count());
        out += '}';
    }
    out += ']';
}

}  // namespace cartwheel::reflect
