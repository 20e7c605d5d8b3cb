#include "cartwheel/query/time_text.h"

#include <algorithm>

namespace cartwheel::query {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Reads from the front of a text; once something did not fit, nothing does.
class Reading {
public:
    explicit Reading(std::string_view text) : text_(text) {}

    /// A number of exactly so many digits.
    int number(std::size_t digits) {
        int value = 0;
        if (text_.size() < digits) return wrong();
        for (const char c : text_.substr(0, digits)) {
            if (!is_digit(c)) return wrong();
            value = value * 10 + (c - '0');
        }
        text_.remove_prefix(digits);
        return value;
    }
    /// Whether the next character is one of these, which is then behind.
    bool skip(std::string_view any) {
        if (text_.empty() || !any.contains(text_.front())) return false;
        text_.remove_prefix(1);
        return true;
    }
    void expect(char c) {
        if (!skip({&c, 1})) wrong();
    }
    /// Digits behind the point, as microseconds.
    int fraction() {
        int value = 0;
        int digits = 0;
        for (; !text_.empty() && is_digit(text_.front()); text_.remove_prefix(1))
            if (digits < 6) value = value * 10 + (text_.front() - '0'), ++digits;
        if (digits == 0) return wrong();
        for (; digits < 6; ++digits) value *= 10;
        return value;
    }
    char front() const { return text_.empty() ? '\0' : text_.front(); }
    bool is_right_and_over() const { return is_right_ && text_.empty(); }

private:
    int wrong() {
        is_right_ = false;
        text_ = {};
        return 0;
    }
    std::string_view text_;
    bool is_right_ = true;
};

}  // namespace

std::optional<Time> parse_time(std::string_view text) {
    using namespace std::chrono;
    Reading reading(text);
    const int year_number = reading.number(4);
    reading.expect('-');
    const int month_number = reading.number(2);
    reading.expect('-');
    const int day_number = reading.number(2);
    microseconds of_day{0};
    minutes offset{0};
    bool is_in_day = true;
    if (reading.skip("T ")) {
        const int hour = reading.number(2);
        reading.expect(':');
        const int minute = reading.number(2);
        const int second = reading.skip(":") ? reading.number(2) : 0;
        const int fraction = reading.skip(".") ? reading.fraction() : 0;
        is_in_day = hour < 24 && minute < 60 && second < 60;
        of_day = hours(hour) + minutes(minute) + seconds(second) + microseconds(fraction);
    }
    if (const char sign = reading.front(); reading.skip("+-")) {
        const int hour = reading.number(2);
        reading.skip(":");
        const int minute = reading.number(2);
        is_in_day = is_in_day && hour < 24 && minute < 60;
        offset = (hours(hour) + minutes(minute)) * (sign == '-' ? -1 : 1);
    } else {
        reading.skip("Z");
    }
    const year_month_day date(year(year_number), month(static_cast<unsigned>(month_number)), day(static_cast<unsigned>(day_number)));
    if (!reading.is_right_and_over() || !is_in_day || !date.ok()) return std::nullopt;
    return Time(sys_days(date)) + of_day - offset;
}

}  // namespace cartwheel::query
