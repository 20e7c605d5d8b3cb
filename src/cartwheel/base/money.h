#pragma once
// Money: minor units (cents) in 64 bits, decimal text at the edges, never a floating-point number.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "cartwheel/base/error.h"

namespace cartwheel {

class Money {
public:
    static constexpr std::int64_t price_max_minor = 999'999'999'999;  ///< 9,999,999,999.99

    /// Why a text is no price, in FastAPI's words for it.
    enum class Refusal : std::uint8_t { not_a_number, not_finite, too_many_decimals, negative, too_large };

    constexpr Money() = default;
    static constexpr Money from_minor(std::int64_t minor) { return Money(minor); }

    /// A decimal number such as `12`, `12.5`, `-0.00`, `1e2` or `.5`, exact: 0 to 9,999,999,999.99 with at most two decimals
    /// once trailing zeros are dropped. Blanks around it are fine, as for Python's float().
    static std::expected<Money, Refusal> parse_price(std::string_view text);

    constexpr std::int64_t minor() const noexcept { return minor_; }

    /// Errors: conflict, when the product does not fit 64 bits.
    Result<Money> times(std::int64_t count) const;
    /// Errors: conflict, when the sum does not fit 64 bits.
    Result<Money> plus(Money other) const;

    /// Appends the shortest JSON number with at least one decimal: 79.61, 12.5, 1000.0.
    void append_to(std::string& out) const;
    std::string text() const;

    friend constexpr auto operator<=>(const Money&, const Money&) = default;

private:
    constexpr explicit Money(std::int64_t minor) : minor_(minor) {}
    std::int64_t minor_ = 0;
};

}  // namespace cartwheel
