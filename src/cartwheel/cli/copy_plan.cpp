#include "cartwheel/cli/copy_plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <glob.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>

#include "cartwheel/base/text.h"

namespace cartwheel::cli {
namespace {

// cqlsh knows every option in both directions (pylib/cqlshlib/copyutil.py, CopyTask.parse_options).
constexpr std::array<std::string_view, 40> known{"quote",
                                                 "escape",
                                                 "delimiter",
                                                 "null",
                                                 "header",
                                                 "encoding",
                                                 "maxrequests",
                                                 "pagesize",
                                                 "pagetimeout",
                                                 "maxattempts",
                                                 "datetimeformat",
                                                 "floatprecision",
                                                 "doubleprecision",
                                                 "chunksize",
                                                 "ingestrate",
                                                 "maxbatchsize",
                                                 "minbatchsize",
                                                 "reportfrequency",
                                                 "decimalsep",
                                                 "thousandssep",
                                                 "boolstyle",
                                                 "numprocesses",
                                                 "begintoken",
                                                 "endtoken",
                                                 "maxrows",
                                                 "skiprows",
                                                 "skipcols",
                                                 "maxparseerrors",
                                                 "maxinserterrors",
                                                 "errfile",
                                                 "ratefile",
                                                 "maxoutputsize",
                                                 "preparedstatements",
                                                 "ttl",
                                                 "configfile",
                                                 "maxinflightmessages",
                                                 "maxbackoffattempts",
                                                 "maxpendingchunks",
                                                 "requesttimeout",
                                                 "childtimeout"};

std::string upper(std::string_view name) {
    std::string out(name);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

/// The options of a statement, taken out one by one.
class Options {
public:
    explicit Options(std::map<std::string, std::string> options) : left_(std::move(options)) {}

    std::optional<std::string> text(const std::string& name) {
        const auto found = left_.find(name);
        if (found == left_.end()) return std::nullopt;
        auto value = std::move(found->second);
        left_.erase(found);
        return value;
    }

    Result<std::optional<char>> character(const std::string& name) {
        const auto value = text(name);
        if (!value || value->empty()) return std::optional<char>();
        TRY(const char c, parse_character(*value, upper(name)));
        return std::optional<char>(c);
    }

    Result<bool> flag(const std::string& name) {
        const auto value = text(name).value_or("false");
        const bool is_true = equal_ignoring_case(value, "true");
        if (!is_true && !equal_ignoring_case(value, "false"))
            return fail(Error::invalid(fmt::format("{} is TRUE or FALSE, not '{}'", upper(name), value)));
        return is_true;
    }

    /// None when it is absent or -1, as cqlsh writes "without limit".
    Result<std::optional<std::uint64_t>> count(const std::string& name) {
        const auto value = text(name);
        if (!value || *value == "-1") return std::optional<std::uint64_t>();
        std::uint64_t number = 0;
        const auto [end, status] = std::from_chars(value->data(), value->data() + value->size(), number);
        if (status != std::errc{} || end != value->data() + value->size())
            return fail(Error::invalid(fmt::format("{} is a whole number, not '{}'", upper(name), *value)));
        return std::optional<std::uint64_t>(number);
    }

    Result<csv::Dialect> dialect() {
        auto out = csv::Dialect::cqlsh();
        TRY(const auto delimiter, character("delimiter"));
        TRY(const auto quote, character("quote"));
        TRY(const auto escape, character("escape"));
        out.delimiter = delimiter.value_or(out.delimiter);
        out.quote = quote.value_or(out.quote);
        if (escape) out.escape = escape;
        if (out.escape == out.quote) out.escape.reset();  // doubled quotes
        if (const auto* refusal = csv::refusal_of(out)) return fail(Error::invalid(refusal));
        return out;
    }

    Result<void> encoding() {
        const auto value = text("encoding").value_or("utf8");
        if (equal_ignoring_case(value, "utf8") || equal_ignoring_case(value, "utf-8")) return {};
        return fail(Error::invalid(fmt::format("ENCODING is utf8, not '{}'", value)));
    }

    std::vector<std::string> names_left() const {
        std::vector<std::string> names;
        for (const auto& [name, value] : left_) names.push_back(upper(name));
        return names;
    }

private:
    std::map<std::string, std::string> left_;
};

/// The files of a list of names and patterns.
Result<std::vector<std::string>> files_of(const std::string& list) {
    if (list == "-") return std::vector<std::string>{list};
    std::vector<std::string> files;
    for (const auto part : csv::split_names(list)) {
        const std::string name(part);
        std::error_code unreadable;
        if (std::filesystem::exists(name, unreadable)) {
            files.push_back(name);
            continue;
        }
        glob_t found = {};
        if (glob(name.c_str(), GLOB_TILDE, nullptr, &found) == 0)
            files.insert(files.end(), found.gl_pathv, found.gl_pathv + found.gl_pathc);
        globfree(&found);
        if (found.gl_pathc == 0) return fail(Error::invalid(fmt::format("Can't open '{}' for reading: no matching file found", name)));
    }
    return files;
}

Result<CopyPlan> plan_import(const CopyStatement& statement) {
    Options options(statement.options);
    ImportPlan plan;
    plan.columns = statement.columns;
    if (plan.columns.empty()) plan.columns.assign(csv::product_columns().begin(), csv::product_columns().end());
    TRY(plan.files, files_of(statement.file));
    TRY(plan.dialect, options.dialect());
    TRY_VOID(options.encoding());
    TRY(const bool header, options.flag("header"));
    plan.header = header ? HeaderRule::first_row : HeaderRule::none;
    plan.style.null = options.text("null").value_or("");
    TRY(const auto point, options.character("decimalsep"));
    plan.style.decimal_point = point.value_or('.');
    TRY(plan.style.thousands, options.character("thousandssep"));
    TRY(plan.max_rows, options.count("maxrows"));
    TRY(const auto skip_rows, options.count("skiprows"));
    plan.skip_rows = skip_rows.value_or(0);
    if (const auto skipped = options.text("skipcols"))
        for (const auto name : csv::split_names(*skipped)) plan.skip_columns.emplace_back(name);
    TRY(plan.max_errors.count, options.count("maxparseerrors"));
    plan.reject_file = options.text("errfile").value_or(plan.reject_file);
    const std::vector<std::string_view> names(plan.columns.begin(), plan.columns.end());
    TRY_VOID(csv::Columns::from_names(names, csv::product_columns(), plan.skip_columns));
    return CopyPlan{std::move(plan), options.names_left()};
}

Result<CopyPlan> plan_export(const CopyStatement& statement) {
    Options options(statement.options);
    ExportPlan plan;
    plan.file = statement.file;
    plan.columns = statement.columns;
    TRY(plan.header, options.flag("header"));
    TRY(plan.dialect, options.dialect());
    TRY_VOID(options.encoding());
    TRY(const auto point, options.character("decimalsep"));
    plan.decimal_point = point.value_or('.');
    TRY(plan.thousands, options.character("thousandssep"));
    TRY(plan.rows_a_file, options.count("maxoutputsize"));
    if (plan.rows_a_file == 0 || plan.file == "-") plan.rows_a_file.reset();
    for (const auto& column : plan.columns)
        if (std::ranges::find(csv::product_columns(), column) == csv::product_columns().end())
            return fail(Error::invalid(fmt::format("Invalid column name {}", column)));
    return CopyPlan{std::move(plan), options.names_left()};
}

}  // namespace

Result<CopyPlan> plan_copy(const CopyStatement& statement) {
    if (statement.table != "product" || (!statement.keyspace.empty() && statement.keyspace != "ecommerce"))
        return fail(Error::invalid("COPY knows the table ecommerce.product alone"));
    std::vector<std::string> unknown;
    for (const auto& [name, value] : statement.options)
        if (std::ranges::find(known, name) == known.end()) unknown.push_back(name);
    if (!unknown.empty())
        return fail(
            Error::invalid(fmt::format("Unrecognized COPY {} options: {}", statement.is_import ? "FROM" : "TO", fmt::join(unknown, ", "))));
    return statement.is_import ? plan_import(statement) : plan_export(statement);
}

}  // namespace cartwheel::cli
