#pragma once
// The change log: on Cassandra tables that the engine itself writes, on ScyllaDB those that the cluster writes; read alike.
// A log table is many streams; a stream is a partition, in the order of time. All streams of all tables are read side by side and merged
// by time, up to a moment that lies far enough back for every writer's rows to have come in.
// Made once after connecting, then immutable but for a memory of how far it has read; any thread. Errors of all: those of the statements
// (errors.h).

#include <array>
#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cartwheel/base/task.h"
#include "cartwheel/changes/change_rows.h"
#include "cartwheel/engines/cql/driver.h"
#include "cartwheel/engines/cql/intent.h"
#include "cartwheel/engines/cql/keyspace.h"
#include "cartwheel/engines/cql/log_codec.h"
#include "cartwheel/engines/cql/statement_defaults.h"
#include "cartwheel/store/store.h"

namespace cartwheel::engines::cql {

/// The ids of the streams that a table's log has, by domain::Table.
using LogStreams = std::array<std::vector<std::string>, 4>;

/// Those that the engine writes on Cassandra. ScyllaDB has others, which change when nodes come or tablets split.
LogStreams own_streams();

/// Rows of one partition, to be written by one unlogged batch: together or not at all, and as often as one likes.
struct LogBatch {
    domain::Table table;
    Stream stream;
    std::vector<BatchItem> items;
};

class ChangeLog {
public:
    static Task<Result<ChangeLog>> prepare(Driver& driver, Keyspace keyspace, StatementDefaults defaults,
                                           LogStreams streams = own_streams());

    /// What these commits add to the log, at their times. Nothing on ScyllaDB.
    std::vector<LogBatch> batches(std::span<const Intent> commits) const;
    const BatchOptions& batch_options() const noexcept { return batch_; }

    /// The commits behind `after` up to `until`, both included in microseconds as Commit::seq counts them. Never part of a microsecond, so
    /// there may be more than `limit` when many are of one; fewer do not mean that there are no more, but none does.
    /// `last` is the newest at or before `until`.
    Task<Result<store::ChangePage>> after(domain::Seq after, std::size_t limit, Time until) const;

private:
    /// Microseconds from `begin` to before `end`.
    struct Span {
        Time begin;
        Time end;
    };
    /// Rows of one table, and up to where they are all of it.
    struct Part {
        std::vector<LogRow> rows;
        Time complete_to;
    };

    ChangeLog(Driver& driver, const Keyspace& keyspace, LogStreams streams);

    Task<Result<Part>> read(domain::Table table, std::vector<std::string> streams, Span span, std::int32_t rows_max) const;
    Task<Result<Part>> read_all(Span span, std::int32_t rows_max) const;
    Task<Result<domain::Seq>> newest(Time until) const;
    Task<Result<Time>> newest_of(domain::Table table, std::vector<std::string> streams, Time until) const;

    Driver* driver_;
    bool is_ours_;  ///< we write it
    PriceForm price_;
    LogStreams streams_;
    BatchOptions batch_;
    std::array<Statement, 4> insert_, select_, select_newest_;  ///< by domain::Table
    /// The newest commit seen, so that a follower who is there already costs no second look. Shared by copies.
    std::shared_ptr<std::atomic<domain::Seq>> seen_ = std::make_shared<std::atomic<domain::Seq>>(0);
};

}  // namespace cartwheel::engines::cql
