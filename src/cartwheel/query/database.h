#pragma once
// An SQLite database in memory whose tables are the shop's, in a schema named as the sample's keyspace; nothing but reading is allowed in
// it. Statements run one after the other, on one thread at a time; each over a snapshot of its own.

#include <functional>
#include <memory>
#include <string>

#include "cartwheel/query/session.h"
#include "cartwheel/query/statement.h"

struct sqlite3;
struct sqlite3_stmt;

namespace cartwheel::query {

struct Bounds {
    std::size_t rows_max = 10'000;                          ///< what is behind them is not looked at
    std::size_t bytes_max = std::size_t{16} << 20;          ///< of all values together; what is behind is cut off like rows
    std::chrono::milliseconds time_max{5000};
    std::function<bool()> is_gone = nullptr;                ///< whether nobody waits for the answer any more; asked on this thread
};

class Database {
public:
    /// `clock` must outlive it. Errors: internal.
    static Result<std::unique_ptr<Database>> open(const Clock& clock);
    ~Database();

    /// Errors: invalid (the statement is wrong, or wants what is not allowed; the text says where and what), deadline, unavailable (nobody
    /// waits), and those of the snapshot.
    Result<store::RowSet> run(const Statement& statement, store::Snapshot& snapshot, Bounds bounds);

    /// How much memory all databases of the process may use together. A statement that needs more is refused.
    static void limit_memory(std::int64_t bytes);

private:
    struct Closing {
        void operator()(sqlite3* database) const noexcept;
    };
    struct Finishing {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    using Prepared = std::unique_ptr<sqlite3_stmt, Finishing>;

    Database() = default;
    Result<void> set_up(const Clock& clock);
    Result<Prepared> prepare(const Statement& statement);
    Result<store::RowSet> read(const Statement& statement, sqlite3_stmt* prepared, const Bounds& bounds);
    Error error_of(int code, const Statement& statement) const;

    Session session_;
    std::unique_ptr<sqlite3, Closing> database_;
};

}  // namespace cartwheel::query
