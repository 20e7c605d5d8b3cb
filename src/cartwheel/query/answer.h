#pragma once
// Where a table puts the value of one column. Lives for one call; the database's thread.

#include <cstdint>
#include <string_view>

#include "cartwheel/base/money.h"
#include "cartwheel/base/time.h"
#include "cartwheel/base/uuid.h"

struct sqlite3_context;

namespace cartwheel::query {

class Answer {
public:
    explicit Answer(sqlite3_context* context) : context_(context) {}

    void null();
    void boolean(bool value) { integer(value ? 1 : 0); }
    void integer(std::int64_t value);
    void real(double value);
    void text(std::string_view value);
    void blob(std::string_view value);
    void uuid(const Uuid& value);
    /// The decimal number that is nearest to it: exact to the cent below 10,000,000,000,000.
    void money(Money value) { real(static_cast<double>(value.minor()) / 100); }
    /// As SQLite's own functions write it, in UTC, with microseconds: 2026-03-01 12:00:00.000000. So it sorts and compares with theirs.
    void time(Time value);

private:
    sqlite3_context* context_;
};

/// `2026-03-01 12:00:00.000000`
std::string sql_time(Time time);

}  // namespace cartwheel::query
