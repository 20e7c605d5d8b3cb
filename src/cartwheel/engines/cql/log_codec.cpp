#include "cartwheel/engines/cql/log_codec.h"

#include <fmt/format.h>

#include <algorithm>

namespace cartwheel::engines::cql {
namespace {

using domain::Table;
using domain::UserId;

std::string columns_of(Table table, PriceForm price) {
    switch (table) {
        case Table::product: return fmt::format("id, name, {}, img", price_columns(price));
        case Table::cart: return "user_id, cart_id, is_active, ordered_us";
        case Table::cart_items: return "user_id, cart_id, product_id, product_quantity";
        case Table::orders: return std::string(order_columns);
    }
    return {};
}

/// The most that the cluster takes: 20 years.
constexpr std::int64_t ttl_max = 630'720'000;

constexpr int marker_count(Table table) { return table == Table::orders ? 7 : 4; }

std::string_view as_view(const Stream::Id& id) { return {id.data(), id.size()}; }

// A column's value, or unset.

template <class Value, class Append>
void append(Values& values, const std::optional<Value>& column, Append append_value) {
    if (column) append_value(*column);
    else values.unset();
}
void append(Values& values, const std::optional<std::string>& text) {
    append(values, text, [&](const auto& value) { values.text(value); });
}
void append(Values& values, const std::optional<UserId>& user) {
    append(values, user, [&](const auto& value) { values.text(value.text()); });
}
void append(Values& values, const std::optional<Money>& amount) {
    append(values, amount, [&](const auto& value) { values.decimal(value); });
}
void append(Values& values, const std::optional<Time>& time) {
    append(values, time, [&](const auto& value) { values.int64(micros(value)); });
}
template <class Tag>
void append(Values& values, const std::optional<Id<Tag>>& id) {
    append(values, id, [&](const auto& value) { values.id(value); });
}

void append(Values& values, const ProductColumns& columns) {
    append(values, columns.id);
    append(values, columns.name);
    append(values, columns.price);
    append(values, columns.image);
}
void append(Values& values, const CartColumns& columns) {
    append(values, columns.user_id);
    append(values, columns.cart_id);
    append(values, columns.is_active, [&](bool value) { values.boolean(value); });
    append(values, columns.ordered_at);
}
void append(Values& values, const CartItemColumns& columns) {
    append(values, columns.user_id);
    append(values, columns.cart_id);
    append(values, columns.product_id);
    append(values, columns.quantity, [&](std::int32_t value) { values.int32(value); });
}
void append(Values& values, const OrderColumns& columns) {
    append(values, columns.user_id);
    append(values, columns.placed_at);
    append(values, columns.order_id);
    // A row that has only its key leaves the moment for people unset, too.
    append(values, columns.lines ? columns.placed_at : std::nullopt, [&](Time value) { values.timestamp(value); });
    append(values, columns.currency, [&](const domain::Currency& value) { values.text(value.code()); });
    append(values, columns.lines, [&](const auto& value) { append_lines(values, value); });
    append(values, columns.total);
}

std::optional<std::string> read_text(Cells& cells) {
    const auto text = cells.text();
    return text ? std::optional(std::string(*text)) : std::nullopt;
}
std::optional<UserId> read_user(Cells& cells) {
    auto text = read_text(cells);
    return text ? std::optional(UserId::trusted(*std::move(text))) : std::nullopt;
}

// Braces take the cells from left to right.

LogColumns read_columns(Cells& cells, Table table, PriceForm price) {
    switch (table) {
        case Table::product:
            return ProductColumns{cells.id<domain::ProductId>(), read_text(cells), read_price(cells, price), read_text(cells)};
        case Table::cart: return CartColumns{read_user(cells), cells.id<domain::CartId>(), cells.boolean(), read_micros(cells)};
        case Table::cart_items:
            return CartItemColumns{read_user(cells), cells.id<domain::CartId>(), cells.id<domain::ProductId>(), cells.int32()};
        case Table::orders: break;
    }
    OrderColumns order{read_user(cells), read_micros(cells), cells.id<domain::OrderId>(), std::nullopt, std::nullopt, std::nullopt};
    cells.skip();  // placed_at
    if (const auto code = cells.text()) order.currency = domain::Currency::parse(*code);
    order.lines = read_lines(cells);
    order.total = read_amount(cells);
    return order;
}

}  // namespace

std::string log_table(const Keyspace& keyspace, Table table) {
    return keyspace.table(std::string(domain::name_of(table)) + "_scylla_cdc_log");
}

PriceForm price_form_of_log(const Keyspace& keyspace) noexcept {
    return keyspace.dialect == Dialect::scylla && keyspace.price_is_float ? PriceForm::sample_float : PriceForm::exact;
}

std::string insert_log_row(const Keyspace& keyspace, Table table) {
    // A while longer than a cursor is good for, so that no node's clock takes away what a follower is just being told.
    const auto kept = keyspace.changes_kept.count() == 0 ? 0 : std::min<std::int64_t>(keyspace.changes_kept.count() + 60, ttl_max);
    std::string markers = "?, ?, ?, ?, ?";
    for (int i = 0; i < marker_count(table); ++i) markers += ", ?";
    return fmt::format(
        R"(INSERT INTO {} ("cdc$stream_id", "cdc$time", "cdc$batch_seq_no", "cdc$operation", "cdc$end_of_batch", {}) VALUES ({}) USING TTL {})",
        log_table(keyspace, table), columns_of(table, PriceForm::exact), markers, kept);
}

Values values_of(Stream stream, const LogRow& row) {
    Values values;
    values.blob(as_view(stream.id())).uuid(row.time.uuid()).int32(row.batch_seq_no).int8(static_cast<std::int8_t>(row.operation));
    if (row.is_end_of_batch) values.boolean(true);
    else values.unset();
    std::visit([&](const auto& columns) { append(values, columns); }, row.columns);
    return values;
}

std::string select_log_rows(const Keyspace& keyspace, Table table) {
    return fmt::format(R"(SELECT "cdc$stream_id", "cdc$time", "cdc$batch_seq_no", "cdc$operation", {} FROM {})",
                       columns_of(table, price_form_of_log(keyspace)), log_table(keyspace, table));
}

Result<StreamRow> read_log_row(Cells& cells, Table table, PriceForm price) {
    const auto stream = cells.next();
    const auto uuid = cells.uuid();
    const auto time = uuid ? ChangeTime::parse(*uuid) : std::nullopt;
    const auto number = cells.int32();
    const auto operation = cells.int8();
    auto columns = read_columns(cells, table, price);
    if (cells.failed() || !stream || !time || !number)
        return fail(Error::internal("The change log's tables are of another kind; run `cartwheel doctor`"));
    // One without an operation is none that we know.
    const auto kind = static_cast<LogOperation>(operation.value_or(-1));
    return StreamRow{*stream, {*time, *number, kind, false, std::move(columns)}};
}

}  // namespace cartwheel::engines::cql
