#pragma once
// sum(), total() and avg() as people mean them for money. SQLite's own add up binary fractions, so that ten times 0.1 is not 1.0; these add
// up whole cents as long as every value is a number of cents, or is off by no more than a multiplication of such a number is.
// Values; one thread.

#include <cstdint>

namespace cartwheel::query {

class MoneySum {
public:
    void add(std::int64_t value);
    void add(double value);
    /// Takes a value back, for windows that slide.
    void remove(std::int64_t value);
    void remove(double value);

    std::int64_t count() const noexcept { return count_; }
    bool is_whole() const noexcept { return fractions_ == 0; }  ///< integers only
    /// Of integers only; whether they fit.
    bool fits() const noexcept;
    std::int64_t whole() const noexcept { return static_cast<std::int64_t>(cents_ / 100); }
    double value() const noexcept;

private:
    void change(double value, int sign);

    __int128 cents_ = 0;  // of the values that are cents
    double rest_ = 0;  // of the others
    double rest_lost_ = 0;  // what rounding has taken from rest_ (Neumaier)
    std::int64_t count_ = 0;
    std::int64_t fractions_ = 0;  // how many came as fractions
};

}  // namespace cartwheel::query
