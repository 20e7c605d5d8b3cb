#include "cartwheel/engines/cql/cell_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <chrono>
#include <cstring>

#include "cartwheel/base/uuid.h"
#include "cartwheel/engines/cql/values.h"

namespace cartwheel::engines::cql {
namespace {

using Kind = CellType::Kind;
using store::Cell;

// Layouts: "int", "list<text>", "udt<\"name\":text,\"price\":decimal>".

struct KindName {
    std::string_view name;
    Kind kind;
};
constexpr std::array kind_names{
    KindName{"ascii", Kind::text},      KindName{"bigint", Kind::bigint},   KindName{"blob", Kind::blob},
    KindName{"boolean", Kind::boolean}, KindName{"counter", Kind::bigint},  KindName{"date", Kind::date},
    KindName{"decimal", Kind::decimal}, KindName{"double", Kind::double_},  KindName{"float", Kind::float_},
    KindName{"inet", Kind::inet},       KindName{"int", Kind::int_},        KindName{"list", Kind::list},
    KindName{"map", Kind::map},         KindName{"set", Kind::set},         KindName{"smallint", Kind::smallint},
    KindName{"text", Kind::text},       KindName{"time", Kind::time},       KindName{"timestamp", Kind::timestamp},
    KindName{"timeuuid", Kind::uuid},   KindName{"tinyint", Kind::tinyint}, KindName{"tuple", Kind::tuple},
    KindName{"udt", Kind::user_type},   KindName{"uuid", Kind::uuid},       KindName{"varint", Kind::varint},
};

class LayoutParser {
public:
    explicit LayoutParser(std::string_view text) : left_(text) {}

    CellType type() {
        CellType type;
        const auto word = left_.substr(0, left_.find_first_of("<>,"));
        left_.remove_prefix(word.size());
        const auto* const known = std::ranges::find(kind_names, word, &KindName::name);
        type.kind = known == kind_names.end() ? Kind::blob : known->kind;
        if (!take('<')) return type;
        do {
            if (left_.starts_with('"')) type.names.push_back(quoted());
            type.of.push_back(this->type());
        } while (take(','));
        take('>');
        // A vector, or one that a later server has made up.
        if (known == kind_names.end()) type = {};
        return type;
    }

private:
    bool take(char c) {
        if (!left_.starts_with(c)) return false;
        left_.remove_prefix(1);
        return true;
    }
    std::string quoted() {
        std::string out;
        take('"');
        while (!left_.empty()) {
            const char c = left_.front();
            left_.remove_prefix(1);
            if (c == '"' && !take('"')) break;
            out += c;
        }
        take(':');
        return out;
    }

    std::string_view left_;
};

std::optional<std::int64_t> signed_number(std::string_view bytes) {
    if (bytes.empty() || bytes.size() > 8) return std::nullopt;
    std::uint64_t value = (static_cast<std::uint8_t>(bytes.front()) & 0x80) != 0 ? ~std::uint64_t{0} : 0;
    for (const char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
    return static_cast<std::int64_t>(value);
}

/// A big-endian number of any length in two's complement.
std::string whole_number(std::string_view bytes) {
    if (const auto small = signed_number(bytes)) return fmt::format("{}", *small);
    std::string magnitude(bytes);
    const bool is_below_zero = (static_cast<std::uint8_t>(bytes.front()) & 0x80) != 0;
    if (is_below_zero) {
        for (char& byte : magnitude) byte = static_cast<char>(~byte);
        auto at = magnitude.rbegin();
        while (at != magnitude.rend() && ++*at == '\0') ++at;
    }
    std::string digits;
    while (magnitude.find_first_not_of('\0') != std::string::npos) {
        unsigned rest = 0;
        for (char& byte : magnitude) {
            const unsigned part = rest << 8 | static_cast<std::uint8_t>(byte);
            byte = static_cast<char>(part / 10);
            rest = part % 10;
        }
        digits += static_cast<char>('0' + rest);
    }
    if (is_below_zero) digits += '-';
    std::ranges::reverse(digits);
    return digits;
}

constexpr std::size_t number_bytes_max = 256;  // its digits take as many steps squared
constexpr std::int64_t scale_max = 1'000;

std::optional<std::string> decimal(std::string_view bytes) {
    if (bytes.size() < 5 || bytes.size() > number_bytes_max) return std::nullopt;
    const auto scale = *signed_number(bytes.substr(0, 4));
    auto text = whole_number(bytes.substr(4));
    if (scale == 0) return text;
    if (scale < 0 || scale > scale_max) return fmt::format("{}E{:+}", text, -scale);
    const std::size_t sign = text.starts_with('-') ? 1 : 0;
    const auto digits = static_cast<std::size_t>(scale);
    if (text.size() - sign <= digits) text.insert(sign, digits + 1 - (text.size() - sign), '0');
    text.insert(text.size() - digits, ".");
    return text;
}

std::string day(std::chrono::sys_days days) {
    const std::chrono::year_month_day date(days);
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()));
}

// Beyond these the calendar's own numbers overflow.
constexpr std::chrono::days days_max{std::chrono::sys_days(std::chrono::year(9999) / 12 / 31).time_since_epoch()};
constexpr std::chrono::days days_min{std::chrono::sys_days(std::chrono::year(-9999) / 1 / 1).time_since_epoch()};

std::optional<std::string> timestamp(std::chrono::milliseconds since_epoch) {
    const auto days = std::chrono::floor<std::chrono::days>(since_epoch);
    if (days < days_min || days > days_max) return std::nullopt;
    const std::chrono::hh_mm_ss time(since_epoch - days);
    return fmt::format("{} {:02}:{:02}:{:02}.{:03}000+0000", day(std::chrono::sys_days(days)), time.hours().count(), time.minutes().count(),
                       time.seconds().count(), time.subseconds().count());
}

std::optional<std::string> date(std::uint32_t days_from_the_middle) {
    const std::chrono::days days(static_cast<std::int64_t>(days_from_the_middle) - (std::int64_t{1} << 31));
    if (days < days_min || days > days_max) return std::nullopt;
    return day(std::chrono::sys_days(days));
}

std::optional<std::string> inet(std::string_view bytes) {
    if (bytes.size() == 4) {
        boost::asio::ip::address_v4::bytes_type raw{};
        std::memcpy(raw.data(), bytes.data(), raw.size());
        return boost::asio::ip::address_v4(raw).to_string();
    }
    if (bytes.size() != 16) return std::nullopt;
    boost::asio::ip::address_v6::bytes_type raw{};
    std::memcpy(raw.data(), bytes.data(), raw.size());
    return boost::asio::ip::address_v6(raw).to_string();
}

std::optional<std::string> uuid(std::string_view bytes) {
    Uuid::Bytes raw{};
    if (bytes.size() != raw.size()) return std::nullopt;
    std::memcpy(raw.data(), bytes.data(), raw.size());
    return Uuid(raw).text();
}

/// To the shortest text of the number as it was stored: 79.61, though no double of that float is.
std::optional<double> floating(const CellType& type, std::string_view bytes) {
    const auto raw = signed_number(bytes);
    if (type.kind == Kind::double_) return bytes.size() == 8 ? std::optional(std::bit_cast<double>(*raw)) : std::nullopt;
    if (bytes.size() != 4) return std::nullopt;
    const auto text = fmt::format("{}", std::bit_cast<float>(static_cast<std::int32_t>(*raw)));
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::size_t size_of(Kind kind) {
    switch (kind) {
        case Kind::tinyint: return 1;
        case Kind::smallint: return 2;
        case Kind::int_: return 4;
        default: return 8;
    }
}

std::string in_quotes(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        out += c;
        if (c == '\'') out += c;
    }
    return out + "'";
}

std::string hex(std::string_view bytes) {
    std::string out = "0x";
    for (const char byte : bytes) out += fmt::format("{:02x}", static_cast<std::uint8_t>(byte));
    return out;
}

std::string inner_text(const CellType& type, std::optional<std::string_view> bytes);

std::optional<std::string> collection(const CellType& type, std::string_view bytes) {
    // The cells' own reader wants a length before them.
    Values whole;
    whole.blob(bytes);
    std::size_t count = 0;
    Cells outer(whole.bytes());
    auto cells = outer.list(count);
    const bool is_map = type.kind == Kind::map;
    if (type.of.size() != (is_map ? 2 : 1)) return std::nullopt;
    std::string out = type.kind == Kind::list ? "[" : "{";
    for (std::size_t i = 0; i < count && !cells.failed(); ++i) {
        if (i > 0) out += ", ";
        out += inner_text(type.of[0], cells.next());
        if (is_map) out += ": " + inner_text(type.of[1], cells.next());
    }
    if (outer.failed() || cells.failed()) return std::nullopt;
    return out + (type.kind == Kind::list ? "]" : "}");
}

/// Fields that were added to the type later may be missing at the end.
std::optional<std::string> fields(const CellType& type, std::string_view bytes) {
    const bool is_tuple = type.kind == Kind::tuple;
    Cells cells(bytes);
    std::string out = is_tuple ? "(" : "{";
    for (std::size_t i = 0; i < type.of.size(); ++i) {
        if (i > 0) out += ", ";
        if (!is_tuple && i < type.names.size()) out += type.names[i] + ": ";
        out += inner_text(type.of[i], cells.at_end() ? std::nullopt : cells.next());
    }
    if (cells.failed()) return std::nullopt;
    return out + (is_tuple ? ")" : "}");
}

/// What is a text to those who asked; none: the bytes do not fit.
std::optional<std::string> as_text(const CellType& type, std::string_view bytes) {
    const auto number = signed_number(bytes);
    switch (type.kind) {
        case Kind::text: return std::string(bytes);
        case Kind::uuid: return uuid(bytes);
        case Kind::inet: return inet(bytes);
        case Kind::decimal: return decimal(bytes);
        case Kind::varint: return bytes.empty() || bytes.size() > number_bytes_max ? std::nullopt : std::optional(whole_number(bytes));
        case Kind::timestamp: return bytes.size() == 8 ? timestamp(std::chrono::milliseconds(*number)) : std::nullopt;
        case Kind::date: return bytes.size() == 4 ? date(static_cast<std::uint32_t>(*number)) : std::nullopt;
        case Kind::time: {
            if (bytes.size() != 8) return std::nullopt;
            const std::chrono::hh_mm_ss time{std::chrono::nanoseconds(*number)};
            return fmt::format("{:02}:{:02}:{:02}.{:09}", time.hours().count(), time.minutes().count(), time.seconds().count(),
                               time.subseconds().count());
        }
        case Kind::list:
        case Kind::set:
        case Kind::map: return collection(type, bytes);
        case Kind::tuple:
        case Kind::user_type: return fields(type, bytes);
        default: return std::nullopt;
    }
}

std::string inner_text(const CellType& type, std::optional<std::string_view> bytes) {
    struct {
        Kind kind;
        std::string operator()(std::monostate) const { return "null"; }
        std::string operator()(bool value) const { return value ? "True" : "False"; }
        std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
        std::string operator()(double value) const { return fmt::format("{}", value); }
        std::string operator()(const store::Bytes& value) const { return hex(value.value); }
        std::string operator()(const std::string& value) const {
            switch (kind) {
                case Kind::text:
                case Kind::timestamp:
                case Kind::date:
                case Kind::time:
                case Kind::inet: return in_quotes(value);
                default: return value;
            }
        }
    } text{type.kind};
    return std::visit(text, cell_of(type, bytes));
}

}  // namespace

CellType CellType::parse(std::string_view layout) { return LayoutParser(layout).type(); }

Cell cell_of(const CellType& type, std::optional<std::string_view> bytes) {
    if (!bytes) return std::monostate{};
    Cell as_bytes = store::Bytes{std::string(*bytes)};
    switch (type.kind) {
        case Kind::boolean: return bytes->size() == 1 ? Cell((*bytes)[0] != 0) : as_bytes;
        case Kind::tinyint:
        case Kind::smallint:
        case Kind::int_:
        case Kind::bigint: return bytes->size() == size_of(type.kind) ? Cell(*signed_number(*bytes)) : as_bytes;
        case Kind::varint:
            if (const auto number = signed_number(*bytes)) return *number;
            break;
        case Kind::float_:
        case Kind::double_:
            if (const auto number = floating(type, *bytes)) return *number;
            return as_bytes;
        case Kind::blob: return as_bytes;
        default: break;
    }
    if (auto text = as_text(type, *bytes)) return *std::move(text);
    return as_bytes;
}

}  // namespace cartwheel::engines::cql
