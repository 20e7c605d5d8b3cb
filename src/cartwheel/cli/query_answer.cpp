#include "cartwheel/cli/query_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "cartwheel/base/text.h"
#include "cartwheel/cli/progress.h"
#include "cartwheel/csv/writer.h"
#include "cartwheel/reflect/json.h"

namespace cartwheel::cli {
namespace {

using reflect::JsonKind;
using reflect::JsonValue;

struct Answer {
    std::vector<JsonValue> columns;
    std::vector<std::vector<JsonValue>> rows;
    bool is_cut = false;
};

std::vector<JsonValue> elements_of(const JsonValue& list) {
    std::vector<JsonValue> found;
    list.for_each([&](const JsonValue& value) { found.push_back(value); });
    return found;
}

Result<Answer> take_apart(const JsonValue& root) {
    const auto columns = root.member("columns");
    const auto rows = root.member("rows");
    const auto is_cut = root.member("truncated");
    if (!columns || !rows || !is_cut)
        return fail(Error::internal("the server's answer is none to a statement; is it a Cartwheel of this version?"));
    Answer answer{elements_of(*columns), {}, is_cut->text() == "true"};
    rows->for_each([&](const JsonValue& row) { answer.rows.push_back(elements_of(row)); });
    for (const auto& row : answer.rows)
        if (row.size() != answer.columns.size())
            return fail(Error::internal("a row of the server's answer has not as many values as columns"));
    return answer;
}

std::string csv_of(const Answer& answer) {
    std::string out;
    std::vector<std::string_view> fields;
    const auto add = [&](const std::vector<JsonValue>& values) {
        fields.clear();
        for (const auto& value : values) fields.push_back(value.kind() == JsonKind::null ? std::string_view() : value.text());
        csv::append_row(out, fields);
    };
    add(answer.columns);
    for (const auto& row : answer.rows) add(row);
    return out;
}

std::string json_of(const Answer& answer) {
    std::string out;
    for (const auto& row : answer.rows) {
        out += '{';
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (i > 0) out += ',';
            reflect::append_json_string(out, answer.columns[i].text());
            out += ':';
            row[i].append_to(out);
        }
        out += "}\n";
    }
    return out;
}

/// A value on one line, without what a terminal would take for a command.
std::string on_a_line(const JsonValue& value) {
    if (value.kind() == JsonKind::null) return "null";
    std::string out;
    for (const char c : value.text()) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '\n') out += "\\n";
        else if (code < 0x20 || code == 0x7f) fmt::format_to(std::back_inserter(out), "\\x{:02x}", code);
        else out += c;
    }
    return out;
}

std::string table_of(const Answer& answer) {
    struct Cell {
        std::string text;
        std::size_t width;
        bool is_number;
    };
    const auto cells_of = [](const std::vector<JsonValue>& values) {
        std::vector<Cell> cells;
        for (const auto& value : values) {
            auto text = on_a_line(value);
            const auto width = code_points(text);
            cells.push_back({std::move(text), width, value.kind() == JsonKind::number});
        }
        return cells;
    };
    std::vector<std::vector<Cell>> lines = {cells_of(answer.columns)};
    for (const auto& row : answer.rows) lines.push_back(cells_of(row));
    std::vector<std::size_t> widths(answer.columns.size());
    for (const auto& line : lines)
        for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].width);

    std::string out;
    for (const auto& line : lines) {
        for (std::size_t i = 0; i < line.size(); ++i) {
            const std::string padding(widths[i] - line[i].width, ' ');
            const bool is_last = i + 1 == line.size();
            out += i == 0 ? " " : " | ";
            out += line[i].is_number ? padding + line[i].text : is_last ? line[i].text : line[i].text + padding;
        }
        out += '\n';
        if (&line != &lines.front()) continue;
        for (std::size_t i = 0; i < widths.size(); ++i) out += (i == 0 ? "-" : "-+-") + std::string(widths[i], '-');
        out += "-\n";
    }
    return out + fmt::format("({} row{})\n", with_commas(answer.rows.size()), answer.rows.size() == 1 ? "" : "s");
}

}  // namespace

Result<ShownAnswer> show_answer(std::string_view json, AnswerFormat format) {
    const auto document = reflect::JsonDocument::parse(json);
    if (!document) return fail(Error::internal("the server's answer is not JSON"));
    TRY(const auto answer, take_apart(document->root()));
    switch (format) {
        case AnswerFormat::csv: return ShownAnswer{csv_of(answer), answer.is_cut};
        case AnswerFormat::json: return ShownAnswer{json_of(answer), answer.is_cut};
        case AnswerFormat::table: break;
    }
    return ShownAnswer{table_of(answer), answer.is_cut};
}

std::string refusal_in(const client::Response& response) {
    const auto document = reflect::JsonDocument::parse(response.body);
    const auto detail = document ? document->root().member("detail") : std::nullopt;
    std::string message;
    if (detail && detail->kind() == JsonKind::array)
        detail->for_each([&](const JsonValue& field) {
            if (const auto text = field.member("msg"); text && message.empty()) message = text->text();
        });
    return message.empty() ? client::detail_of(response) : message;
}

}  // namespace cartwheel::cli
