#pragma once
// What goes over the wire: described structs and their way from and to the domain. Names and order are the sample application's.

#include <string>
#include <vector>

#include "cartwheel/domain/cart.h"
#include "cartwheel/reflect/codec.h"

namespace cartwheel::api {

/// A product, both ways.
struct Product {
    domain::ProductId id;
    reflect::Text<domain::Product::image_bytes_max> img;
    reflect::Text<domain::Product::name_bytes_max> name;
    Money price;
};
BOOST_DESCRIBE_STRUCT(Product, (), (id, img, name, price))

/// The body of a PUT: the id in the path wins, the one in the body must be there and is ignored.
struct ProductUpdate {
    std::string id;
    reflect::Text<domain::Product::image_bytes_max> img;
    reflect::Text<domain::Product::name_bytes_max> name;
    Money price;
};
BOOST_DESCRIBE_STRUCT(ProductUpdate, (), (id, img, name, price))

struct CartItem {
    domain::ProductId product_id;
    domain::Quantity quantity = domain::Quantity::one();
};
BOOST_DESCRIBE_STRUCT(CartItem, (), (product_id, quantity))

struct ItemQuantity {
    domain::Quantity quantity = domain::Quantity::one();
};
BOOST_DESCRIBE_STRUCT(ItemQuantity, (), (quantity))

struct CartLine {
    std::string user_id;
    domain::CartId cart_id;
    domain::ProductId product_id;
    std::int32_t product_quantity = 0;
};
BOOST_DESCRIBE_STRUCT(CartLine, (), (user_id, cart_id, product_id, product_quantity))

/// A whole cart; goes out as a list of CartLine.
struct CartLines {
    domain::UserId user;
    domain::Cart cart;
};

struct OrderItem {
    domain::ProductId product_id;
    std::string name;
    Money unit_price;
    std::int32_t quantity = 0;
    Money total;
};
BOOST_DESCRIBE_STRUCT(OrderItem, (), (product_id, name, unit_price, quantity, total))

struct Order {
    domain::OrderId order_id;
    std::string user_id;
    std::string placed_at;  ///< RFC 3339, UTC
    std::string currency;   ///< ISO 4217
    std::vector<OrderItem> items;
    Money total;
};
BOOST_DESCRIBE_STRUCT(Order, (), (order_id, user_id, placed_at, currency, items, total))

domain::Product to_domain(Product product);
Product view(domain::Product product);
Order view(const domain::Order& order);

}  // namespace cartwheel::api

namespace cartwheel::reflect {

template <>
inline constexpr auto may_be_absent<api::CartItem> = members("quantity");

template <>
inline constexpr std::string_view schema_name<api::Product> = "Product";
template <>
inline constexpr std::string_view schema_name<api::ProductUpdate> = "Product";  // one schema for clients; only the reading differs
template <>
inline constexpr std::string_view schema_name<api::CartItem> = "CartItem";
template <>
inline constexpr std::string_view schema_name<api::ItemQuantity> = "ItemQuantity";
template <>
inline constexpr std::string_view schema_name<api::CartLine> = "CartLine";
template <>
inline constexpr std::string_view schema_name<api::OrderItem> = "OrderItem";
template <>
inline constexpr std::string_view schema_name<api::Order> = "Order";

template <>
struct Codec<domain::Quantity> {
    using Bounded = Codec<Whole<domain::Quantity::min, domain::Quantity::max>>;
    static std::optional<domain::Quantity> read(const JsonValue& in, const Where& where, Problems& problems) {
        const auto count = Bounded::read(in, where, problems);
        return count ? domain::Quantity::parse(count->value) : std::nullopt;
    }
    static void write(std::string& out, domain::Quantity value) { detail::append_whole(out, value.count()); }
    static boost::json::value schema(Schemas& schemas) { return Bounded::schema(schemas); }
};

template <>
struct Codec<domain::UserId> {
    static std::optional<domain::UserId> read_text(std::string_view text, const Where& where, Problems& problems);
    static boost::json::value schema(Schemas& schemas);
};

template <>
struct Codec<api::CartLines> {
    static void write(std::string& out, const api::CartLines& value);
    static boost::json::value schema(Schemas& schemas) { return Codec<std::vector<api::CartLine>>::schema(schemas); }
};

}  // namespace cartwheel::reflect
