#include "cartwheel/engines/cql/select.h"

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

#include "cartwheel/engines/cql/cell_text.h"
#include "cartwheel/engines/cql/errors.h"
#include "cartwheel/engines/cql/within.h"

namespace cartwheel::engines::cql {
namespace {

using std::chrono::steady_clock;
using store::RowSet;

// Longer than what a shopper waits for: it may look through much.
constexpr std::chrono::milliseconds time_max{5'000};
constexpr std::int32_t page_rows = 1'000;

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

/// The end of what begins at `at` and is no part of the statement: space or a comment. `at` itself when nothing does.
std::size_t skip(std::string_view text, std::size_t at) {
    const auto rest = text.substr(at);
    const auto behind = [&](std::string_view end) {
        const auto found = text.find(end, at + 2);
        return found == std::string_view::npos ? text.size() : found + end.size();
    };
    if (!rest.empty() && is_space(rest.front())) return at + 1;
    if (rest.starts_with("--") || rest.starts_with("//")) return behind("\n");
    if (rest.starts_with("/*")) return behind("*/");
    return at;
}

/// Behind the quoted text that begins at `at`, if one does. A doubled quote ends one and begins another, which is as well.
std::size_t skip_quoted(std::string_view text, std::size_t at) {
    const auto quote = text.substr(at).starts_with("$$") ? std::string_view("$$") : text.substr(at, 1);
    if (quote != "$$" && quote != "'" && quote != "\"") return at;
    const auto end = text.find(quote, at + quote.size());
    return end == std::string_view::npos ? text.size() : end + quote.size();
}

/// The cluster's own words among the driver's.
Error refusal(const CqlError& error) {
    constexpr std::string_view label = "Error message: ";
    const auto at = error.message.rfind(label);
    return Error::invalid(at == std::string::npos ? error.message : error.message.substr(at + label.size()));
}

Error error_of(const CqlError& error) {
    using Kind = CqlError::Kind;
    if (error.kind == Kind::syntax || error.kind == Kind::invalid || error.kind == Kind::auth) return refusal(error);
    return to_error(error);
}

Task<Result<RowSet>> run(Driver& driver, std::string text, std::size_t rows_max, StatementDefaults defaults) {
    const auto page_size = static_cast<std::int32_t>(std::min<std::size_t>(rows_max + 1, page_rows));
    const auto statement = co_await driver.prepare(
        std::move(text), {.consistency = defaults.consistency, .idempotent = true, .page_size = page_size, .timeout = time_max});
    if (!statement) co_return fail(error_of(statement.error()));
    if (!statement->bind_types().empty()) co_return fail(Error::invalid("A statement with markers has no values here"));

    RowSet set;
    std::vector<CellType> types;
    std::string paging_state;
    do {
        const auto page = co_await driver.execute(*statement, {}, std::move(paging_state));
        if (!page) co_return fail(error_of(page.error()));
        for (auto i = set.columns.size(); i < page->columns(); ++i) {
            set.columns.emplace_back(page->column_name(i));
            types.push_back(CellType::parse(page->column_layout(i)));
        }
        Cells cells(page->cells());
        for (std::size_t left = page->rows(); left > 0; --left) {
            if (set.rows.size() == rows_max) {
                set.is_cut = true;
                co_return set;
            }
            auto& row = set.rows.emplace_back();
            for (const auto& type : types) row.push_back(cell_of(type, cells.next()));
        }
        if (cells.failed()) co_return fail(Error::internal("The cluster's answer cannot be read"));
        paging_state = page->paging_state();
    } while (!paging_state.empty());
    co_return set;
}

}  // namespace

std::optional<std::string_view> only_select(std::string_view text) {
    constexpr std::string_view keyword = "select";
    std::size_t begin = 0;
    for (auto next = skip(text, begin); next != begin; next = skip(text, begin)) begin = next;
    const auto first = text.substr(begin, keyword.size());
    const bool is_select = std::ranges::equal(first, keyword, {}, [](char c) { return std::tolower(static_cast<unsigned char>(c)); });
    const auto behind = text.substr(std::min(begin + keyword.size(), text.size()));
    if (!is_select || behind.empty() || std::isalnum(static_cast<unsigned char>(behind.front())) != 0 || behind.front() == '_')
        return std::nullopt;

    auto end = text.size();  // where a semicolon ends it
    for (auto at = begin; at < text.size();) {
        if (const auto next = skip(text, at); next != at) {
            at = next;
        } else if (end != text.size()) {
            return std::nullopt;  // more behind the end
        } else if (const auto quoted = skip_quoted(text, at); quoted != at) {
            at = quoted;
        } else {
            if (text[at] == ';') end = at;
            ++at;
        }
    }
    return text.substr(begin, end - begin);
}

Task<Result<RowSet>> select(Driver& driver, std::string text, std::size_t rows_max, StatementDefaults defaults) {
    const auto statement = only_select(text);
    if (!statement) co_return fail(Error::invalid("Only one SELECT statement may be asked"));
    co_return co_await within(steady_clock::now() + time_max, took_too_long(), run(driver, std::string(*statement), rows_max, defaults));
}

}  // namespace cartwheel::engines::cql
