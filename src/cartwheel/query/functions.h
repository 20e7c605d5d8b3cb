#pragma once
// Functions beside SQLite's own: CQL's of time and timeuuids, and sum, avg and total that are right to the cent.

#include <span>
#include <string_view>

#include "cartwheel/query/session.h"

struct sqlite3;

namespace cartwheel::query {

/// Names of CQL's functions, as they are written there.
std::span<const std::string_view> function_names();

/// `session` must outlive the connection. Gives SQLite's code.
int add_functions(sqlite3* database, Session& session);

}  // namespace cartwheel::query
