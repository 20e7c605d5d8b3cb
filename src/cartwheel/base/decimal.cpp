#include "cartwheel/base/decimal.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace cartwheel {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

std::string_view without_blanks(std::string_view text) {
    constexpr std::string_view blanks = " \t\n\r\f\v";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool is_word(std::string_view text, std::string_view word) {
    return std::ranges::equal(text, word, [](char a, char b) { return (a | 0x20) == b; });
}

/// The number behind an `e`; far powers are clamped, which changes no outcome: nothing so large or small is in any range.
std::optional<std::int64_t> parse_power(std::string_view text) {
    constexpr std::int64_t farthest = 1'000'000'000;
    const bool has_sign = text.starts_with('+') || text.starts_with('-');
    if (has_sign && (text.size() < 2 || !is_digit(text[1]))) return std::nullopt;
    if (text.starts_with('+')) text.remove_prefix(1);  // from_chars takes a minus alone
    std::int64_t power = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), power);
    if (end != text.data() + text.size()) return std::nullopt;
    if (status == std::errc::result_out_of_range) return text.front() == '-' ? -farthest : farthest;
    if (status != std::errc{}) return std::nullopt;
    return std::clamp(power, -farthest, farthest);
}

}  // namespace

std::expected<Decimal, Decimal::Refusal> Decimal::parse(std::string_view text) {
    text = without_blanks(text);
    Decimal out;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        out.negative = text.front() == '-';
        text.remove_prefix(1);
    }
    if (is_word(text, "nan") || is_word(text, "inf") || is_word(text, "infinity")) return std::unexpected(Refusal::not_finite);

    bool any = false;
    bool fraction = false;
    std::size_t at = 0;
    for (; at < text.size() && (is_digit(text[at]) || (text[at] == '.' && !fraction)); ++at) {
        if (text[at] == '.') {
            fraction = true;
            continue;
        }
        any = true;
        if (fraction) --out.exponent;
        if (!out.digits.empty() || text[at] != '0') out.digits += text[at];
    }
    if (!any) return std::unexpected(Refusal::not_a_number);
    if (at < text.size()) {
        if (text[at] != 'e' && text[at] != 'E') return std::unexpected(Refusal::not_a_number);
        const auto power = parse_power(text.substr(at + 1));
        if (!power) return std::unexpected(Refusal::not_a_number);
        out.exponent += *power;
    }
    while (!out.digits.empty() && out.digits.back() == '0') {
        out.digits.pop_back();
        ++out.exponent;
    }
    if (out.digits.empty()) out.exponent = 0;
    return out;
}

std::optional<std::int64_t> Decimal::whole() const noexcept {
    if (exponent < 0) return std::nullopt;
    constexpr auto largest = std::numeric_limits<std::int64_t>::max();
    const auto edge = negative ? std::numeric_limits<std::int64_t>::min() : largest;
    if (static_cast<std::int64_t>(digits.size()) + exponent > 18) return digits.empty() ? 0 : edge;  // 18 digits always fit
    std::int64_t value = 0;
    for (const char digit : digits) value = value * 10 + (digit - '0');
    for (std::int64_t i = 0; i < exponent; ++i) value *= 10;
    return negative ? -value : value;
}

}  // namespace cartwheel
