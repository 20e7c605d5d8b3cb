#include "cartwheel/changes/cursor.h"

#include <charconv>

namespace cartwheel::changes {
namespace {

/// Digits alone, without needless zeros, so that a cursor has one text.
template <class Number>
std::optional<Number> number_of(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (text.size() > 1 && text.front() == '0') return std::nullopt;
    return number;
}

}  // namespace

std::optional<Cursor> Cursor::parse(std::string_view text) {
    const auto dot = text.find('.');
    const auto seq = number_of<domain::Seq>(text.substr(0, dot));
    if (!seq) return std::nullopt;
    if (dot == std::string_view::npos) return Cursor{*seq};
    const auto change = number_of<std::uint32_t>(text.substr(dot + 1));
    if (!change || *change == 0 || *seq == 0) return std::nullopt;
    return Cursor{*seq, *change};
}

std::string Cursor::text() const { return change ? std::to_string(seq) + '.' + std::to_string(*change) : std::to_string(seq); }

std::optional<Start> Start::parse(std::string_view text) {
    if (text == "beginning") return beginning();
    if (text == "now") return now();
    if (const auto cursor = Cursor::parse(text)) return behind(*cursor);
    return std::nullopt;
}

}  // namespace cartwheel::changes
