#pragma once
// Which streams (partitions) the log tables have, and since when. On Cassandra the engine writes the same ones for ever. ScyllaDB makes
// new ones, a generation, when nodes come or tablets split: a commit is in a stream of the generation that its time falls into.
// Thread-safe; shared by copies of the ChangeLog. Errors: those of the statements, and unavailable (a new cluster has no streams yet).

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cartwheel/base/task.h"
#include "cartwheel/domain/change.h"
#include "cartwheel/engines/cql/driver.h"
#include "cartwheel/engines/cql/keyspace.h"
#include "cartwheel/engines/cql/statement_defaults.h"

namespace cartwheel::engines::cql {

/// The ids of a generation's streams.
using StreamIds = std::shared_ptr<const std::vector<std::string>>;

/// A table's generations by the time that they begin at; each ends where the next begins.
using Generations = std::map<Time, StreamIds>;
using TableGenerations = std::array<Generations, 4>;  ///< by domain::Table

class Streams {
public:
    virtual ~Streams() = default;
    /// Those with commits from `from` to `until`, which lies far enough back for all of them to be known.
    virtual Task<Result<TableGenerations>> between(Time from, Time until) = 0;
};

/// The same from the beginning: by domain::Table.
std::shared_ptr<Streams> constant_streams(std::array<std::vector<std::string>, 4> ids);
/// Those that the engine writes on Cassandra.
std::shared_ptr<Streams> own_streams();

/// Where ScyllaDB says what its streams are: in the two of all tables, or for a keyspace on tablets in the two that tell each table's.
struct StreamTables {
    std::string timestamps = "system_distributed.cdc_generation_timestamps";
    std::string descriptions = "system_distributed.cdc_streams_descriptions_v2";
    std::string tablet_timestamps = "system.cdc_timestamps";
    std::string tablet_streams = "system.cdc_streams";
};
std::shared_ptr<Streams> scylla_streams(Driver& driver, Keyspace keyspace, StatementDefaults defaults, StreamTables tables = {});

}  // namespace cartwheel::engines::cql
