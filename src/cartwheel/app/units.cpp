#include "cartwheel/app/units.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>
#include <span>

namespace cartwheel::app {
namespace {

struct UnitName {
    std::string_view name;
    std::uint64_t factor;
};

// Greatest first among those that are shown, so that the first one that divides a number is its shortest form.
constexpr std::array<UnitName, 4> shown_sizes{{{"GiB", 1ULL << 30}, {"MiB", 1ULL << 20}, {"KiB", 1ULL << 10}, {"B", 1}}};
constexpr std::array<UnitName, 4> further_sizes{{{"GB", 1'000'000'000}, {"MB", 1'000'000}, {"kB", 1'000}, {"", 1}}};
constexpr std::array<UnitName, 4> durations{{{"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

struct NumberAndUnit {
    std::uint64_t number;
    std::string_view unit;
};

std::optional<NumberAndUnit> split(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.size() > 1 && text.starts_with(' ')) text.remove_prefix(1);
    return NumberAndUnit{number, text};
}

std::optional<std::uint64_t> scaled(const NumberAndUnit& value, std::span<const UnitName> units) {
    for (const auto& unit : units) {
        std::uint64_t product = 0;
        if (unit.name == value.unit && !__builtin_mul_overflow(value.number, unit.factor, &product)) return product;
    }
    return std::nullopt;
}

std::string show(std::uint64_t value, std::span<const UnitName> units) {
    for (const auto& unit : units)
        if (value != 0 && value % unit.factor == 0) return fmt::format("{}{}", value / unit.factor, unit.name);
    return fmt::format("{}{}", value, units.back().name);
}

/// A name or address, with a port or without. More than one colon without brackets is an address of IPv6.
bool is_host(std::string_view text) {
    auto host = text;
    auto port = std::string_view("1");
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) return false;
        host = text.substr(1, end - 1);
        if (end + 1 < text.size()) {
            if (text[end + 1] != ':') return false;
            port = text.substr(end + 2);
        }
    } else if (const auto colon = text.find(':'); colon != std::string_view::npos && text.rfind(':') == colon) {
        host = text.substr(0, colon);
        port = text.substr(colon + 1);
    }
    constexpr std::string_view fitting = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:%";
    return !host.empty() && host.find_first_not_of(fitting) == std::string_view::npos && parse_count(port, 1, 65'535).has_value();
}

}  // namespace

Result<std::uint64_t> parse_count(std::string_view text, std::uint64_t min, std::uint64_t max) {
    const auto value = split(text);
    if (!value || !value->unit.empty() || value->number < min || value->number > max)
        return fail(Error::invalid(fmt::format("\"{}\" is no whole number from {} to {}", text, min, max)));
    return value->number;
}

Result<std::size_t> parse_bytes(std::string_view text) {
    if (const auto value = split(text)) {
        auto bytes = scaled(*value, shown_sizes);
        if (!bytes) bytes = scaled(*value, further_sizes);
        if (bytes) return *bytes;
    }
    return fail(Error::invalid(fmt::format("\"{}\" is no size; write a number and a unit, such as 64KiB, 256MiB or 1GiB", text)));
}

std::string show_bytes(std::size_t bytes) { return show(bytes, shown_sizes); }

Result<std::chrono::milliseconds> parse_duration(std::string_view text, std::chrono::hours max) {
    const auto max_ms = static_cast<std::uint64_t>(std::chrono::milliseconds(max).count());
    if (const auto value = split(text)) {
        const auto ms = scaled(*value, durations);
        if (ms && *ms >= 1 && *ms <= max_ms) return std::chrono::milliseconds(*ms);
        if (ms) return fail(Error::invalid(fmt::format("\"{}\" is out of range; write 1ms to {}h", text, max.count())));
    }
    return fail(Error::invalid(fmt::format("\"{}\" is no duration; write a whole number and a unit, such as 500ms, 10s or 2m", text)));
}

std::string show_duration(std::chrono::milliseconds duration) { return show(static_cast<std::uint64_t>(duration.count()), durations); }

Result<std::vector<std::string>> parse_hosts(std::string_view text) {
    std::vector<std::string> hosts;
    while (true) {
        const auto comma = text.find(',');
        auto host = text.substr(0, comma);
        while (host.starts_with(' ')) host.remove_prefix(1);
        while (host.ends_with(' ')) host.remove_suffix(1);
        if (!is_host(host))
            return fail(Error::invalid(fmt::format("\"{}\" is no host; write host or host:port, such as 10.0.0.1:9042", host)));
        hosts.emplace_back(host);
        if (comma == std::string_view::npos) return hosts;
        text.remove_prefix(comma + 1);
    }
}

Result<bool> parse_yes_or_no(std::string_view text) {
    if (text == "true" || text == "yes" || text == "on" || text == "1") return true;
    if (text == "false" || text == "no" || text == "off" || text == "0") return false;
    return fail(Error::invalid(fmt::format("\"{}\" is neither true nor false", text)));
}

}  // namespace cartwheel::app
