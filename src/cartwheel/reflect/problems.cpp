#include "cartwheel/reflect/problems.h"

#include <algorithm>

#include "cartwheel/base/text.h"

namespace cartwheel::reflect {
namespace {

constexpr std::size_t input_bytes_max = 1024;  // an error need not send a megabyte back

}  // namespace

std::vector<FieldError::Step> Where::path() const {
    std::vector<FieldError::Step> steps;
    for (const Where* at = this; at != nullptr; at = at->parent_) {
        if (at->index_ >= 0) steps.emplace_back(at->index_);
        else steps.emplace_back(std::string(at->name_));
    }
    std::ranges::reverse(steps);
    return steps;
}

void Problems::add(std::string_view type, const Where& where, std::string message, std::string input, std::string context) {
    if (input.size() > input_bytes_max) {
        std::size_t cut = input_bytes_max;
        while (cut > 0 && !is_utf8(std::string_view(input).substr(0, cut))) --cut;
        input = quoted(std::string_view(input).substr(0, cut));
    }
    fields_.push_back({std::string(type), where.path(), std::move(message), std::move(input), std::move(context)});
}

void Problems::add(std::string_view type, const Where& where, std::string message, const JsonValue& input, std::string context) {
    std::string text;
    input.append_to(text);
    add(type, where, std::move(message), std::move(text), std::move(context));
}

std::string quoted(std::string_view text) {
    std::string out;
    if (is_utf8(text)) append_json_string(out, text);
    else append_json_string(out, with_valid_utf8(text));
    return out;
}

}  // namespace cartwheel::reflect
