#include "cartwheel/csv/columns.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cartwheel/base/text.h"
#include "cartwheel/csv/excerpt.h"

namespace cartwheel::csv {
namespace {

constexpr std::size_t shown_bytes_max = 60;  // of a name in a message: it may be a line of data

std::string_view trimmed(std::string_view name) noexcept {
    constexpr std::string_view blanks = " \t";
    const auto first = name.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return name.substr(first, name.find_last_not_of(blanks) - first + 1);
}

bool is_among(std::string_view name, std::span<const std::string_view> names) {
    return std::ranges::any_of(names, [&](std::string_view other) { return equal_ignoring_case(trimmed(name), other); });
}

}  // namespace

bool Columns::look_like_names(std::span<const std::string_view> names, std::span<const std::string_view> known) {
    return !names.empty() && std::ranges::all_of(names, [&](std::string_view name) { return is_among(name, known); });
}

Result<Columns> Columns::from_names(std::span<const std::string_view> names, std::span<const std::string_view> wanted,
                                    std::span<const std::string> skipped) {
    const std::vector<std::string_view> passed_over(skipped.begin(), skipped.end());
    constexpr auto nowhere = static_cast<std::size_t>(-1);
    Columns columns;
    columns.width_ = names.size();
    columns.places_.assign(wanted.size(), nowhere);
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (is_among(names[i], passed_over)) continue;
        const auto found =
            std::ranges::find_if(wanted, [&](std::string_view name) { return equal_ignoring_case(trimmed(names[i]), name); });
        if (found == wanted.end())
            return fail(Error::invalid(
                fmt::format("unknown column '{}'; the columns are {}", excerpt(names[i], shown_bytes_max), fmt::join(wanted, ","))));
        auto& place = columns.places_[static_cast<std::size_t>(found - wanted.begin())];
        if (place != nowhere) return fail(Error::invalid(fmt::format("column '{}' is named twice", *found)));
        place = i;
    }
    for (std::size_t i = 0; i < wanted.size(); ++i)
        if (columns.places_[i] == nowhere)
            return fail(Error::invalid(fmt::format("column '{}' is missing; the columns are {}", wanted[i], fmt::join(wanted, ","))));
    return columns;
}

void Columns::pick(const std::vector<std::string_view>& row, std::vector<std::string_view>& out) const {
    out.clear();
    for (const std::size_t place : places_) out.push_back(row[place]);
}

std::vector<std::string_view> split_names(std::string_view list) {
    std::vector<std::string_view> names;
    for (std::size_t from = 0; from <= list.size();) {
        const auto comma = std::min(list.find(',', from), list.size());
        names.push_back(trimmed(list.substr(from, comma - from)));
        from = comma + 1;
    }
    return names;
}

}  // namespace cartwheel::csv
