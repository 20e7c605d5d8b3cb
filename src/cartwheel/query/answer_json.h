#pragma once
// Answers as JSON. Pure.

#include <chrono>
#include <string>

#include "cartwheel/store/store.h"

namespace cartwheel::query {

/// Appends it: numbers to 15 digits, as SQLite shows them, so that a fraction reads as the decimal number that it stands for; bytes as
/// the text 0x…; what JSON has no number for (infinity) as null.
void append_json(std::string& out, const store::Cell& cell);

/// {"columns":["a"],"rows":[[1]],"truncated":false,"took_ms":0.5}
std::string answer_json(const store::RowSet& rows, std::chrono::nanoseconds took);

}  // namespace cartwheel::query
