#include "cartwheel/engines/cql/values.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace cartwheel::engines::cql {
namespace {

/// Whether a byte of two's complement carries the sign. A char may be signed or not.
bool is_negative(char byte) { return (static_cast<std::uint8_t>(byte) & 0x80) != 0; }

/// More than the digits of any float that was made a decimal (Python's Decimal(79.61) has 48).
constexpr std::size_t unscaled_bytes_max = 64;

/// Divides a big-endian number by ten, rounding down, and drops zeros before it.
void divide_by_ten(std::string& magnitude) {
    unsigned rest = 0;
    for (char& byte : magnitude) {
        const unsigned part = rest << 8 | static_cast<std::uint8_t>(byte);
        byte = static_cast<char>(part / 10);
        rest = part % 10;
    }
    magnitude.erase(0, magnitude.find_first_not_of('\0'));
}

/// A decimal's unscaled number, big-endian two's complement. Of one too long for 64 bits decimals are cut off, down to three.
std::optional<std::int64_t> parse_unscaled(std::string_view bytes, std::int32_t& scale) {
    if (bytes.empty() || bytes.size() > unscaled_bytes_max) return std::nullopt;
    const bool is_below_zero = is_negative(bytes.front());
    std::string magnitude(bytes);
    if (is_below_zero) {
        for (char& byte : magnitude) byte = static_cast<char>(~byte);
        auto at = magnitude.rbegin();
        while (at != magnitude.rend() && ++*at == '\0') ++at;
    }
    magnitude.erase(0, std::min(magnitude.find_first_not_of('\0'), magnitude.size()));
    for (; magnitude.size() > 8; --scale) {
        if (scale <= 3) return std::nullopt;
        divide_by_ten(magnitude);
    }
    std::uint64_t value = 0;
    for (const char byte : magnitude) value = value << 8 | static_cast<std::uint8_t>(byte);
    // The least number has no positive one.
    if (value > std::uint64_t{1} << 63 || (value == std::uint64_t{1} << 63 && !is_below_zero)) {
        if (scale <= 3) return std::nullopt;
        value /= 10;
        --scale;
    }
    return static_cast<std::int64_t>(is_below_zero ? 0 - value : value);
}

std::int32_t read_int32(std::string_view bytes) {
    std::uint32_t raw = 0;
    std::memcpy(&raw, bytes.data(), sizeof raw);
    if constexpr (std::endian::native == std::endian::little) raw = std::byteswap(raw);
    return static_cast<std::int32_t>(raw);
}

}  // namespace

Values& Values::decimal(Money value) {
    // The unscaled number in the fewest bytes that keep its sign, as Java's BigInteger writes it.
    char bytes[8];
    const auto unscaled = static_cast<std::uint64_t>(value.minor());
    for (int i = 0; i < 8; ++i) bytes[i] = static_cast<char>(unscaled >> (56 - 8 * i));
    std::size_t from = 0;
    while (from < 7 && (bytes[from] == '\0' ? !is_negative(bytes[from + 1]) : bytes[from] == '\xff' && is_negative(bytes[from + 1])))
        ++from;
    head(static_cast<std::int32_t>(4 + 8 - from));
    append(std::uint32_t{2});
    bytes_.append(bytes + from, 8 - from);
    return *this;
}

std::optional<std::string_view> Cells::next() {
    if (failed_ || left_.size() < 4) {
        failed_ = true;
        return std::nullopt;
    }
    const auto length = read_int32(left_);
    left_.remove_prefix(4);
    if (length < 0) return std::nullopt;
    if (static_cast<std::size_t>(length) > left_.size()) {
        failed_ = true;
        return std::nullopt;
    }
    const auto cell = left_.substr(0, static_cast<std::size_t>(length));
    left_.remove_prefix(cell.size());
    return cell;
}

std::optional<Uuid> Cells::uuid() {
    const auto cell = next();
    if (!cell) return std::nullopt;
    Uuid::Bytes bytes{};
    if (cell->size() != bytes.size()) {
        failed_ = true;
        return std::nullopt;
    }
    std::memcpy(bytes.data(), cell->data(), bytes.size());
    return Uuid(bytes);
}

std::optional<bool> Cells::boolean() {
    const auto value = int8();
    return value ? std::optional(*value != 0) : std::nullopt;
}

std::optional<Money> Cells::decimal() {
    const auto cell = next();
    if (!cell) return std::nullopt;
    std::int32_t scale = cell->size() > 4 ? read_int32(*cell) : 0;
    const auto unscaled = cell->size() > 4 ? parse_unscaled(cell->substr(4), scale) : std::nullopt;
    if (!unscaled) {
        failed_ = true;
        return std::nullopt;
    }
    std::int64_t value = *unscaled;
    for (; scale < 2 && value != 0; ++scale)
        if (__builtin_mul_overflow(value, 10, &value)) {
            failed_ = true;
            return std::nullopt;
        }
    // All digits but the last that goes are cut off, so that only that one rounds.
    for (; scale > 3 && value != 0; --scale) value /= 10;
    if (scale > 2 && value != 0) value = value / 10 + (value % 10 >= 5 ? 1 : value % 10 <= -5 ? -1 : 0);
    return Money::from_minor(value);
}

Cells Cells::list(std::size_t& count) {
    count = 0;
    const auto cell = next();
    if (!cell) return Cells({});
    if (cell->size() < 4 || read_int32(*cell) < 0) {
        failed_ = true;
        return Cells({});
    }
    count = static_cast<std::size_t>(read_int32(*cell));
    return Cells(cell->substr(4));
}

std::optional<Money> money_from_float(float value) {
    if (!std::isfinite(value)) return std::nullopt;
    // The shortest digits that give this float again, and their power of ten.
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
    std::int64_t digits = 0;
    int decimals = 0;
    bool after_point = false;
    const char* at = text;
    const bool negative = *at == '-';
    if (negative) ++at;
    for (; *at != 'e'; ++at) {
        if (*at == '.') {
            after_point = true;
            continue;
        }
        digits = digits * 10 + (*at - '0');
        if (after_point) ++decimals;
    }
    ++at;
    int exponent = 0;
    std::from_chars(*at == '+' ? at + 1 : at, end, exponent);
    int scale = decimals - exponent;
    for (; scale < 2 && digits != 0; ++scale)
        if (__builtin_mul_overflow(digits, 10, &digits)) return std::nullopt;
    for (; scale > 3 && digits != 0; --scale) digits /= 10;
    if (scale > 2) digits = (digits + 5) / 10;
    return Money::from_minor(negative ? -digits : digits);
}

}  // namespace cartwheel::engines::cql
