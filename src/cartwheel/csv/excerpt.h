#pragma once
// The beginning of a text, for messages. Pure; any thread.

#include <string>
#include <string_view>

#include "cartwheel/base/text.h"

namespace cartwheel::csv {

/// At most `bytes_max` bytes of the valid UTF-8 that `text` begins with; what was cut for its length shows as "...".
inline std::string excerpt(std::string_view text, std::size_t bytes_max) {
    text = text.substr(0, find_invalid_utf8(text));
    if (text.size() <= bytes_max) return std::string(text);
    std::size_t cut = bytes_max;
    while (cut > 0 && !is_utf8(text.substr(0, cut))) --cut;
    return std::string(text.substr(0, cut)) + "...";
}

}  // namespace cartwheel::csv
