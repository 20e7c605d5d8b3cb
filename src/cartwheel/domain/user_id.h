#pragma once
// Who a cart belongs to: any text that a shop calls its users by.

#include <compare>
#include <string>
#include <string_view>
#include <utility>

#include "cartwheel/base/error.h"

namespace cartwheel::domain {

class UserId {
public:
    static constexpr std::size_t bytes_max = 256;

    enum class Refusal : std::uint8_t { empty, too_long, not_text };

    /// 1 to 256 bytes of UTF-8 without a slash or control characters.
    static std::expected<UserId, Refusal> parse(std::string text);

    /// For text that an engine stored and so was parsed before.
    static UserId trusted(std::string text) { return UserId(std::move(text)); }

    const std::string& text() const noexcept { return text_; }

    friend auto operator<=>(const UserId&, const UserId&) = default;

private:
    explicit UserId(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

}  // namespace cartwheel::domain
