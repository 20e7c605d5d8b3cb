#pragma once
// Takes a statement apart into the pieces that SQL and CQL agree on, no further than is needed to tell text from what surrounds it. Pure.

#include <cstdint>
#include <string_view>

namespace cartwheel::query {

enum class TokenKind : std::uint8_t {
    end,
    blank,
    comment,     ///< `-- …`, `// …`, `/* … */`
    text,        ///< '…'
    name,        ///< "…", `…`, […]
    word,        ///< a name without quotes, a keyword
    number,
    uuid,        ///< 8-4-4-4-12 hexadecimal digits without quotes
    mark,        ///< any other character
    unfinished,  ///< a text, name or comment that has no end
};

struct Token {
    TokenKind kind = TokenKind::end;
    std::size_t begin = 0;
    std::string_view text;
};

class Lexer {
public:
    /// `text` must outlive it.
    explicit Lexer(std::string_view text) : text_(text) {}

    /// The next one; together they are all of the text.
    Token next();

private:
    Token take(TokenKind kind, std::size_t bytes);
    Token take_quoted(TokenKind kind, char close);

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace cartwheel::query
