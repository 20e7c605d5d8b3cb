#include "cartwheel/query/lexer.h"

#include <algorithm>
#include <array>

#include "cartwheel/base/text.h"
#include "cartwheel/base/uuid.h"

namespace cartwheel::query {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// As SQLite has it: a dollar may stand inside of a name, and so may every character beyond ASCII.
bool is_of_word(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

bool begins_with_uuid(std::string_view text) {
    static constexpr std::array<std::size_t, 4> hyphens = {8, 13, 18, 23};
    if (text.size() < Uuid::text_bytes) return false;
    for (std::size_t i = 0; i < Uuid::text_bytes; ++i) {
        const bool is_hyphen = std::ranges::find(hyphens, i) != hyphens.end();
        if (is_hyphen ? text[i] != '-' : hex_value(text[i]) < 0) return false;
    }
    return text.size() == Uuid::text_bytes || !is_of_word(text[Uuid::text_bytes]);
}

}  // namespace

Token Lexer::take(TokenKind kind, std::size_t bytes) {
    const Token token{kind, at_, text_.substr(at_, bytes)};
    at_ += token.text.size();
    return token;
}

Token Lexer::take_quoted(TokenKind kind, char close) {
    const auto rest = text_.substr(at_);
    for (std::size_t i = 1; i < rest.size(); ++i) {
        if (rest[i] != close) continue;
        const bool is_doubled = close != ']' && i + 1 < rest.size() && rest[i + 1] == close;
        if (!is_doubled) return take(kind, i + 1);
        ++i;
    }
    return take(TokenKind::unfinished, rest.size());
}

Token Lexer::next() {
    const auto rest = text_.substr(at_);
    if (rest.empty()) return take(TokenKind::end, 0);
    const auto run = [&](auto belongs) { return static_cast<std::size_t>(std::ranges::find_if_not(rest, belongs) - rest.begin()); };
    if (is_blank(rest.front())) return take(TokenKind::blank, run(is_blank));
    if (rest.starts_with("--") || rest.starts_with("//")) return take(TokenKind::comment, rest.find('\n'));
    if (rest.starts_with("/*")) {
        const auto end = rest.find("*/", 2);
        return end == std::string_view::npos ? take(TokenKind::unfinished, rest.size()) : take(TokenKind::comment, end + 2);
    }
    switch (rest.front()) {
        case '\'': return take_quoted(TokenKind::text, '\'');
        case '"': return take_quoted(TokenKind::name, '"');
        case '`': return take_quoted(TokenKind::name, '`');
        case '[': return take_quoted(TokenKind::name, ']');
        default: break;
    }
    if (begins_with_uuid(rest)) return take(TokenKind::uuid, Uuid::text_bytes);
    if (is_of_word(rest.front())) return take(is_digit(rest.front()) ? TokenKind::number : TokenKind::word, run(is_of_word));
    return take(TokenKind::mark, 1);
}

}  // namespace cartwheel::query
