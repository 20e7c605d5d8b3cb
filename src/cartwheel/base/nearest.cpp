#include "cartwheel/base/nearest.h"

#include <algorithm>
#include <vector>

namespace cartwheel {
namespace {

std::string plain(std::string_view name) {
    std::string out(name);
    for (auto& c : out) {
        if (c == '_') c = '-';
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

// Damerau and Levenshtein's distance, with each pair swapped at most once.
std::size_t distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> before(to.size() + 1);
    std::vector<std::size_t> last(to.size() + 1);
    std::vector<std::size_t> row(to.size() + 1);
    for (std::size_t j = 0; j <= to.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= from.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= to.size(); ++j) {
            const std::size_t changed = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
            row[j] = std::min({changed, last[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[to.size()];
}

}  // namespace

std::optional<std::string> nearest(std::string_view name, std::span<const std::string> known) {
    const auto wanted = plain(name);
    const std::string* best = nullptr;
    std::size_t best_distance = 0;
    for (const auto& candidate : known) {
        const auto text = plain(candidate);
        auto far = distance(wanted, text);
        // Half a name, or the name with something hung on, is meant more often than letters suggest: "timeout", "store_kind".
        const auto shorter = std::min(wanted.size(), text.size());
        if (shorter >= 3 && (text.find(wanted) != std::string::npos || wanted.find(text) != std::string::npos))
            far = std::min<std::size_t>(far, 2);
        if (far > 1 + shorter / 3) continue;
        if (best == nullptr || far < best_distance) {
            best = &candidate;
            best_distance = far;
        }
    }
    if (best == nullptr) return std::nullopt;
    return *best;
}

std::string did_you_mean(std::string_view name, std::span<const std::string> known, std::string_view before) {
    const auto found = nearest(name, known);
    if (!found) return {};
    return "; did you mean " + std::string(before) + *found + "?";
}

}  // namespace cartwheel
