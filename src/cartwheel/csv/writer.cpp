#include "cartwheel/csv/writer.h"

#include <algorithm>

namespace cartwheel::csv {
namespace {

bool needs_quotes(std::string_view field, const Dialect& dialect) noexcept {
    // At the beginning of a file the bytes of a byte-order mark would be taken for one.
    if (field.starts_with('\xef')) return true;
    return std::ranges::any_of(field, [&](char c) { return c == dialect.delimiter || c == dialect.quote || c == '\n' || c == '\r'; });
}

void append_field(std::string& out, std::string_view field, const Dialect& dialect, bool quoted) {
    if (quoted) out += dialect.quote;
    for (const char c : field) {
        if (dialect.escape ? c == *dialect.escape || c == dialect.quote : c == dialect.quote) out += dialect.escape.value_or(dialect.quote);
        out += c;
    }
    if (quoted) out += dialect.quote;
}

}  // namespace

void append_row(std::string& out, std::span<const std::string_view> fields, const Dialect& dialect) {
    bool first = true;
    for (const auto field : fields) {
        if (!first) out += dialect.delimiter;
        first = false;
        // A row of one empty field would be a blank line.
        const bool quoted = needs_quotes(field, dialect) || (fields.size() == 1 && field.empty());
        if (!quoted && !dialect.escape) out += field;
        else append_field(out, field, dialect, quoted);
    }
    out += '\n';
}

}  // namespace cartwheel::csv
