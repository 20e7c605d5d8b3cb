#pragma once
// A change as a line for people. Pure.

#include <string>
#include <string_view>

namespace cartwheel::cli {

/// `2026-03-01T12:00:00.000000Z  ann  puts 2 x dc87a43f-…`, of an event's JSON; what is no event comes back as it is.
std::string change_text(std::string_view event);

}  // namespace cartwheel::cli
