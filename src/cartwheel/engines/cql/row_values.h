#pragma once
// How the shop's values stand in the columns of the tables and of their logs. Pure; any thread.
// Others write to these tables too, the sample application among them: what cannot be a value of the shop's is none, and no failure.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cartwheel/domain/order.h"
#include "cartwheel/domain/product.h"
#include "cartwheel/engines/cql/values.h"

namespace cartwheel::engines::cql {

/// How a product's price is kept.
enum class PriceForm : std::uint8_t {
    exact,         ///< price, a decimal
    sample_float,  ///< price, a 32-bit float as the sample application made it, and price_exact, a decimal that counts while both agree
};

/// The columns that a price stands in, in the order of the two functions below.
std::string_view price_columns(PriceForm form) noexcept;
std::optional<Money> read_price(Cells& cells, PriceForm form);
void append_price(Values& values, Money price, PriceForm form);

/// A decimal; none: null, or beyond what Money holds, which leaves the cells behind it readable.
std::optional<Money> read_amount(Cells& cells);

/// A bigint: microseconds since 1970.
inline std::optional<Time> read_micros(Cells& cells) {
    const auto micros = cells.int64();
    return micros ? std::optional(Time(std::chrono::microseconds(*micros))) : std::nullopt;
}
inline std::int64_t micros(Time time) { return time.time_since_epoch().count(); }

/// A frozen<list<frozen<order_item>>>.
void append_lines(Values& values, std::span<const domain::OrderLine> lines);
/// None: null, or a line that is none of the shop's.
std::optional<std::vector<domain::OrderLine>> read_lines(Cells& cells);

/// The columns of an order, and one from them; none: one is null or none of the shop's.
inline constexpr std::string_view order_columns = "user_id, placed_us, order_id, placed_at, currency, items, total";
void append_order(Values& values, const domain::Order& order);
std::optional<domain::Order> read_order(Cells& cells);

}  // namespace cartwheel::engines::cql
