#pragma once
// Small questions about text that several folders ask. Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>

namespace cartwheel {

/// Offset of the first byte that is not well-formed UTF-8 (Unicode 15, table 3-7), or npos.
std::size_t find_invalid_utf8(std::string_view text) noexcept;
inline bool is_utf8(std::string_view text) noexcept { return find_invalid_utf8(text) == std::string_view::npos; }

/// `text` with U+FFFD in place of each byte that is not part of well-formed UTF-8.
std::string with_valid_utf8(std::string_view text);

/// XXH3, 64 bits: stable across runs and versions, so it may be stored; no protection against who wants two texts to collide.
std::uint64_t stable_hash(std::string_view text, std::uint64_t seed = 0) noexcept;

/// 0 to 15, or -1 when `c` is no hexadecimal digit.
constexpr int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Code points in well-formed UTF-8.
std::size_t code_points(std::string_view text) noexcept;

/// Whether `name` and `other` are the same but for the case of ASCII letters.
bool equal_ignoring_case(std::string_view name, std::string_view other) noexcept;

}  // namespace cartwheel
