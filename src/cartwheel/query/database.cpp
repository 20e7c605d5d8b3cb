#include "cartwheel/query/database.h"

#include <sqlite3.h>

#include <array>

#include "cartwheel/base/nearest.h"
#include "cartwheel/base/text.h"
#include "cartwheel/query/functions.h"
#include "cartwheel/query/product_cache.h"
#include "cartwheel/query/tables.h"
#include "cartwheel/query/virtual_table.h"

namespace cartwheel::query {
namespace {

using namespace std::string_view_literals;

// What a statement may be like at most, https://sqlite.org/limits.html. One that means well is far below.
constexpr std::array<std::pair<int, int>, 9> limits = {{{SQLITE_LIMIT_LENGTH, 4 << 20},
                                                        {SQLITE_LIMIT_SQL_LENGTH, 128 << 10},
                                                        {SQLITE_LIMIT_COLUMN, 200},
                                                        {SQLITE_LIMIT_EXPR_DEPTH, 200},
                                                        {SQLITE_LIMIT_COMPOUND_SELECT, 50},
                                                        {SQLITE_LIMIT_VDBE_OP, 100'000},
                                                        {SQLITE_LIMIT_FUNCTION_ARG, 32},
                                                        {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000},
                                                        {SQLITE_LIMIT_VARIABLE_NUMBER, 1}}};

constexpr int steps_between_looks = 1000;  // of SQLite's machine: some tens of microseconds

int authorize(void*, int action, const char*, const char* name, const char*, const char*) noexcept {
    switch (action) {
        case SQLITE_SELECT:
        case SQLITE_READ:
        case SQLITE_RECURSIVE: return SQLITE_OK;
        case SQLITE_FUNCTION: return equal_ignoring_case(name, "load_extension") ? SQLITE_DENY : SQLITE_OK;
        default: return SQLITE_DENY;
    }
}

/// Asked by SQLite as it works; not 0 ends the statement.
int look(void* watch) noexcept { return static_cast<Watch*>(watch)->look() == Watch::Verdict::go_on ? 0 : 1; }

store::Cell cell_of(sqlite3_stmt* statement, int column, bool is_boolean) {
    const auto bytes = [&](const void* data) {
        return std::string(static_cast<const char*>(data), static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
    };
    switch (sqlite3_column_type(statement, column)) {
        case SQLITE_INTEGER: {
            const std::int64_t value = sqlite3_column_int64(statement, column);
            return is_boolean ? store::Cell(value != 0) : store::Cell(value);
        }
        case SQLITE_FLOAT: return sqlite3_column_double(statement, column);
        case SQLITE_TEXT: return with_valid_utf8(bytes(sqlite3_column_text(statement, column)));
        case SQLITE_BLOB: return store::Bytes{bytes(sqlite3_column_blob(statement, column))};
        default: return std::monostate();
    }
}

std::size_t bytes_of(const store::Cell& cell) {
    if (const auto* text = std::get_if<std::string>(&cell)) return sizeof(cell) + text->size();
    if (const auto* blob = std::get_if<store::Bytes>(&cell)) return sizeof(cell) + blob->value.size();
    return sizeof(cell);
}

/// What may be meant by a name that SQLite does not know.
std::string hint(std::string_view message) {
    std::vector<std::string> known;
    constexpr auto no_table = "no such table: "sv;
    constexpr auto no_column = "no such column: "sv;
    constexpr auto no_function = "no such function: "sv;
    std::string_view name = message.substr(std::min(message.find(": ") + 2, message.size()));
    if (message.starts_with(no_table)) {
        if (name.starts_with(keyspace) && name.size() > keyspace.size()) name.remove_prefix(keyspace.size() + 1);
        for (const auto& table : tables()) known.push_back(table.name);
        for (const auto& view : views()) known.emplace_back(view.name);
    } else if (message.starts_with(no_column)) {
        name.remove_prefix(name.rfind('.') + 1);
        for (const auto& table : tables())
            for (const auto& column : table.columns) known.push_back(column.name);
    } else if (message.starts_with(no_function)) {
        for (const auto function : function_names()) known.emplace_back(function);
    }
    return known.empty() ? std::string() : did_you_mean(name, known);
}

}  // namespace

void Database::Closing::operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }
void Database::Finishing::operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }

Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(const Clock& clock) {
    std::unique_ptr<Database> made(new Database);
    TRY_VOID(made->set_up(clock));
    return made;
}

Result<void> Database::set_up(const Clock& clock) {
    session_.clock = &clock;
    sqlite3* opened = nullptr;
    int code = sqlite3_open_v2(":memory:", &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    database_.reset(opened);
    if (code == SQLITE_OK) code = add_functions(opened, session_);
    if (code == SQLITE_OK) code = add_module(opened, session_);
    // A name in quotes that is no column is a mistake and not a text. Sorting stays in memory, where it is bounded.
    if (code == SQLITE_OK) code = sqlite3_db_config(opened, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    if (code == SQLITE_OK) code = sqlite3_db_config(opened, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    std::string script = "PRAGMA temp_store = MEMORY; ATTACH ':memory:' AS " + std::string(keyspace) + ";";
    for (const auto& table : tables())
        script += "CREATE VIRTUAL TABLE " + std::string(keyspace) + "." + table.name + " USING " + module_name + ";";
    for (const auto& view : views())
        script += "CREATE VIEW " + std::string(keyspace) + "." + std::string(view.name) + "(" + std::string(view.columns) + ") AS " +
                  std::string(view.select) + ";";
    // SQLite makes these two tables when they are first named, which the authorizer would refuse.
    script += "SELECT * FROM json_each('[]'), json_tree('[]');";
    if (code == SQLITE_OK) code = sqlite3_exec(opened, script.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK)
        return fail(Error::internal(std::string("SQLite cannot be set up: ") + (opened ? sqlite3_errmsg(opened) : "no memory")));
    for (const auto& [limit, value] : limits) sqlite3_limit(opened, limit, value);
    sqlite3_limit(opened, SQLITE_LIMIT_ATTACHED, 1);
    sqlite3_set_authorizer(opened, authorize, nullptr);
    return {};
}

Result<store::RowSet> Database::run(const Statement& statement, store::Snapshot& snapshot, Bounds bounds) {
    ProductCache cached(snapshot);
    session_.snapshot = &cached;
    session_.watch = Watch(Watch::Clock::now() + bounds.time_max, bounds.is_gone);
    session_.error.reset();
    sqlite3_progress_handler(database_.get(), steps_between_looks, look, &session_.watch);
    struct Forget {
        Session& session;
        ~Forget() { session.snapshot = nullptr; }
    };
    const Forget forget{session_};
    TRY(const auto prepared, prepare(statement));
    return read(statement, prepared.get(), bounds);
}

Result<Database::Prepared> Database::prepare(const Statement& statement) {
    const auto& sql = statement.sql();
    sqlite3_stmt* made = nullptr;
    const int code = sqlite3_prepare_v2(database_.get(), sql.c_str(), static_cast<int>(sql.size() + 1), &made, nullptr);
    Prepared prepared(made);
    if (code != SQLITE_OK) return fail(error_of(code, statement));
    if (!prepared) return fail(Error::invalid("there is no statement"));
    if (sqlite3_stmt_readonly(made) == 0) return fail(Error::invalid("only SELECT is answered here"));
    return prepared;
}

Result<store::RowSet> Database::read(const Statement& statement, sqlite3_stmt* prepared, const Bounds& bounds) {
    store::RowSet out;
    const int columns = sqlite3_column_count(prepared);
    std::vector<bool> are_boolean;
    for (int i = 0; i < columns; ++i) {
        const auto* name = sqlite3_column_name(prepared, i);
        const auto* type = sqlite3_column_decltype(prepared, i);
        out.columns.push_back(with_valid_utf8(name == nullptr ? "" : name));
        are_boolean.push_back(type != nullptr && equal_ignoring_case(type, "BOOLEAN"));
    }
    std::size_t bytes = 0;
    while (true) {
        const int code = sqlite3_step(prepared);
        if (code == SQLITE_DONE) return out;
        if (code != SQLITE_ROW) return fail(error_of(code, statement));
        out.is_cut = out.rows.size() == bounds.rows_max || bytes > bounds.bytes_max;
        if (out.is_cut) return out;
        auto& row = out.rows.emplace_back();
        row.reserve(static_cast<std::size_t>(columns));
        for (int i = 0; i < columns; ++i) {
            row.push_back(cell_of(prepared, i, are_boolean[static_cast<std::size_t>(i)]));
            bytes += bytes_of(row.back());
        }
    }
}

Error Database::error_of(int code, const Statement& statement) const {
    switch (session_.watch.verdict()) {
        case Watch::Verdict::too_long:
            return Error::deadline("the statement took too long and was ended; narrow it, such as by a key or a range of \"cdc$time\"");
        case Watch::Verdict::nobody_waits: return Error::unavailable("nobody waits for the answer any more");
        case Watch::Verdict::go_on: break;
    }
    if (session_.error) return *session_.error;
    const std::string message = with_valid_utf8(sqlite3_errmsg(database_.get()));
    switch (code) {
        case SQLITE_NOMEM: return Error::invalid("the statement needs more memory than there is for it; narrow it, or sort and group less");
        case SQLITE_TOOBIG: return Error::invalid("a value of the statement is too large");
        default: break;
    }
    const int offset = sqlite3_error_offset(database_.get());
    const auto place = offset < 0 ? std::string() : statement.place_of(static_cast<std::size_t>(offset)) + ": ";
    if (message.starts_with("not authorized")) return Error::invalid(place + "not allowed here, where the shop's tables are only read");
    if (message == "incomplete input") return Error::invalid("the statement ends before it is whole");
    return Error::invalid(place + message + hint(message));
}

void Database::limit_memory(std::int64_t bytes) { sqlite3_hard_heap_limit64(bytes); }

}  // namespace cartwheel::query
