#include "cartwheel/query/statement.h"

#include <algorithm>
#include <array>

#include "cartwheel/base/text.h"
#include "cartwheel/base/uuid.h"
#include "cartwheel/query/lexer.h"

namespace cartwheel::query {
namespace {

using namespace std::string_view_literals;

bool says_nothing(TokenKind kind) { return kind == TokenKind::blank || kind == TokenKind::comment; }
bool is_word(const Token& token, std::string_view word) { return token.kind == TokenKind::word && equal_ignoring_case(token.text, word); }

/// 0x and more digits than a whole number has.
bool is_blob(const Token& token) {
    constexpr std::size_t digits_of_number = 16;
    if (token.kind != TokenKind::number || !(token.text.starts_with("0x") || token.text.starts_with("0X"))) return false;
    const auto digits = token.text.substr(2);
    return digits.size() > digits_of_number && digits.size() % 2 == 0 &&
           std::ranges::all_of(digits, [](char c) { return hex_value(c) >= 0; });
}

std::vector<Token> tokens_of(std::string_view text) {
    std::vector<Token> tokens;
    for (Lexer lexer(text);;) {
        tokens.push_back(lexer.next());
        if (tokens.back().kind == TokenKind::end) return tokens;
    }
}

Error no_end(std::string_view text, const Token& token) {
    const auto what = token.text.front() == '\''  ? "the text that begins here has no end; close it with '"sv
                      : token.text.front() == '/' ? "the comment that begins here has no end; close it with */"sv
                                                  : "the quoted name that begins here has no end"sv;
    return Error::invalid(place_in(text, token.begin) + ": " + std::string(what));
}

/// What a statement has to begin with. EXPLAIN tells how SQLite goes about one.
bool may_begin(const Token& token) {
    static constexpr std::array words = {"select"sv, "with"sv, "values"sv, "explain"sv};
    return std::ranges::any_of(words, [&](std::string_view word) { return is_word(token, word); });
}

Result<void> check(std::string_view text, const std::vector<Token>& tokens) {
    const auto first = std::ranges::find_if_not(tokens, says_nothing, &Token::kind);
    if (first->kind == TokenKind::end || first->text == ";")
        return fail(Error::invalid("there is no statement; write one such as SELECT * FROM product LIMIT 10"));
    for (auto token = first; token != tokens.end(); ++token) {
        if (token->kind == TokenKind::unfinished) return fail(no_end(text, *token));
        if (token->kind == TokenKind::mark && (token->text == "?" || token->text == ":" || token->text == "@"))
            return fail(Error::invalid(place_in(text, token->begin) + ": there are no values to put here; write the value itself"));
    }
    if (!may_begin(*first))
        return fail(Error::invalid(place_in(text, first->begin) +
                                   ": only SELECT is answered here; what changes the shop goes through its other addresses"));
    const auto end = std::ranges::find_if(tokens, [](const Token& token) { return token.kind == TokenKind::mark && token.text == ";"; });
    if (end == tokens.end()) return {};
    const auto more =
        std::find_if(end + 1, tokens.end(), [](const Token& token) { return !says_nothing(token.kind) && token.text != ";"; });
    if (more != tokens.end() && more->kind != TokenKind::end)
        return fail(Error::invalid(place_in(text, more->begin) + ": a second statement begins here; send one at a time"));
    return {};
}

/// The token behind `at` that says something, if it is this word; how far behind, or 0.
std::size_t followed_by(const std::vector<Token>& tokens, std::size_t at, std::string_view word) {
    for (auto next = at + 1; next < tokens.size(); ++next)
        if (!says_nothing(tokens[next].kind)) return is_word(tokens[next], word) ? next - at : 0;
    return 0;
}

}  // namespace

Result<Statement> Statement::understand(std::string_view text) {
    if (text.size() > bytes_max) return fail(Error::invalid("a statement has at most " + std::to_string(bytes_max) + " bytes"));
    if (!is_utf8(text) || text.contains('\0')) return fail(Error::invalid("a statement is text in UTF-8"));
    const auto tokens = tokens_of(text);
    TRY_VOID(check(text, tokens));

    Statement statement;
    statement.given_ = text;
    auto& sql = statement.sql_;
    for (std::size_t i = 0; i < tokens.size() && tokens[i].text != ";"; ++i) {
        const auto& token = tokens[i];
        const auto replace = [&](const std::string& by) {
            sql += by;
            if (by.size() > token.text.size()) statement.edits_.push_back({sql.size(), by.size() - token.text.size()});
        };
        if (token.kind == TokenKind::comment) {
            sql.append(token.text.size(), ' ');
        } else if (token.kind == TokenKind::uuid) {
            const auto id = Uuid::parse(token.text);
            replace("'" + (id ? id->text() : std::string(token.text)) + "'");
        } else if (is_blob(token)) {
            replace("X'" + std::string(token.text.substr(2)) + "'");
        } else if (const auto words = is_word(token, "allow")    ? followed_by(tokens, i, "filtering")
                                      : is_word(token, "bypass") ? followed_by(tokens, i, "cache")
                                                                 : 0;
                   words > 0) {
            const auto end = tokens[i + words].begin + tokens[i + words].text.size();
            sql.append(end - token.begin, ' ');
            i += words;
        } else {
            sql += token.text;
        }
    }
    return statement;
}

std::string Statement::place_of(std::size_t offset) const {
    std::size_t added = 0;
    for (const auto& edit : edits_)
        if (edit.behind <= offset) added += edit.added;
    return place_in(given_, offset - std::min(added, offset));
}

std::string place_in(std::string_view text, std::size_t offset) {
    const auto before = text.substr(0, std::min(offset, text.size()));
    const auto line = std::ranges::count(before, '\n') + 1;
    const auto begin = before.rfind('\n') + 1;  // npos + 1 is 0
    return "line " + std::to_string(line) + ", column " + std::to_string(code_points(before.substr(begin)) + 1);
}

Pieces split(std::string_view text) {
    Pieces pieces;
    std::size_t begin = 0;
    bool says_something = false;
    for (Lexer lexer(text);;) {
        const auto token = lexer.next();
        const bool is_end = token.kind == TokenKind::mark && token.text == ";";
        if (is_end || token.kind == TokenKind::end) {
            const auto end = token.begin + token.text.size();
            if (is_end && says_something) pieces.statements.emplace_back(text.substr(begin, end - begin));
            if (!is_end && says_something) pieces.rest = text.substr(begin, end - begin);
            if (!is_end) return pieces;
            begin = end;
            says_something = false;
        } else if (!says_nothing(token.kind)) {
            says_something = true;
        }
    }
}

}  // namespace cartwheel::query
