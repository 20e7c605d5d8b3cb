#include "cartwheel/engines/cql/values.h"

#include <charconv>
#include <cmath>

namespace cartwheel::engines::cql {
namespace {

/// Whether a byte of two's complement carries the sign. A char may be signed or not.
bool is_negative(char byte) { return (static_cast<std::uint8_t>(byte) & 0x80) != 0; }

/// Big-endian two's complement of up to eight bytes.
std::optional<std::int64_t> parse_varint(std::string_view bytes) {
    if (bytes.empty()) return std::nullopt;
    // Leading bytes that only repeat the sign say nothing.
    const char sign = is_negative(bytes.front()) ? '\xff' : '\0';
    while (bytes.size() > 8 && bytes[0] == sign && is_negative(bytes[1]) == (sign != 0)) bytes.remove_prefix(1);
    if (bytes.size() > 8) return std::nullopt;
    std::uint64_t value = sign != 0 ? ~std::uint64_t{0} : 0;
    for (const char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
    return static_cast<std::int64_t>(value);
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
    const auto unscaled = cell->size() > 4 ? parse_varint(cell->substr(4)) : std::nullopt;
    if (!unscaled) {
        failed_ = true;
        return std::nullopt;
    }
    std::int64_t value = *unscaled;
    std::int32_t scale = read_int32(*cell);
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
