#include "cartwheel/changes/event.h"

#include <algorithm>
#include <charconv>

#include "cartwheel/reflect/json.h"

namespace cartwheel::changes {
namespace {

using domain::Operation;

void append_number(std::string& out, std::int64_t number, int base = 10) {
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, number, base).ptr);
}

void append_number(std::string& out, std::uint64_t number, int base = 10) {
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, number, base).ptr);
}

template <class Tag>
void append_id(std::string& out, const Id<Tag>& id) {
    const auto at = out.size();
    out.resize(at + Uuid::text_bytes + 2, '"');
    id.uuid().write_to(out.data() + at + 1);
}

void append(std::string& out, const domain::Product& product) {
    out += "{\"id\":";
    append_id(out, product.id);
    out += ",\"img\":";
    reflect::append_json_string(out, product.image);
    out += ",\"name\":";
    reflect::append_json_string(out, product.name);
    out += ",\"price\":";
    product.price.append_to(out);
    out += '}';
}

void append(std::string& out, const domain::CartRow& row) {
    out += "{\"user_id\":";
    reflect::append_json_string(out, row.user_id.text());
    out += ",\"cart_id\":";
    append_id(out, row.cart_id);
    out += row.is_active ? ",\"is_active\":true}" : ",\"is_active\":false}";
}

void append(std::string& out, const domain::CartItemRow& row) {
    out += "{\"user_id\":";
    reflect::append_json_string(out, row.user_id.text());
    out += ",\"cart_id\":";
    append_id(out, row.cart_id);
    out += ",\"product_id\":";
    append_id(out, row.product_id);
    out += ",\"product_quantity\":";
    append_number(out, std::int64_t{row.quantity.count()});
    out += '}';
}

void append(std::string& out, const domain::Order& order) {
    out += "{\"order_id\":";
    append_id(out, order.id);
    out += ",\"user_id\":";
    reflect::append_json_string(out, order.user_id.text());
    out += ",\"placed_at\":\"";
    out += rfc3339(order.placed_at);
    out += "\",\"currency\":\"";
    out += order.currency.code();
    out += "\",\"items\":[";
    char separator = 0;
    for (const auto& line : order.lines) {
        if (separator != 0) out += separator;
        separator = ',';
        out += "{\"product_id\":";
        append_id(out, line.product_id);
        out += ",\"name\":";
        reflect::append_json_string(out, line.name);
        out += ",\"unit_price\":";
        line.unit_price.append_to(out);
        out += ",\"quantity\":";
        append_number(out, std::int64_t{line.quantity.count()});
        out += ",\"total\":";
        line.total.append_to(out);
        out += '}';
    }
    out += "],\"total\":";
    order.total.append_to(out);
    out += '}';
}

void append_row_or_null(std::string& out, const std::optional<domain::Row>& row) {
    if (row) append_row(out, *row);
    else out += "null";
}

std::int64_t milliseconds(Time time) { return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count(); }

const domain::Row& newest_row(const domain::RowChange& change) noexcept { return change.after ? *change.after : *change.before; }

}  // namespace

char letter_of(Operation operation) noexcept {
    switch (operation) {
        case Operation::insert: return 'c';
        case Operation::update: return 'u';
        case Operation::remove: return 'd';
    }
    return '?';
}

void append_row(std::string& out, const domain::Row& row) {
    std::visit([&](const auto& columns) { append(out, columns); }, row);
}

void append_event_id(std::string& out, const domain::Commit& commit, std::size_t index) {
    if (commit.mark != 0) append_number(out, commit.mark, 16);
    else append_number(out, commit.seq);
    out += '-';
    append_number(out, std::uint64_t{index + 1});
}

void append_event(std::string& out, const domain::Commit& commit, std::size_t index, Time delivered) {
    const auto& change = commit.changes[index];
    out += "{\"op\":\"";
    out += letter_of(change.operation);
    out += "\",\"before\":";
    append_row_or_null(out, change.before);
    out += ",\"after\":";
    append_row_or_null(out, change.after);
    out += ",\"source\":{\"connector\":\"cartwheel\",\"keyspace_name\":\"";
    out += keyspace_name;
    out += "\",\"table_name\":\"";
    out += domain::name_of(change.table());
    out += "\",\"ts_ms\":";
    append_number(out, milliseconds(commit.time));
    out += ",\"ts_us\":";
    append_number(out, std::int64_t{commit.time.time_since_epoch().count()});
    out += "},\"ts_ms\":";
    append_number(out, milliseconds(delivered));
    out += ",\"transaction\":null,\"id\":\"";
    append_event_id(out, commit, index);
    out += "\"}";
}

const domain::UserId* user_of(const domain::RowChange& change) noexcept {
    return std::visit(
        [](const auto& row) -> const domain::UserId* {
            if constexpr (requires { row.user_id; }) return &row.user_id;
            else return nullptr;
        },
        newest_row(change));
}

bool is_about(const domain::RowChange& change, const domain::ProductId& product) noexcept {
    const auto& row = newest_row(change);
    if (const auto* whole = std::get_if<domain::Product>(&row)) return whole->id == product;
    if (const auto* item = std::get_if<domain::CartItemRow>(&row)) return item->product_id == product;
    if (const auto* order = std::get_if<domain::Order>(&row))
        return std::ranges::any_of(order->lines, [&](const domain::OrderLine& line) { return line.product_id == product; });
    return false;
}

}  // namespace cartwheel::changes
