#pragma once
// Decimal numbers as people and JSON write them, taken apart without loss. Pure; any thread.

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace cartwheel {

struct Decimal {
    enum class Refusal : std::uint8_t { not_a_number, not_finite };

    std::string digits;         ///< without leading or trailing zeros; empty for zero
    std::int64_t exponent = 0;  ///< the power of ten of the last digit, within ±2,000,000,000
    bool negative = false;

    /// `12`, `-12.50`, `.5`, `1e2`, with blanks around it as Python's float() takes them; `nan` and `inf` are not finite.
    static std::expected<Decimal, Refusal> parse(std::string_view text);

    /// The value when it is whole, held within the range of 64 bits; none when it has a fraction.
    std::optional<std::int64_t> whole() const noexcept;
};

}  // namespace cartwheel
