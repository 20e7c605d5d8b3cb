#include "cartwheel/cli/import_plan.h"

#include <fmt/format.h>

#include <charconv>

namespace cartwheel::cli {

Result<ErrorLimit> ErrorLimit::parse(std::string_view text) {
    const auto refused = [&] {
        return fail(Error::invalid(fmt::format("'{}' is no number of rows such as 100 and no share such as 5%", text)));
    };
    const bool is_share = text.ends_with('%');
    const auto digits = is_share ? text.substr(0, text.size() - 1) : text;
    const char* const end = digits.data() + digits.size();
    ErrorLimit limit;
    std::from_chars_result read{};
    if (is_share) read = std::from_chars(digits.data(), end, limit.percent.emplace(), std::chars_format::fixed);
    else read = std::from_chars(digits.data(), end, limit.count.emplace());
    if (digits.empty() || read.ec != std::errc{} || read.ptr != end) return refused();
    if (limit.percent && !(*limit.percent >= 0 && *limit.percent <= 100)) return refused();
    return limit;
}

bool ErrorLimit::exceeded(std::uint64_t rejected, std::uint64_t rows, bool batch_ends) const noexcept {
    if (count) return rejected > *count;
    return percent && batch_ends && static_cast<double>(rejected) * 100 > *percent * static_cast<double>(rows);
}

std::string ErrorLimit::text() const { return count ? std::to_string(*count) : percent ? fmt::format("{}%", *percent) : "unlimited"; }

Result<char> parse_character(std::string_view text, std::string_view what) {
    if (text == "\\t") return '\t';
    if (text.size() == 1) return text.front();
    return fail(Error::invalid(fmt::format("{} must be one ASCII character, or \\t for a tab, not '{}'", what, text)));
}

}  // namespace cartwheel::cli
