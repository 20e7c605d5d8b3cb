#include "cartwheel/query/virtual_table.h"

#include <sqlite3.h>

#include <exception>
#include <new>

#include "cartwheel/query/filter_plan.h"
#include "cartwheel/query/tables.h"

namespace cartwheel::query {
namespace {

struct TableHandle {
    sqlite3_vtab base;  // SQLite's part; first, so that its pointer is ours
    const Table* table;
    Session* session;
};

struct Cursor {
    sqlite3_vtab_cursor base;  // as above
    TableHandle* table;
    std::unique_ptr<Reader> reader;
    std::int64_t row;
    bool is_at_end;
};

Cursor& cursor_of(sqlite3_vtab_cursor* cursor) { return *reinterpret_cast<Cursor*>(cursor); }
TableHandle& table_of(sqlite3_vtab* table) { return *reinterpret_cast<TableHandle*>(table); }

/// Runs `work`, which gives SQLite's code; no exception gets into SQLite.
template <class Work>
int guarded(Session& session, Work work) noexcept {
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return SQLITE_NOMEM;
    } catch (const std::exception& error) {
        session.error = Error::internal(error.what());
        return SQLITE_ERROR;
    }
}

std::string declaration(const Table& table) {
    std::string text = "CREATE TABLE t(";
    for (const auto& column : table.columns) {
        if (&column != &table.columns.front()) text += ", ";
        text += '"' + column.name + "\" " + std::string(sql_type(column.type));
    }
    return text + ")";
}

int connect(sqlite3* database, void* session, int count, const char* const* words, sqlite3_vtab** out, char** error) noexcept {
    auto& of = *static_cast<Session*>(session);
    return guarded(of, [&] {
        constexpr int name_at = 2;
        const auto* table = count > name_at ? find_table(words[name_at]) : nullptr;
        if (table == nullptr) {
            *error = sqlite3_mprintf("the shop has no such table");
            return SQLITE_ERROR;
        }
        if (const int code = sqlite3_declare_vtab(database, declaration(*table).c_str()); code != SQLITE_OK) return code;
        // NOLINTNEXTLINE(bugprone-unhandled-exception-at-new): `guarded` catches it
        *out = &(new TableHandle{{}, table, &of})->base;
        return SQLITE_OK;
    });
}

int disconnect(sqlite3_vtab* table) noexcept {
    delete &table_of(table);
    return SQLITE_OK;
}

int best_index(sqlite3_vtab* table, sqlite3_index_info* info) noexcept {
    auto& of = table_of(table);
    return guarded(*of.session, [&] { return choose_filters(*of.table, *info); });
}

int open(sqlite3_vtab* table, sqlite3_vtab_cursor** out) noexcept {
    auto& of = table_of(table);
    return guarded(*of.session, [&] {
        // NOLINTNEXTLINE(bugprone-unhandled-exception-at-new): `guarded` catches it
        *out = &(new Cursor{{}, &of, nullptr, 0, true})->base;
        return SQLITE_OK;
    });
}

int close(sqlite3_vtab_cursor* cursor) noexcept {
    delete &cursor_of(cursor);
    return SQLITE_OK;
}

int advance(Cursor& cursor) {
    auto& session = *cursor.table->session;
    const auto there_is_one = cursor.reader->next();
    cursor.is_at_end = !there_is_one || !*there_is_one;
    ++cursor.row;
    if (there_is_one) return SQLITE_OK;
    if (session.watch.verdict() != Watch::Verdict::go_on) return SQLITE_INTERRUPT;
    session.error = there_is_one.error();
    return SQLITE_ERROR;
}

int filter(sqlite3_vtab_cursor* cursor, int, const char* plan, int count, sqlite3_value** values) noexcept {
    auto& of = cursor_of(cursor);
    auto& session = *of.table->session;
    return guarded(session, [&] {
        of.reader.reset();
        of.row = 0;
        of.is_at_end = true;
        auto filters = read_filters(plan, {values, static_cast<std::size_t>(count)});
        if (!filters) return SQLITE_OK;
        if (session.snapshot == nullptr) return SQLITE_MISUSE;
        of.reader = of.table->table->open(*session.snapshot, *std::move(filters), session.watch);
        return advance(of);
    });
}

int next(sqlite3_vtab_cursor* cursor) noexcept {
    auto& of = cursor_of(cursor);
    return guarded(*of.table->session, [&] { return advance(of); });
}

int is_at_end(sqlite3_vtab_cursor* cursor) noexcept { return cursor_of(cursor).is_at_end ? 1 : 0; }

int column(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int index) noexcept {
    auto& of = cursor_of(cursor);
    return guarded(*of.table->session, [&] {
        Answer answer(context);
        of.reader->write(static_cast<std::size_t>(index), answer);
        return SQLITE_OK;
    });
}

int row_number(sqlite3_vtab_cursor* cursor, sqlite3_int64* out) noexcept {
    *out = cursor_of(cursor).row;
    return SQLITE_OK;
}

constexpr sqlite3_module module() {
    sqlite3_module made{};
    made.xCreate = connect;
    made.xConnect = connect;
    made.xBestIndex = best_index;
    made.xDisconnect = disconnect;
    made.xDestroy = disconnect;
    made.xOpen = open;
    made.xClose = close;
    made.xFilter = filter;
    made.xNext = next;
    made.xEof = is_at_end;
    made.xColumn = column;
    made.xRowid = row_number;
    return made;
}

}  // namespace

int add_module(sqlite3* database, Session& session) {
    static const auto shop_table = module();
    return sqlite3_create_module_v2(database, module_name, &shop_table, &session, nullptr);
}

}  // namespace cartwheel::query
