#include "cartwheel/query/filter_plan.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>

#include "cartwheel/base/text.h"
#include "cartwheel/changes/change_time.h"

namespace cartwheel::query {
namespace {

using namespace std::string_view_literals;

// A plan is a text of pairs, one for each value that comes with it: the role of the column, and how it is compared.
constexpr char one_of = '#';  // the value is a list of them: IN (...)
constexpr char equal = '=';
constexpr char at_least = '>';
constexpr char at_most = '<';

constexpr double guess_of_list = 10;  // values in an IN (...)

char letter_of(Role role) { return static_cast<char>('a' + static_cast<int>(role)); }
Role role_of(char letter) { return static_cast<Role>(letter - 'a'); }

std::optional<char> comparison_of(Role role, unsigned char operation) {
    switch (operation) {
        case SQLITE_INDEX_CONSTRAINT_EQ: return equal;
        case SQLITE_INDEX_CONSTRAINT_GT:
        case SQLITE_INDEX_CONSTRAINT_GE: return role == Role::time ? std::optional(at_least) : std::nullopt;
        case SQLITE_INDEX_CONSTRAINT_LT:
        case SQLITE_INDEX_CONSTRAINT_LE: return role == Role::time ? std::optional(at_most) : std::nullopt;
        default: return std::nullopt;
    }
}

/// Under others values may be equal that readers take for different.
bool is_known_collation(Role role, std::string_view name) {
    switch (role) {
        case Role::time: return name == timeuuid_collation;
        case Role::user: return equal_ignoring_case(name, "BINARY");
        case Role::product:
        case Role::cart: return equal_ignoring_case(name, "BINARY") || equal_ignoring_case(name, "NOCASE");
        default: return true;
    }
}

std::string_view text_of(sqlite3_value* value) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
    return {text == nullptr ? "" : text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

/// Calls `take` with each value: those of a list, or the one.
template <class Take>
void each_value(char comparison, sqlite3_value* value, Take take) {
    if (comparison != one_of) return take(value);
    sqlite3_value* entry = nullptr;
    for (int code = sqlite3_vtab_in_first(value, &entry); code == SQLITE_OK && entry != nullptr; code = sqlite3_vtab_in_next(value, &entry))
        take(entry);
}

template <class T>
void narrow(std::optional<std::vector<T>>& wanted, std::vector<T> values) {
    std::ranges::sort(values);
    const auto repeated = std::ranges::unique(values);
    values.erase(repeated.begin(), repeated.end());
    wanted = std::move(values);
}

template <class T>
std::vector<T> ids(char comparison, sqlite3_value* value) {
    std::vector<T> found;
    each_value(comparison, value, [&](sqlite3_value* entry) {
        if (sqlite3_value_type(entry) != SQLITE_TEXT) return;
        const auto id = T::parse(text_of(entry));
        if (id) found.push_back(*id);
    });
    return found;
}

/// Only what is a text is compared with texts as it is; a number as a user id is a text by the column's affinity.
std::vector<domain::UserId> users(char comparison, sqlite3_value* value) {
    std::vector<domain::UserId> found;
    each_value(comparison, value, [&](sqlite3_value* entry) {
        const auto type = sqlite3_value_type(entry);
        if (type == SQLITE_NULL || type == SQLITE_BLOB) return;
        auto user = domain::UserId::parse(std::string(text_of(entry)));
        if (user) found.push_back(*std::move(user));
    });
    return found;
}

std::uint32_t operations(char comparison, sqlite3_value* value) {
    std::uint32_t found = 0;
    each_value(comparison, value, [&](sqlite3_value* entry) {
        const auto number = sqlite3_value_int64(entry);  // of a text that is a number too, as the column's affinity has it
        if (number >= 0 && number < 32) found |= 1U << number;
    });
    return found;
}

std::optional<changes::ChangeTime> change_time(sqlite3_value* value) {
    if (sqlite3_value_type(value) != SQLITE_TEXT) return std::nullopt;
    const auto uuid = Uuid::parse(text_of(value));
    return uuid ? changes::ChangeTime::parse(*uuid) : std::nullopt;
}

/// What is no timeuuid narrows nothing.
void narrow_time(Filters& filters, char comparison, sqlite3_value* value) {
    const auto bound = change_time(value);
    if (!bound) return;
    if (comparison != at_most) filters.from = std::max(filters.from, bound->time());
    if (comparison != at_least) filters.before = std::min(filters.before, bound->time() + std::chrono::microseconds(1));
}

/// Whether it is a timeuuid as this service writes them.
bool is_plain_timeuuid(std::string_view text) {
    constexpr std::size_t version_at = 14;
    if (text.size() != Uuid::text_bytes || text[version_at] != '1') return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        const bool is_hex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
        if (is_hyphen ? text[i] != '-' : !is_hex) return false;
    }
    return true;
}

}  // namespace

std::string_view sql_type(std::string_view cql_type) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> types = {{{"uuid", "TEXT"},
                                                                                            {"timeuuid", "TEXT COLLATE timeuuid"},
                                                                                            {"decimal", "REAL"},
                                                                                            {"int", "INTEGER"},
                                                                                            {"bigint", "INTEGER"},
                                                                                            {"tinyint", "INTEGER"},
                                                                                            {"boolean", "BOOLEAN"},
                                                                                            {"blob", "BLOB"},
                                                                                            {"timestamp", "TEXT"}}};
    const auto* const found = std::ranges::find(types, cql_type, &std::pair<std::string_view, std::string_view>::first);
    return found == types.end() ? "TEXT" : found->second;
}

int compare_timeuuids(std::string_view left, std::string_view right) {
    const auto parse = [](std::string_view text) {
        const auto uuid = text.size() == Uuid::text_bytes ? Uuid::parse(text) : std::nullopt;
        return uuid ? changes::ChangeTime::parse(*uuid) : std::nullopt;
    };
    if (left == right) return 0;
    // The time's digits stand in three groups, the highest in the third. Sorting asks millions of times, so no number is made of them.
    if (is_plain_timeuuid(left) && is_plain_timeuuid(right))
        for (const auto& [at, digits] : {std::pair(14, 4), std::pair(9, 4), std::pair(0, 8)})
            if (const int order = left.compare(static_cast<std::size_t>(at), static_cast<std::size_t>(digits), right,
                                               static_cast<std::size_t>(at), static_cast<std::size_t>(digits));
                order != 0)
                return order;
    const auto first = parse(left);
    const auto second = parse(right);
    if (first && second) return *first < *second ? -1 : *second < *first ? 1 : 0;
    if (first || second) return first ? -1 : 1;
    return left < right ? -1 : 1;
}

int choose_filters(const Table& table, sqlite3_index_info& info) {
    std::string plan;
    double rows = table.rows_guess;
    double cost = table.rows_guess;
    int values = 0;
    bool has_equal[8] = {};
    for (int i = 0; i < info.nConstraint; ++i) {
        const auto& constraint = info.aConstraint[i];
        if (constraint.usable == 0 || constraint.iColumn < 0) continue;
        const auto role = table.columns[static_cast<std::size_t>(constraint.iColumn)].role;
        if (role == Role::none || !is_known_collation(role, sqlite3_vtab_collation(&info, i))) continue;
        auto comparison = comparison_of(role, constraint.op);
        if (!comparison) continue;
        auto& has_one = has_equal[static_cast<std::size_t>(role)];
        if (*comparison == equal && std::exchange(has_one, true)) continue;
        const bool is_list = *comparison == equal && role != Role::time && role != Role::active && sqlite3_vtab_in(&info, i, 1) != 0;
        if (is_list) comparison = one_of;
        plan += letter_of(role);
        plan += *comparison;
        info.aConstraintUsage[i].argvIndex = ++values;
        if (*comparison == equal && sqlite3_vtab_in(&info, i, -1) != 0) continue;  // comes value by value

        const bool is_indexed = std::ranges::find(table.indexed, role) != table.indexed.end();
        if (is_indexed) rows = cost = is_list ? guess_of_list : 1;
        else if (role == Role::time) rows = std::max(1.0, rows / 4), cost = std::max(1.0, cost / 4);
        else rows = std::max(1.0, rows / (role == Role::operation || role == Role::active ? 3 : 100));
        if (is_indexed && role == Role::product && !is_list) info.idxFlags |= SQLITE_INDEX_SCAN_UNIQUE;
    }
    constexpr double cost_of_a_seek = 20;
    info.estimatedRows = static_cast<sqlite3_int64>(rows);
    info.estimatedCost = cost_of_a_seek + cost + rows;
    info.idxStr = sqlite3_mprintf("%s", plan.c_str());
    info.needToFreeIdxStr = 1;
    return info.idxStr == nullptr ? SQLITE_NOMEM : SQLITE_OK;
}

std::optional<Filters> read_filters(const char* plan, std::span<sqlite3_value* const> values) {
    Filters filters;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto role = role_of(plan[2 * i]);
        const char comparison = plan[2 * i + 1];
        auto* const value = values[i];
        if (comparison != one_of && sqlite3_value_type(value) == SQLITE_NULL) return std::nullopt;  // equals nothing, is beside nothing
        switch (role) {
            case Role::user: narrow(filters.users, users(comparison, value)); break;
            case Role::product: narrow(filters.products, ids<domain::ProductId>(comparison, value)); break;
            case Role::cart: narrow(filters.carts, ids<domain::CartId>(comparison, value)); break;
            case Role::active: filters.active = sqlite3_value_int64(value) != 0; break;
            case Role::operation: filters.operations = operations(comparison, value); break;
            case Role::time: narrow_time(filters, comparison, value); break;
            case Role::none: break;
        }
    }
    const bool has_none = (filters.users && filters.users->empty()) || (filters.products && filters.products->empty()) ||
                          (filters.carts && filters.carts->empty()) || filters.operations == 0 || filters.from >= filters.before;
    if (has_none) return std::nullopt;
    return filters;
}

}  // namespace cartwheel::query
