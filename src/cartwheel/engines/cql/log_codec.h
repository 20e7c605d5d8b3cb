#pragma once
// Rows of the change log as values of a statement, and from the cells of an answer. Pure; any thread.

#include <optional>
#include <string>
#include <string_view>

#include "cartwheel/changes/change_rows.h"
#include "cartwheel/engines/cql/keyspace.h"
#include "cartwheel/engines/cql/row_values.h"

namespace cartwheel::engines::cql {

using namespace changes;

inline constexpr domain::Table log_tables[]{domain::Table::cart, domain::Table::cart_items, domain::Table::product, domain::Table::orders};

/// ecommerce.cart_items_scylla_cdc_log
std::string log_table(const Keyspace& keyspace, domain::Table table);

/// How prices stand in the log: ScyllaDB copies the table's columns, the log that the engine itself writes has the exact price.
PriceForm price_form_of_log(const Keyspace& keyspace) noexcept;

/// An INSERT, and the values of its markers. What a row does not have is left unset.
std::string insert_log_row(const Keyspace& keyspace, domain::Table table);
Values values_of(Stream stream, const LogRow& row);

/// What to select, "SELECT ... FROM ...", and a row of it.
std::string select_log_rows(const Keyspace& keyspace, domain::Table table);
struct StreamRow {
    std::string_view stream_id;  ///< of the cells
    LogRow row;                  ///< without is_end_of_batch
};
/// Errors: internal (the columns are of other types).
Result<StreamRow> read_log_row(Cells& cells, domain::Table table, PriceForm price);

}  // namespace cartwheel::engines::cql
