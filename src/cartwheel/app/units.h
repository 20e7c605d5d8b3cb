#pragma once
// Numbers with units, as people write them in settings. Pure; any thread. A text that is none gives `invalid` with an example.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cartwheel/base/error.h"

namespace cartwheel::app {

/// Digits alone, `min` to `max`.
Result<std::uint64_t> parse_count(std::string_view text, std::uint64_t min, std::uint64_t max);

/// `512B`, `64KiB`, `256MiB`, `1GiB`, or bytes without a unit; also kB, MB and GB, which are powers of 1000.
Result<std::size_t> parse_bytes(std::string_view text);
/// The shortest form that `parse_bytes` takes for the same number.
std::string show_bytes(std::size_t bytes);

/// `500ms`, `10s`, `2m` or `1h`: whole numbers, more than 0.
Result<std::chrono::milliseconds> parse_duration(std::string_view text, std::chrono::hours max = std::chrono::hours(24));
/// The shortest form that `parse_duration` takes for the same time.
std::string show_duration(std::chrono::milliseconds duration);

/// `host`, `host:port` or `[::1]:port`, separated by commas: names and addresses that are looked up later. At least one.
Result<std::vector<std::string>> parse_hosts(std::string_view text);

/// true, false, yes, no, on, off, 1, 0.
Result<bool> parse_yes_or_no(std::string_view text);

}  // namespace cartwheel::app
