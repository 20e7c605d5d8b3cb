#pragma once
// The change log of a table, row by row as ScyllaDB's has it: the same rows as changes::rows_of gives, made one at a time from the commits.

#include "cartwheel/query/table.h"

namespace cartwheel::query {

/// `<table>_scylla_cdc_log`
Table log_table(domain::Table of);

}  // namespace cartwheel::query
