#include "cartwheel/query/answer_json.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "cartwheel/base/text.h"
#include "cartwheel/reflect/json.h"

namespace cartwheel::query {
namespace {

void append_number(std::string& out, double value) {
    if (!std::isfinite(value)) {
        out += "null";
        return;
    }
    const auto begin = out.size();
    fmt::format_to(std::back_inserter(out), "{:.15g}", value);
    if (out.find_first_of(".e", begin) == std::string::npos) out += ".0";
}

void append_bytes(std::string& out, const std::string& bytes) {
    out += "\"0x";
    for (const char byte : bytes) fmt::format_to(std::back_inserter(out), "{:02x}", static_cast<unsigned char>(byte));
    out += '"';
}

}  // namespace

void append_json(std::string& out, const store::Cell& cell) {
    struct {
        void operator()(std::monostate) const { out += "null"; }
        void operator()(bool value) const { out += value ? "true" : "false"; }
        void operator()(std::int64_t value) const { fmt::format_to(std::back_inserter(out), "{}", value); }
        void operator()(double value) const { append_number(out, value); }
        void operator()(const std::string& value) const {
            reflect::append_json_string(out, is_utf8(value) ? value : with_valid_utf8(value));
        }
        void operator()(const store::Bytes& value) const { append_bytes(out, value.value); }
        std::string& out;
    } visitor{out};
    std::visit(visitor, cell);
}

std::string answer_json(const store::RowSet& rows, std::chrono::nanoseconds took) {
    std::string out = "{\"columns\":[";
    for (std::size_t i = 0; i < rows.columns.size(); ++i) {
        if (i > 0) out += ',';
        reflect::append_json_string(out, rows.columns[i]);
    }
    out += "],\"rows\":[";
    for (const auto& row : rows.rows) {
        out += &row == &rows.rows.front() ? "[" : ",[";
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (i > 0) out += ',';
            append_json(out, row[i]);
        }
        out += ']';
    }
    const std::chrono::duration<double, std::milli> milliseconds = took;
    fmt::format_to(std::back_inserter(out), "],\"truncated\":{},\"took_ms\":{:.3f}}}", rows.is_cut, milliseconds.count());
    return out;
}

}  // namespace cartwheel::query
