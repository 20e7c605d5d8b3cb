#include "cartwheel/base/money.h"

#include <charconv>

#include "cartwheel/base/decimal.h"

namespace cartwheel {
std::expected<Money, Money::Refusal> Money::parse_price(std::string_view text) {
    const auto decimal = Decimal::parse(text);
    if (!decimal) return std::unexpected(decimal.error() == Decimal::Refusal::not_finite ? Refusal::not_finite : Refusal::not_a_number);
    if (decimal->digits.empty()) return Money(0);  // zero, whatever its sign
    if (decimal->negative) return std::unexpected(Refusal::negative);
    constexpr std::int64_t minor_digits_max = 12;  // of price_max_minor
    const auto minor_exponent = decimal->exponent + 2;
    if (static_cast<std::int64_t>(decimal->digits.size()) + minor_exponent > minor_digits_max) return std::unexpected(Refusal::too_large);
    if (minor_exponent < 0) return std::unexpected(Refusal::too_many_decimals);
    std::int64_t minor = 0;
    for (const char digit : decimal->digits) minor = minor * 10 + (digit - '0');
    for (std::int64_t i = 0; i < minor_exponent; ++i) minor *= 10;
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
