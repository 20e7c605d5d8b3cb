#pragma once
// The shop's tables as SQLite's virtual tables. https://sqlite.org/vtab.html

#include "cartwheel/query/session.h"

struct sqlite3;

namespace cartwheel::query {

inline constexpr const char* module_name = "shop_table";

/// From now on CREATE VIRTUAL TABLE <name> USING shop_table makes the table of that name. `session` must outlive the connection.
/// Gives SQLite's code.
int add_module(sqlite3* database, Session& session);

}  // namespace cartwheel::query
