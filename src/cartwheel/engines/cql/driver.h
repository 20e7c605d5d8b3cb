#pragma once
// Cassandra and ScyllaDB through the Rust driver: prepared statements, batches and pages, as tasks.
// Owned by the store, one a process; all its threads' work is done by one thread of the driver, "cql-driver". Thread-safe, and any number
// of io_contexts may wait on it. Failures are values of type CqlError. Every task resumes exactly once on its own io_context: with an
// answer, or with `aborted` when the driver stopped. The driver and the io_contexts may be destroyed in any order.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cartwheel/base/error.h"
#include "cartwheel/base/task.h"
#include "cartwheel/engines/cql/values.h"

namespace cartwheel::engines::cql {

namespace ffi {
struct Reply;
struct Statement;
}  // namespace ffi

/// What a write was that timed out, as the server calls it.
enum class WriteKind : std::uint8_t { none, simple, batch, unlogged_batch, counter, batch_log, cas, other };

/// Why a statement failed, as the driver tells it.
struct CqlError {
    enum class Kind : std::uint8_t {
        unavailable,      ///< too few replicas are up
        read_timeout,     ///< too few replicas answered the coordinator
        write_timeout,    ///< the same of a write; it may be done later
        client_timeout,   ///< nothing came back in time
        overloaded,       ///< by the server, or by ourselves: too many statements are in flight
        syntax,           ///< not CQL
        invalid,          ///< CQL that this schema has no sense for, or values that do not fit
        auth,             ///< user or password are wrong, or may not do this
        connection_lost,  ///< no node is connected, or the connection broke
        aborted,          ///< the driver is stopping
        other,
    };

    Kind kind;
    WriteKind write = WriteKind::none;
    bool may_have_happened = false;
    std::string message;  ///< for logs and operators, never for users

    /// Whether a write may have been done all the same. A read writes nothing, whatever this says.
    bool outcome_unknown() const noexcept { return may_have_happened; }
};

const char* name_of(CqlError::Kind kind) noexcept;

/// The rows of an answer, none for what answers nothing. Keeps all that it gives views of.
class Rows {
public:
    std::size_t rows() const noexcept;
    std::size_t columns() const noexcept;
    /// Empty past the last column. `[applied]` is the first of a conditional statement's answer; of the others rely on no order.
    std::string_view column_name(std::size_t index) const noexcept;
    /// As `Statement::bind_types` has them.
    std::string column_type(std::size_t index) const;
    /// The same with the fields of user types, and without "frozen": "list<udt<\"name\":text,\"price\":decimal>>".
    std::string column_layout(std::size_t index) const;
    std::optional<std::size_t> column(std::string_view name) const noexcept;
    /// All cells, row by row, as `Cells` reads them.
    std::string_view cells() const noexcept;
    /// What to execute the same statement with for the next page; empty after the last.
    std::string_view paging_state() const noexcept;

private:
    struct Free {
        void operator()(ffi::Reply* reply) const noexcept;
    };
    explicit Rows(ffi::Reply* reply) noexcept : reply_(reply) {}
    friend class Driver;
    std::unique_ptr<ffi::Reply, Free> reply_;
};

template <class T>
using CqlResult = std::expected<T, CqlError>;
using Answer = CqlResult<Rows>;

enum class Consistency : std::uint8_t { one, local_one, quorum, local_quorum, all, serial, local_serial };

struct StatementOptions {
    Consistency consistency = Consistency::local_quorum;
    Consistency serial_consistency = Consistency::local_serial;  ///< of the condition: serial or local_serial
    /// Doing it twice is as good as once, so the driver may send it again when a node fails. Never true of conditional writes.
    bool idempotent = false;
    /// A conditional write or a serial read: those of one partition go to the same coordinator, and a write is sent once.
    bool conditional = false;
    std::int32_t page_size = 0;            ///< rows; 0: one page with all
    std::chrono::milliseconds timeout{0};  ///< 0: the driver's
};

/// A prepared statement; cheap to copy. It outlives the connection that prepared it: a later one knows it too.
class Statement {
public:
    Statement() = default;
    explicit operator bool() const noexcept { return statement_ != nullptr; }

    /// "uuid,int,list<text>", to hold against what the code encodes.
    std::string bind_types() const;
    /// The same of its rows. Cassandra tells those of conditional statements only with each answer: empty.
    std::string result_types() const;

private:
    explicit Statement(std::shared_ptr<const ffi::Statement> statement) : statement_(std::move(statement)) {}
    friend class Driver;
    std::shared_ptr<const ffi::Statement> statement_;  // shared by all copies
};

struct BatchOptions {
    enum class Kind : std::uint8_t { logged, unlogged } kind = Kind::logged;
    Consistency consistency = Consistency::local_quorum;
    Consistency serial_consistency = Consistency::local_serial;
    bool idempotent = false;
    bool conditional = false;
    std::chrono::milliseconds timeout{0};
};

struct BatchItem {
    Statement statement;
    Values values;
};

struct DriverSettings {
    std::vector<std::string> hosts{"127.0.0.1"};  ///< host or host:port
    std::string user;                             ///< none: no authentication
    std::string password;
    std::string datacenter;  ///< whose nodes are asked; none: any
    std::string ca_file;     ///< PEM; none: no TLS. Nodes' certificates must name their addresses
    std::string certificate_file;
    std::string key_file;
    std::chrono::milliseconds connect_timeout{5'000};
    std::chrono::milliseconds request_timeout{2'000};  ///< of a statement, with what the driver repeats
    /// A connection is asked for a sign of life this often, and given up when none comes in time.
    std::chrono::milliseconds heartbeat_interval{1'000};
    std::chrono::milliseconds heartbeat_timeout{2'000};
    std::uint32_t connections_per_host = 0;  ///< 0: the driver's default
    std::size_t in_flight_max = 2'048;       ///< statements at once; more are refused with `overloaded`
};

/// Who may be refused for the limit of statements in flight.
enum class Admission : std::uint8_t {
    limited,  ///< what a request asks for: the client is told to come back
    always,   ///< work that is owed, and bounded by whoever does it
};

struct DriverFigures {
    std::uint64_t sent = 0;     ///< statements given to the driver
    std::uint64_t failed = 0;   ///< of them, those that ended in an error
    std::uint64_t refused = 0;  ///< for the limit
    std::size_t in_flight = 0;
};

class Driver {
public:
    /// Starts the driver's thread; connects to nothing.
    static Result<std::unique_ptr<Driver>> start(DriverSettings settings);
    ~Driver();
    Driver(const Driver&) = delete;
    Driver& operator=(const Driver&) = delete;

    /// Connects, or connects anew: what is in flight ends on the connection it began on. May be tried again and again.
    Task<CqlResult<void>> connect();
    bool connected() const;

    Task<CqlResult<Statement>> prepare(std::string cql, StatementOptions options = {});
    /// Unprepared and without values or pages: changes of the schema, whose answer waits until the nodes agree, and system tables.
    Task<Answer> query(std::string cql, StatementOptions options = {});
    Task<Answer> execute(Statement statement, Values values, std::string paging_state = {}, Admission admission = Admission::limited);
    Task<Answer> batch(BatchOptions options, std::vector<BatchItem> items, Admission admission = Admission::limited);
    /// Waits until all nodes that are up have the same schema.
    Task<CqlResult<void>> await_schema_agreement();

    DriverFigures figures() const noexcept;

    /// Ends the driver's thread; everything in flight ends as `aborted`, and whatever is asked later. Safe twice, from any thread but the
    /// driver's.
    void stop();

private:
    struct Parts;
    explicit Driver(std::shared_ptr<Parts> parts);
    std::shared_ptr<Parts> parts_;  // shared with the tasks in flight, which may resume after the driver is gone
};

}  // namespace cartwheel::engines::cql
