#pragma once
// A statement as people write it, in SQL or in the sample application's CQL, and as the database understands it. Pure.
// What differs between the two is written anew, and only where it stands outside of texts, quoted names and comments:
// a UUID without quotes becomes a text in lower case, as the tables have it, a blob such as 0x8000… X'8000…', and ALLOW FILTERING and
// BYPASS CACHE become blanks.

#include <string>
#include <string_view>
#include <vector>

#include "cartwheel/base/error.h"

namespace cartwheel::query {

class Statement {
public:
    static constexpr std::size_t bytes_max = 65'536;

    /// Errors: invalid (longer than bytes_max, not UTF-8, empty, a text or comment without an end, more than one statement, no SELECT).
    static Result<Statement> understand(std::string_view text);

    /// For SQLite; without the semicolon.
    const std::string& sql() const noexcept { return sql_; }

    /// "line 1, column 8" of what stands at `offset` of sql(), counted from 1 in characters of what was given.
    std::string place_of(std::size_t offset) const;

private:
    struct Edit {
        std::size_t behind;  ///< from here on in sql()
        std::size_t added;  ///< so many bytes stand before that the given text has not
    };

    std::string given_;
    std::string sql_;
    std::vector<Edit> edits_;
};

/// "line 1, column 8" of `offset` of `text`.
std::string place_in(std::string_view text, std::size_t offset);

/// The statements of a text, each with its semicolon. What is behind the last semicolon comes last, when it is more than blanks and
/// comments.
struct Pieces {
    std::vector<std::string> statements;
    std::string rest;
};
Pieces split(std::string_view text);

}  // namespace cartwheel::query
