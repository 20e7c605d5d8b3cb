#include "cartwheel/cli/copy_statement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "cartwheel/base/text.h"

namespace cartwheel::cli {
namespace {

enum class Kind : std::uint8_t { end, word, quoted_name, text, sign };

struct Token {
    Kind kind = Kind::end;
    std::string text;  ///< without quotes
};

bool is_word(char c) noexcept { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '+'; }

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

class Parser {
public:
    explicit Parser(std::string_view text) : rest_(text) {}

    Result<CopyStatement> statement() {
        TRY_VOID(advance());
        CopyStatement out;
        TRY_VOID(expect_word("COPY"));
        TRY_VOID(table(out));
        if (is_sign("(")) TRY_VOID(columns(out));
        TRY_VOID(direction(out));
        if (is_word_of("WITH")) TRY_VOID(options(out));
        while (is_sign(";")) TRY_VOID(advance());
        if (token_.kind != Kind::end) return expected("the end");
        return out;
    }

private:
    /// Reads the next token into `token_`.
    Result<void> advance() {
        const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
        while (!rest_.empty() && blank(rest_.front())) rest_.remove_prefix(1);
        token_ = {};
        if (rest_.empty()) return {};
        const char first = rest_.front();
        if (first == '\'' || first == '"') return quoted(first);
        std::size_t length = 1;
        token_.kind = Kind::sign;
        if (is_word(first)) {
            // A number such as 0.25 is one word; a dot behind a name stands between keyspace and table.
            const bool number = std::isdigit(static_cast<unsigned char>(first)) != 0;
            while (length < rest_.size() && (is_word(rest_[length]) || (number && rest_[length] == '.'))) ++length;
            token_.kind = Kind::word;
        }
        token_.text = rest_.substr(0, length);
        rest_.remove_prefix(length);
        return {};
    }

    Result<void> quoted(char quote) {
        token_.kind = quote == '"' ? Kind::quoted_name : Kind::text;
        for (rest_.remove_prefix(1); !rest_.empty(); rest_.remove_prefix(1)) {
            if (rest_.front() == quote) {
                rest_.remove_prefix(1);
                if (!rest_.starts_with(quote)) return {};
            }
            token_.text += rest_.front();
        }
        return fail(Error::invalid(fmt::format("the COPY statement has a {} that is not closed", quote)));
    }

    bool is_sign(std::string_view sign) const { return token_.kind == Kind::sign && token_.text == sign; }
    bool is_word_of(std::string_view word) const { return token_.kind == Kind::word && equal_ignoring_case(token_.text, word); }

    std::unexpected<Error> expected(std::string_view what) const {
        const auto found = token_.kind == Kind::end ? "at its end" : fmt::format("before '{}'", token_.text);
        return fail(Error::invalid(fmt::format("the COPY statement lacks {} {}", what, found)));
    }

    Result<void> expect_word(std::string_view word) { return is_word_of(word) ? advance() : Result<void>(expected(word)); }

    Result<std::string> name(std::string_view what) {
        if (token_.kind != Kind::word && token_.kind != Kind::quoted_name) return expected(what);
        auto out = token_.kind == Kind::word ? lower(token_.text) : token_.text;
        TRY_VOID(advance());
        return out;
    }

    Result<void> table(CopyStatement& out) {
        TRY(out.table, name("the table"));
        if (!is_sign(".")) return {};
        TRY_VOID(advance());
        out.keyspace = std::move(out.table);
        TRY(out.table, name("the table"));
        return {};
    }

    Result<void> columns(CopyStatement& out) {
        do {
            TRY_VOID(advance());
            TRY(auto column, name("a column"));
            out.columns.push_back(std::move(column));
        } while (is_sign(","));
        return is_sign(")") ? advance() : Result<void>(expected("a closing parenthesis"));
    }

    Result<void> direction(CopyStatement& out) {
        out.is_import = is_word_of("FROM");
        if (!out.is_import && !is_word_of("TO")) return expected("FROM or TO");
        TRY_VOID(advance());
        if (token_.kind == Kind::text) out.file = token_.text;
        else if (is_word_of(out.is_import ? "STDIN" : "STDOUT")) out.file = "-";
        else return expected(out.is_import ? "a file name in '' or STDIN" : "a file name in '' or STDOUT");
        return advance();
    }

    Result<void> options(CopyStatement& out) {
        do {
            TRY_VOID(advance());
            TRY(auto option, name("an option"));
            if (!is_sign("=")) return expected("=");
            TRY_VOID(advance());
            if (token_.kind == Kind::end || token_.kind == Kind::sign) return expected("a value");
            out.options[std::move(option)] = token_.text;
            TRY_VOID(advance());
        } while (is_word_of("AND"));
        return {};
    }

    std::string_view rest_;
    Token token_;
};

}  // namespace

Result<CopyStatement> parse_copy(std::string_view text) { return Parser(text).statement(); }

}  // namespace cartwheel::cli
