#include "cartwheel/engines/cql/row_values.h"

#include <utility>

namespace cartwheel::engines::cql {
namespace {

using domain::Order;
using domain::OrderLine;

/// As Python's driver makes the sample's floats: the nearest double, then the float nearest to that.
float as_float(Money price) { return static_cast<float>(static_cast<double>(price.minor()) / 100); }

std::optional<Money> if_price(std::optional<Money> amount) {
    if (!amount || amount->minor() < 0 || amount->minor() > Money::price_max_minor) return std::nullopt;
    return amount;
}

std::optional<OrderLine> read_line(Cells fields) {
    const auto product = fields.id<domain::ProductId>();
    const auto name = fields.text();
    const auto unit_price = fields.decimal();
    const auto count = fields.int32();
    const auto total = fields.decimal();
    const auto quantity = count ? domain::Quantity::parse(*count) : std::nullopt;
    if (!product || !name || !unit_price || !quantity || !total) return std::nullopt;
    return OrderLine{*product, std::string(*name), *unit_price, *quantity, *total};
}

}  // namespace

std::string_view price_columns(PriceForm form) noexcept { return form == PriceForm::exact ? "price" : "price, price_exact"; }

std::optional<Money> read_amount(Cells& cells) {
    auto cell = cells;
    cells.skip();
    return cell.decimal();
}

std::optional<Money> read_price(Cells& cells, PriceForm form) {
    if (form == PriceForm::exact) return if_price(read_amount(cells));
    const auto price = cells.float32();
    const auto exact = if_price(read_amount(cells));
    if (!price) return std::nullopt;
    return exact && as_float(*exact) == *price ? exact : if_price(money_from_float(*price));
}

void append_price(Values& values, Money price, PriceForm form) {
    if (form == PriceForm::sample_float) values.float32(as_float(price));
    values.decimal(price);
}

void append_lines(Values& values, std::span<const OrderLine> lines) {
    Values items;
    for (const auto& line : lines)
        items.fields(
            Values().id(line.product_id).text(line.name).decimal(line.unit_price).int32(line.quantity.count()).decimal(line.total));
    values.list(items);
}

std::optional<std::vector<OrderLine>> read_lines(Cells& cells) {
    std::size_t count = 0;
    auto items = cells.list(count);
    std::vector<OrderLine> lines;
    for (; count > 0 && !items.at_end(); --count) {
        auto line = read_line(items.fields());
        if (!line) return std::nullopt;
        lines.push_back(*std::move(line));
    }
    // An order has at least one line; an empty list stands for null.
    if (count > 0 || lines.empty()) return std::nullopt;
    return lines;
}

void append_order(Values& values, const Order& order) {
    values.text(order.user_id.text()).int64(micros(order.placed_at)).id(order.id).timestamp(order.placed_at);
    values.text(order.currency.code());
    append_lines(values, order.lines);
    values.decimal(order.total);
}

std::optional<Order> read_order(Cells& cells) {
    const auto user = cells.text();
    const auto placed_at = read_micros(cells);
    const auto id = cells.id<domain::OrderId>();
    cells.skip();  // placed_at: the same to the millisecond, for people
    const auto code = cells.text();
    auto lines = read_lines(cells);
    const auto total = read_amount(cells);
    const auto currency = code ? domain::Currency::parse(*code) : std::nullopt;
    if (!user || !placed_at || !id || !currency || !lines || !total) return std::nullopt;
    return Order{*id, domain::UserId::trusted(std::string(*user)), *placed_at, *currency, *std::move(lines), *total};
}

}  // namespace cartwheel::engines::cql
