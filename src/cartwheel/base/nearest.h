#pragma once
// "Did you mean": the known name that is nearest to one that is not known. Pure; any thread.

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cartwheel {

/// The name of `known` with the fewest letters added, dropped, changed or swapped with their neighbour, or nothing when none is
/// near enough to be meant. Case and the difference between - and _ count for nothing.
std::optional<std::string> nearest(std::string_view name, std::span<const std::string> known);

/// "; did you mean <before><name>?", or an empty text.
std::string did_you_mean(std::string_view name, std::span<const std::string> known, std::string_view before = "");

}  // namespace cartwheel
