#pragma once
// The answer to a statement, as POST /query gives it, shown to people or to programs. Values; one thread.

#include <cstdint>
#include <string>
#include <string_view>

#include "cartwheel/client/client.h"

namespace cartwheel::cli {

enum class AnswerFormat : std::uint8_t {
    table,
    csv,   ///< RFC 4180 with a header; null is empty
    json,  ///< an object a row, each on a line of its own
};

struct ShownAnswer {
    std::string text;
    bool is_cut = false;  ///< there are more rows
};

/// Errors: internal (this is no such answer).
Result<ShownAnswer> show_answer(std::string_view json, AnswerFormat format);

/// What was wrong with a statement that the server refused, in a sentence.
std::string refusal_in(const client::Response& response);

}  // namespace cartwheel::cli
