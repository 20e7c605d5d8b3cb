#pragma once
// Points in time as people write them in CQL and SQL. Pure.

#include <optional>
#include <string_view>

#include "cartwheel/base/time.h"

namespace cartwheel::query {

/// `2026-03-01`, `2026-03-01 12:30`, `2026-03-01T12:30:15.123456Z`, `2026-03-01 12:30+0100`. UTC where no offset is given; what is finer
/// than a microsecond is cut off.
std::optional<Time> parse_time(std::string_view text);

}  // namespace cartwheel::query
