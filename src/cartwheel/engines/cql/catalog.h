#pragma once
// What a cluster says of itself: product, version, datacenters, and what a keyspace holds. Read from its system tables when asked; plain
// values from then on. Errors are the driver's.

#include <chrono>
#include <compare>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cartwheel/engines/cql/keyspace.h"

namespace cartwheel::engines::cql {

/// Its first two numbers: 5.0 of Cassandra, 6.1 or 2025.4 of ScyllaDB.
struct ServerVersion {
    int major = 0;
    int minor = 0;

    /// 0.0 for a text that does not begin with a number.
    static ServerVersion parse(std::string_view text) noexcept;
    auto operator<=>(const ServerVersion&) const = default;
};

struct ClusterFacts {
    Dialect dialect = Dialect::cassandra;
    ServerVersion version;
    std::string version_text;
    std::map<std::string, int> datacenters;  ///< nodes of each, those that are away included

    int nodes() const;
};

enum class ColumnRole : std::uint8_t { partition_key, clustering_key, value, static_value };

struct ColumnFacts {
    std::string type;  ///< as the cluster writes it: "frozen<list<frozen<order_item>>>"
    ColumnRole role = ColumnRole::value;
    int position = 0;  ///< of a key column among those of its role
};

/// ScyllaDB's change capture of a table, as its description says.
struct CdcFacts {
    bool enabled = false;
    bool full_preimage = false;
    bool postimage = false;
    std::chrono::seconds ttl{std::chrono::hours(24)};  ///< how long changes are kept; 0: for good

    /// From the CREATE TABLE statement that DESCRIBE gives.
    static CdcFacts parse(std::string_view create_statement);
    bool is_enough() const noexcept { return enabled && full_preimage && postimage; }
};

struct TableFacts {
    std::map<std::string, ColumnFacts> columns;
    CdcFacts cdc;  ///< of ScyllaDB
};

struct IndexFacts {
    std::string name;
    std::string table;
    std::string target;
};

struct KeyspaceFacts {
    std::map<std::string, std::string> replication;
    bool durable_writes = true;
    bool tablets = false;
    std::map<std::string, TableFacts> tables;
    std::set<std::string> types;
    std::vector<IndexFacts> indexes;

    const TableFacts* table(const std::string& name) const;
    bool has_column(const std::string& table, const std::string& column) const;
};

Task<CqlResult<ClusterFacts>> read_cluster(Driver& driver);
/// Nothing when there is no such keyspace.
Task<CqlResult<std::optional<KeyspaceFacts>>> read_keyspace(Driver& driver, Dialect dialect, std::string name);

}  // namespace cartwheel::engines::cql
