#pragma once
// Which conditions of a statement a table's reader hears of: chosen while SQLite plans, read when the statement runs. A condition that a
// reader hears of is still looked at by SQLite, so it only has to let enough rows through.

#include <optional>
#include <span>
#include <string_view>

#include "cartwheel/query/table.h"

struct sqlite3_index_info;  // NOLINT(readability-identifier-naming): SQLite's
struct sqlite3_value;

namespace cartwheel::query {

/// What SQLite knows a column's type as. It says how values compare: timeuuids by their time.
std::string_view sql_type(std::string_view cql_type);

/// The collation of timeuuids: by time, then as Cassandra and ScyllaDB do; what is no timeuuid comes behind them all.
inline constexpr const char* timeuuid_collation = "timeuuid";
int compare_timeuuids(std::string_view left, std::string_view right);

/// Fills in what xBestIndex gives. Gives SQLite's code.
int choose_filters(const Table& table, sqlite3_index_info& info);

/// None: no row can fit.
std::optional<Filters> read_filters(const char* plan, std::span<sqlite3_value* const> values);

}  // namespace cartwheel::query
