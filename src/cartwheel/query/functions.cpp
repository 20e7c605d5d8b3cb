#include "cartwheel/query/functions.h"

#include <sqlite3.h>

#include <array>
#include <memory>
#include <new>
#include <span>
#include <string>

#include "cartwheel/base/text.h"
#include "cartwheel/changes/change_time.h"
#include "cartwheel/query/answer.h"
#include "cartwheel/query/filter_plan.h"
#include "cartwheel/query/money_sum.h"
#include "cartwheel/query/time_text.h"

namespace cartwheel::query {
namespace {

using namespace std::string_view_literals;
using changes::ChangeTime;

std::string_view text_of(sqlite3_value* value) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
    return {text == nullptr ? "" : text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

Session& session_of(sqlite3_context* context) { return *static_cast<Session*>(sqlite3_user_data(context)); }

void refuse(sqlite3_context* context, std::string message) {
    sqlite3_result_error(context, message.c_str(), static_cast<int>(message.size()));
}

/// The time of a timeuuid, a text, or a number of milliseconds since 1970. None: it is none of these, and the context says so.
std::optional<Time> time_of(sqlite3_context* context, sqlite3_value* value) {
    if (sqlite3_value_type(value) == SQLITE_INTEGER) {
        const std::int64_t milliseconds = sqlite3_value_int64(value);
        constexpr std::int64_t most = std::int64_t{1} << 52;  // far beyond what a timeuuid tells
        if (milliseconds > -most && milliseconds < most) return Time(std::chrono::milliseconds(milliseconds));
    } else if (const auto text = text_of(value); sqlite3_value_type(value) == SQLITE_TEXT) {
        const auto uuid = Uuid::parse(text);
        if (const auto time = uuid ? ChangeTime::parse(*uuid) : std::nullopt) return time->time();
        if (const auto time = parse_time(text)) return time;
    }
    refuse(context, "'" + with_valid_utf8(text_of(value)) +
                        "' is no time; give a timeuuid such as \"cdc$time\", a text such as "
                        "'2026-03-01 12:00', or milliseconds since 1970");
    return std::nullopt;
}

/// The last of that millisecond, as CQL has it.
Uuid last_of(Time time) {
    using namespace std::chrono;
    auto bytes = ChangeTime::first_of(floor<milliseconds>(time) + microseconds(999)).uuid().bytes();
    for (std::size_t i = 8; i < bytes.size(); ++i) bytes[i] = 0x7f;
    return Uuid(bytes);
}

std::int64_t milliseconds_of(Time time) { return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count(); }

/// A function of a time; of null it is null.
template <auto Write>
void of_time(sqlite3_context* context, int, sqlite3_value** values) noexcept {
    try {
        if (sqlite3_value_type(values[0]) == SQLITE_NULL) return;
        const auto time = time_of(context, values[0]);
        if (!time) return;
        Answer answer(context);
        Write(answer, *time);
    } catch (const std::bad_alloc&) {
        sqlite3_result_error_nomem(context);
    }
}

template <auto Write>
void of_now(sqlite3_context* context, int, sqlite3_value**) noexcept {
    try {
        Answer answer(context);
        Write(answer, session_of(context).clock->now());
    } catch (const std::bad_alloc&) {
        sqlite3_result_error_nomem(context);
    }
}

constexpr auto as_text = [](Answer& answer, Time time) { answer.time(time); };
constexpr auto as_day = [](Answer& answer, Time time) { answer.text(sql_time(time).substr(0, "2026-03-01"sv.size())); };
constexpr auto as_milliseconds = [](Answer& answer, Time time) { answer.integer(milliseconds_of(time)); };
constexpr auto as_first = [](Answer& answer, Time time) { answer.uuid(ChangeTime::first_of(time).uuid()); };
constexpr auto as_last = [](Answer& answer, Time time) { answer.uuid(last_of(time)); };
constexpr auto as_new = [](Answer& answer, Time time) { answer.uuid(ChangeTime::of(time, changes::CommitId::random()).uuid()); };
constexpr auto as_random = [](Answer& answer, Time) { answer.uuid(Uuid::random()); };

void token(sqlite3_context* context, int, sqlite3_value**) noexcept {
    sqlite3_result_error(context, "token() is of a cluster; here rows are in no order of tokens, so leave it away", -1);
}

struct Function {
    std::string_view name;
    int arguments;  ///< -1: any
    void (*call)(sqlite3_context*, int, sqlite3_value**);
    int flags = SQLITE_DETERMINISTIC;
};

constexpr std::array functions = {Function{"toTimestamp", 1, of_time<as_text>},
                                  Function{"dateOf", 1, of_time<as_text>},
                                  Function{"toDate", 1, of_time<as_day>},
                                  Function{"toUnixTimestamp", 1, of_time<as_milliseconds>},
                                  Function{"unixTimestampOf", 1, of_time<as_milliseconds>},
                                  Function{"minTimeuuid", 1, of_time<as_first>},
                                  Function{"maxTimeuuid", 1, of_time<as_last>},
                                  Function{"now", 0, of_now<as_new>, 0},
                                  Function{"currentTimeUUID", 0, of_now<as_new>, 0},
                                  Function{"currentTimestamp", 0, of_now<as_text>, 0},
                                  Function{"currentDate", 0, of_now<as_day>, 0},
                                  Function{"uuid", 0, of_now<as_random>, 0},
                                  Function{"token", -1, token}};

// Sums. SQLite gives the memory, zeroed, and less aligned than it has to be; a MoneySum of zeros is an empty one.

MoneySum* sum_of(sqlite3_context* context) {
    std::size_t bytes = sizeof(MoneySum) + alignof(MoneySum);
    void* memory = sqlite3_aggregate_context(context, static_cast<int>(bytes));
    return memory == nullptr ? nullptr : static_cast<MoneySum*>(std::align(alignof(MoneySum), sizeof(MoneySum), memory, bytes));
}

void add_value(sqlite3_context* context, int, sqlite3_value** values) noexcept {
    auto* sum = sum_of(context);
    if (sum == nullptr) return sqlite3_result_error_nomem(context);
    switch (sqlite3_value_numeric_type(values[0])) {
        case SQLITE_NULL: break;
        case SQLITE_INTEGER: sum->add(std::int64_t{sqlite3_value_int64(values[0])}); break;
        default: sum->add(sqlite3_value_double(values[0])); break;
    }
}

void remove_value(sqlite3_context* context, int, sqlite3_value** values) noexcept {
    auto* sum = sum_of(context);
    if (sum == nullptr) return sqlite3_result_error_nomem(context);
    switch (sqlite3_value_numeric_type(values[0])) {
        case SQLITE_NULL: break;
        case SQLITE_INTEGER: sum->remove(std::int64_t{sqlite3_value_int64(values[0])}); break;
        default: sum->remove(sqlite3_value_double(values[0])); break;
    }
}

void write_sum(sqlite3_context* context) noexcept {
    const auto* sum = sum_of(context);
    if (sum == nullptr || sum->count() == 0) return;
    if (!sum->is_whole()) return sqlite3_result_double(context, sum->value());
    if (!sum->fits()) return sqlite3_result_error(context, "integer overflow", -1);
    sqlite3_result_int64(context, sum->whole());
}

void write_total(sqlite3_context* context) noexcept {
    const auto* sum = sum_of(context);
    sqlite3_result_double(context, sum == nullptr ? 0 : sum->value());
}

void write_average(sqlite3_context* context) noexcept {
    const auto* sum = sum_of(context);
    if (sum != nullptr && sum->count() > 0) sqlite3_result_double(context, sum->value() / static_cast<double>(sum->count()));
}

int collate(void*, int left_bytes, const void* left, int right_bytes, const void* right) noexcept {
    const auto text = [](int bytes, const void* data) {
        return std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(bytes));
    };
    return compare_timeuuids(text(left_bytes, left), text(right_bytes, right));
}

}  // namespace

std::span<const std::string_view> function_names() {
    static constexpr auto names = [] {
        std::array<std::string_view, functions.size() - 1> out;  // without token
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = functions[i].name;
        return out;
    }();
    return names;
}

int add_functions(sqlite3* database, Session& session) {
    int code = sqlite3_create_collation_v2(database, timeuuid_collation, SQLITE_UTF8, nullptr, collate, nullptr);
    for (const auto& function : functions) {
        if (code != SQLITE_OK) return code;
        code = sqlite3_create_function_v2(database, std::string(function.name).c_str(), function.arguments, SQLITE_UTF8 | function.flags,
                                          &session, function.call, nullptr, nullptr, nullptr);
    }
    struct Sum {
        const char* name;
        void (*write)(sqlite3_context*);
    };
    for (const auto& sum : {Sum{"sum", write_sum}, Sum{"total", write_total}, Sum{"avg", write_average}}) {
        if (code != SQLITE_OK) return code;
        code = sqlite3_create_window_function(database, sum.name, 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, add_value, sum.write,
                                              sum.write, remove_value, nullptr);
    }
    return code;
}

}  // namespace cartwheel::query
