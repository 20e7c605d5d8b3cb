#include "cartwheel/domain/user_id.h"

#include <algorithm>

#include "cartwheel/base/text.h"

namespace cartwheel::domain {

std::expected<UserId, UserId::Refusal> UserId::parse(std::string text) {
    if (text.empty()) return std::unexpected(Refusal::empty);
    if (text.size() > bytes_max) return std::unexpected(Refusal::too_long);
    const auto is_refused = [](char c) { return c == '/' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    if (std::ranges::any_of(text, is_refused) || !is_utf8(text)) return std::unexpected(Refusal::not_text);
    // C1 controls are U+0080 to U+009F, in UTF-8 the bytes c2 80 to c2 9f.
    for (std::size_t i = 0; i + 1 < text.size(); ++i)
        if (static_cast<unsigned char>(text[i]) == 0xc2 && static_cast<unsigned char>(text[i + 1]) < 0xa0)
            return std::unexpected(Refusal::not_text);
    return UserId(std::move(text));
}

}  // namespace cartwheel::domain
