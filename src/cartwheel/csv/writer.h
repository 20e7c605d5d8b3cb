#pragma once
// Writes CSV rows: quotes only where a reader needs them, LF at line ends. Pure; any thread.

#include <span>
#include <string>
#include <string_view>

#include "cartwheel/csv/dialect.h"

namespace cartwheel::csv {

/// Appends one row. Reading it with the same dialect gives the same fields, whatever they hold.
void append_row(std::string& out, std::span<const std::string_view> fields, const Dialect& dialect = {});

}  // namespace cartwheel::csv
