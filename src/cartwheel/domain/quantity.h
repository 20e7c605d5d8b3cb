#pragma once
// How many of a product are in a cart.

#include <compare>
#include <cstdint>
#include <optional>

namespace cartwheel::domain {

class Quantity {
public:
    static constexpr std::int64_t min = 1;
    static constexpr std::int64_t max = 1'000'000;

    static constexpr Quantity one() { return Quantity(1); }
    static constexpr std::optional<Quantity> parse(std::int64_t count) {
        if (count < min || count > max) return std::nullopt;
        return Quantity(static_cast<std::int32_t>(count));
    }

    constexpr std::int32_t count() const noexcept { return count_; }

    friend constexpr auto operator<=>(const Quantity&, const Quantity&) = default;

private:
    constexpr explicit Quantity(std::int32_t count) : count_(count) {}
    std::int32_t count_;
};

}  // namespace cartwheel::domain
