#include "cartwheel/query/money_sum.h"

#include <cmath>
#include <limits>
#include <optional>

namespace cartwheel::query {
namespace {

/// The value as a number of cents.
std::optional<std::int64_t> cents_of(double value) {
    constexpr double most = 1e15;      // beyond, neighbouring doubles are no longer finer than a cent
    constexpr double slack = 8;        // in units of the last place
    if (!(std::abs(value) < most)) return std::nullopt;
    const double cents = std::nearbyint(value * 100);
    const double off = std::abs(value - cents / 100);
    if (off > slack * std::numeric_limits<double>::epsilon() * std::abs(value)) return std::nullopt;
    return static_cast<std::int64_t>(cents);
}

}  // namespace

void MoneySum::add(std::int64_t value) {
    cents_ += static_cast<__int128>(value) * 100;
    ++count_;
}

void MoneySum::remove(std::int64_t value) {
    cents_ -= static_cast<__int128>(value) * 100;
    --count_;
}

void MoneySum::add(double value) {
    change(value, 1);
    ++count_;
    ++fractions_;
}

void MoneySum::remove(double value) {
    change(value, -1);
    --count_;
    --fractions_;
}

void MoneySum::change(double value, int sign) {
    if (const auto cents = cents_of(value)) {
        cents_ += sign * static_cast<__int128>(*cents);
        return;
    }
    const double signed_value = sign * value;
    const double sum = rest_ + signed_value;
    rest_lost_ += std::abs(rest_) >= std::abs(signed_value) ? (rest_ - sum) + signed_value : (signed_value - sum) + rest_;
    rest_ = sum;
}

bool MoneySum::fits() const noexcept {
    const auto whole = cents_ / 100;
    return whole >= std::numeric_limits<std::int64_t>::min() && whole <= std::numeric_limits<std::int64_t>::max();
}

double MoneySum::value() const noexcept {
    const double rest = std::isfinite(rest_) ? rest_ + rest_lost_ : rest_;
    return static_cast<double>(cents_) / 100 + rest;
}

}  // namespace cartwheel::query
