#pragma once
// Values of an answer as JSON. Pure.

#include <string>

#include "cartwheel/store/store.h"

namespace cartwheel::query {

/// Appends it: numbers to 15 digits, as SQLite shows them, so that a fraction reads as the decimal number that it stands for; bytes as
/// the text 0x…; what JSON has no number for (infinity) as null.
void append_json(std::string& out, const store::Cell& cell);

}  // namespace cartwheel::query
