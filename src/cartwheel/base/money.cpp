#include "cartwheel/base/money.h"

#include <algorithm>
#include <charconv>

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

/// A decimal number taken apart: `digits` without leading zeros, and the power of ten of its last digit.
struct Decimal {
    std::string digits;
    std::int64_t exponent = 0;
    bool negative = false;
};

std::expected<Decimal, Money::Refusal> parse_decimal(std::string_view text) {
    using enum Money::Refusal;
    Decimal out;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        out.negative = text.front() == '-';
        text.remove_prefix(1);
    }
    if (is_word(text, "nan") || is_word(text, "inf") || is_word(text, "infinity")) return std::unexpected(not_finite);

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
    if (!any) return std::unexpected(not_a_number);
    if (at < text.size()) {
        if (text[at] != 'e' && text[at] != 'E') return std::unexpected(not_a_number);
        ++at;
        if (at < text.size() && text[at] == '+') ++at;
        std::int64_t power = 0;
        const auto [end, status] = std::from_chars(text.data() + at, text.data() + text.size(), power);
        if (status == std::errc::result_out_of_range) power = text[at] == '-' ? -1'000'000'000 : 1'000'000'000;
        else if (status != std::errc{}) return std::unexpected(not_a_number);
        if (end != text.data() + text.size() || text[at] == '+') return std::unexpected(not_a_number);
        out.exponent += std::clamp<std::int64_t>(power, -1'000'000'000, 1'000'000'000);
    }
    while (!out.digits.empty() && out.digits.back() == '0') {
        out.digits.pop_back();
        ++out.exponent;
    }
    return out;
}

}  // namespace

std::expected<Money, Money::Refusal> Money::parse_price(std::string_view text) {
    const auto decimal = parse_decimal(without_blanks(text));
    if (!decimal) return std::unexpected(decimal.error());
    if (decimal->digits.empty()) return Money(0);  // zero, whatever its sign and exponent
    if (decimal->negative) return std::unexpected(Refusal::negative);
    constexpr std::int64_t price_digits_max = 12;  // of price_max_minor
    const auto magnitude = static_cast<std::int64_t>(decimal->digits.size()) + decimal->exponent + 2;
    if (magnitude > price_digits_max) return std::unexpected(Refusal::too_large);
    if (decimal->exponent < -2) return std::unexpected(Refusal::too_many_decimals);
    std::int64_t minor = 0;
    for (const char digit : decimal->digits) minor = minor * 10 + (digit - '0');
    for (auto i = decimal->exponent + 2; i > 0; --i) minor *= 10;
    return Money(minor);
}

Result<Money> Money::times(std::int64_t count) const {
    std::int64_t product = 0;
    if (__builtin_mul_overflow(minor_, count, &product)) return fail(Error::conflict("The amount is too large"));
    return Money(product);
}

Result<Money> Money::plus(Money other) const {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(minor_, other.minor_, &sum)) return fail(Error::conflict("The amount is too large"));
    return Money(sum);
}

void Money::append_to(std::string& out) const {
    char digits[24];
    const auto magnitude = minor_ < 0 ? 0 - static_cast<std::uint64_t>(minor_) : static_cast<std::uint64_t>(minor_);
    if (minor_ < 0) out += '-';
    const auto [end, status] = std::to_chars(digits, digits + sizeof digits, magnitude / 100);
    out.append(digits, end);
    const auto cents = magnitude % 100;
    out += '.';
    out += static_cast<char>('0' + cents / 10);
    if (cents % 10 != 0) out += static_cast<char>('0' + cents % 10);
}

std::string Money::text() const {
    std::string out;
    append_to(out);
    return out;
}

}  // namespace cartwheel
