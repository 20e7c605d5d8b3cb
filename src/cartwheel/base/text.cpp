#include "cartwheel/base/text.h"

#include <xxhash.h>

#include <algorithm>
#include <cstring>

namespace cartwheel {
namespace {

bool is_continuation(unsigned char byte) noexcept { return (byte & 0xc0) == 0x80; }

/// Length of the well-formed sequence at `at`, 0 when there is none.
std::size_t sequence_bytes(const unsigned char* at, std::size_t left) noexcept {
    const unsigned char first = at[0];
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return left >= 2 && is_continuation(at[1]) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        if (left < 3 || !is_continuation(at[1]) || !is_continuation(at[2])) return 0;
        if (first == 0xe0 && at[1] < 0xa0) return 0;  // overlong
        if (first == 0xed && at[1] > 0x9f) return 0;  // surrogates
        return 3;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        if (left < 4 || !is_continuation(at[1]) || !is_continuation(at[2]) || !is_continuation(at[3])) return 0;
        if (first == 0xf0 && at[1] < 0x90) return 0;  // overlong
        if (first == 0xf4 && at[1] > 0x8f) return 0;  // beyond U+10FFFF
        return 4;
    }
    return 0;
}

}  // namespace

std::size_t find_invalid_utf8(std::string_view text) noexcept {
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t at = 0;
    while (at < text.size()) {
        if (text.size() - at >= 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, bytes + at, 8);
            if ((word & 0x8080808080808080ULL) == 0) {
                at += 8;
                continue;
            }
        }
        const std::size_t length = sequence_bytes(bytes + at, text.size() - at);
        if (length == 0) return at;
        at += length;
    }
    return std::string_view::npos;
}

std::string with_valid_utf8(std::string_view text) {
    std::string out;
    for (;;) {
        const auto wrong = find_invalid_utf8(text);
        out += text.substr(0, wrong);
        if (wrong == std::string_view::npos) return out;
        out += "\xef\xbf\xbd";
        text.remove_prefix(wrong + 1);
    }
}

std::uint64_t stable_hash(std::string_view text, std::uint64_t seed) noexcept {
    return XXH3_64bits_withSeed(text.data(), text.size(), seed);
}

std::size_t code_points(std::string_view text) noexcept {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !is_continuation(static_cast<unsigned char>(c)); }));
}

bool equal_ignoring_case(std::string_view name, std::string_view other) noexcept {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
    return std::ranges::equal(name, other, {}, lower, lower);
}

}  // namespace cartwheel
