#include "cartwheel/query/rows.h"

#include "cartwheel/reflect/json.h"

namespace cartwheel::query {
namespace {

/// The lines of an order as a JSON list, for json_each() and json_extract().
std::string lines_as_json(const std::vector<domain::OrderLine>& lines) {
    std::string out = "[";
    for (const auto& line : lines) {
        if (out.size() > 1) out += ',';
        out += "{\"product_id\":\"" + line.product_id.text() + "\",\"name\":";
        reflect::append_json_string(out, line.name);
        out += ",\"unit_price\":";
        line.unit_price.append_to(out);
        out += ",\"quantity\":" + std::to_string(line.quantity.count()) + ",\"total\":";
        line.total.append_to(out);
        out += '}';
    }
    return out += ']';
}

}  // namespace

const std::vector<Column>& columns_of(domain::Table table) {
    static const std::vector<Column> product = {
        {"id", "uuid", Role::product, true}, {"name", "text"}, {"price", "decimal"}, {"img", "text"}};
    static const std::vector<Column> cart = {{"user_id", "text", Role::user, true},
                                             {"cart_id", "uuid", Role::cart, true},
                                             {"is_active", "boolean", Role::active},
                                             {"ordered_us", "bigint"}};
    static const std::vector<Column> cart_items = {{"user_id", "text", Role::user, true},
                                                   {"cart_id", "uuid", Role::cart, true},
                                                   {"product_id", "uuid", Role::product, true},
                                                   {"product_quantity", "int"}};
    static const std::vector<Column> orders = {{"user_id", "text", Role::user, true},
                                               {"placed_us", "bigint", Role::none, true},
                                               {"order_id", "uuid", Role::cart, true},
                                               {"placed_at", "timestamp"},
                                               {"currency", "text"},
                                               {"items", "list<order_item>"},
                                               {"total", "decimal"}};
    switch (table) {
        case domain::Table::product: return product;
        case domain::Table::cart: return cart;
        case domain::Table::cart_items: return cart_items;
        case domain::Table::orders: break;
    }
    return orders;
}

void write(const domain::Product& product, std::size_t column, Answer& answer) {
    switch (column) {
        case 0: return answer.uuid(product.id.uuid());
        case 1: return answer.text(product.name);
        case 2: return answer.money(product.price);
        case 3: return answer.text(product.image);
        default: return answer.null();
    }
}

void write(const domain::CartRow& cart, std::optional<Time> ordered_at, std::size_t column, Answer& answer) {
    switch (column) {
        case 0: return answer.text(cart.user_id.text());
        case 1: return answer.uuid(cart.cart_id.uuid());
        case 2: return answer.boolean(cart.is_active);
        case 3: return ordered_at ? answer.integer(ordered_at->time_since_epoch().count()) : answer.null();
        default: return answer.null();
    }
}

void write(const domain::CartItemRow& item, std::size_t column, Answer& answer) {
    switch (column) {
        case 0: return answer.text(item.user_id.text());
        case 1: return answer.uuid(item.cart_id.uuid());
        case 2: return answer.uuid(item.product_id.uuid());
        case 3: return answer.integer(item.quantity.count());
        default: return answer.null();
    }
}

void write(const domain::Order& order, std::size_t column, Answer& answer) {
    switch (column) {
        case 0: return answer.text(order.user_id.text());
        case 1: return answer.integer(order.placed_at.time_since_epoch().count());
        case 2: return answer.uuid(order.id.uuid());
        case 3: return answer.time(order.placed_at);
        case 4: return answer.text(order.currency.code());
        case 5: return answer.text(lines_as_json(order.lines));
        case 6: return answer.money(order.total);
        default: return answer.null();
    }
}

void write(const domain::Row& row, std::optional<Time> ordered_at, std::size_t column, Answer& answer) {
    struct {
        void operator()(const domain::Product& product) const { write(product, column, answer); }
        void operator()(const domain::CartRow& cart) const { write(cart, ordered_at, column, answer); }
        void operator()(const domain::CartItemRow& item) const { write(item, column, answer); }
        void operator()(const domain::Order& order) const { write(order, column, answer); }
        std::optional<Time> ordered_at;
        std::size_t column = 0;
        Answer& answer;
    } visitor{ordered_at, column, answer};
    std::visit(visitor, row);
}

}  // namespace cartwheel::query
