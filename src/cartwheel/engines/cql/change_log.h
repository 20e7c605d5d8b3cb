#pragma once
// The change log: on Cassandra tables that the engine itself writes, on ScyllaDB those that the cluster writes; read alike.
// A log table is many streams; a stream is a partition, in the order of time. All streams of all tables are read side by side and merged
// by time, up to a moment that lies far enough back for every writer's rows to have come in.
// Made once after connecting, then immutable but for a memory of how far it has read; any thread. Errors of all: those of the statements
// (errors.h).

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
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
#include "cartwheel/engines/cql/streams.h"
#include "cartwheel/store/store.h"

namespace cartwheel::engines::cql {

/// Rows of one partition, to be written by one unlogged batch: together or not at all, and as often as one likes.
struct LogBatch {
    domain::Table table;
    Stream stream;
    std::vector<BatchItem> items;
};

class ChangeLog {
public:
    static Task<Result<ChangeLog>> prepare(Driver& driver, Keyspace keyspace, StatementDefaults defaults, std::shared_ptr<Streams> streams);

    /// What these commits add to the log, at their times. Nothing on ScyllaDB.
    std::vector<LogBatch> batches(std::span<const Intent> commits) const;
    const BatchOptions& batch_options() const noexcept { return batch_; }

    /// The commits behind `after` up to `until`, both included in microseconds as Commit::seq counts them. Never part of a microsecond, so
    /// there may be more than `limit` when many are of one; fewer do not mean that there are no more, but none does.
    /// `last` is the newest at or before `until`. Errors: gone (at `now` there may have been some behind `after` that are kept no longer).
    Task<Result<store::ChangePage>> after(domain::Seq after, std::size_t limit, Time until, Time now) const;

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
    /// What reads have found so far. Shared by copies.
    struct Memory {
        std::atomic<domain::Seq> seen{0};  ///< the newest commit, so that a follower who is there already costs no second look
        std::mutex mutex;
        Span quiet{Time::min(), Time::min()};  ///< no commit is behind the one and up to the other

        bool is_quiet(const Span& span);
        void add_quiet(Span span);
    };

    ChangeLog(Driver& driver, const Keyspace& keyspace, std::shared_ptr<Streams> streams);

    std::optional<Time> kept_since(Time now) const;
    Span step_of(const Span& span, const TableGenerations& generations, std::chrono::microseconds window) const;
    domain::Commit commit_of(LoggedCommit logged) const;
    Task<Result<Part>> read(domain::Table table, std::vector<std::string> streams, Span span, std::int32_t rows_max) const;
    Task<Result<Part>> read_all(Span span, std::int32_t rows_max, const TableGenerations& generations) const;
    Task<Result<domain::Seq>> newest(Time since, Time until) const;
    Task<Result<Time>> newest_of(domain::Table table, Generations generations, Time until) const;
    Task<Result<Time>> newest_in(domain::Table table, std::vector<std::string> streams, Time until) const;

    Driver* driver_;
    bool is_ours_;  ///< we write it
    PriceForm price_;
    std::chrono::seconds kept_;  ///< 0: for good
    std::shared_ptr<Streams> streams_;
    BatchOptions batch_;
    std::array<Statement, 4> insert_, select_, select_newest_;  ///< by domain::Table
    std::shared_ptr<Memory> memory_ = std::make_shared<Memory>();
};

}  // namespace cartwheel::engines::cql
