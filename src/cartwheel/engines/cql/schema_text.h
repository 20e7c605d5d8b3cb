#pragma once
// The shop's tables, as CQL for ScyllaDB and for Cassandra: for an empty keyspace, and what one that is there lacks. Pure; any thread.
// This is the one place that says which tables and columns there are.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cartwheel/engines/cql/catalog.h"

namespace cartwheel::engines::cql {

struct ColumnShape {
    std::string name;
    std::string type;
    ColumnRole role = ColumnRole::value;
    /// Added last to a table that is there already: who finds it finds a table that has been carried over whole.
    bool added_last = false;
};

struct TableShape {
    std::string name;
    std::vector<ColumnShape> columns;  ///< the key's in its order
    std::vector<std::string> options;  ///< after WITH, but for cdc
    bool captured = false;  ///< its changes are in a log: ScyllaDB's own, or on Cassandra a table that the engine writes
    bool needed_to_start = true;  ///< else only some requests fail without it
};

/// The shop's tables. `price_is_float`: the sample application made `product`. On Cassandra with the log tables.
std::vector<TableShape> table_shapes(Dialect dialect, bool price_is_float);

struct SchemaRequest {
    std::string keyspace;
    std::optional<int> replication;  ///< copies of each row in each datacenter; nothing: 3, or as many as there are nodes
};

/// One statement, and what it did in words: "added version to cart_items".
struct SchemaStep {
    std::string words;
    std::string cql;  ///< without a semicolon
};

struct SchemaPlan {
    std::vector<SchemaStep> steps;
    /// There may be carts that only the sample application knows. They are taken over after `steps` and before `last_steps`.
    bool adopts_carts = false;
    std::vector<SchemaStep> last_steps;
    std::vector<std::string> remarks;  ///< what the operator has to know or do

    bool is_empty() const noexcept { return steps.empty() && last_steps.empty() && !adopts_carts; }
};

/// What brings the keyspace as it was `found`, or none, to what the engine needs. Errors: conflict (a table is there that cannot be used;
/// the text says what to do), invalid (more copies than nodes).
Result<SchemaPlan> plan_schema(const SchemaRequest& request, const ClusterFacts& cluster, const std::optional<KeyspaceFacts>& found);

/// What `found` lacks, as "table orders", "column cart_items.version"; empty when nothing.
std::vector<std::string> missing_in(Dialect dialect, const KeyspaceFacts& found);
/// Of that, what the engine cannot be without.
std::vector<std::string> missing_to_start(Dialect dialect, const KeyspaceFacts& found);

/// How long ScyllaDB keeps the changes of all captured tables; 0: for good.
std::chrono::seconds captured_for(const KeyspaceFacts& found);

/// Whether `found` has the price that the sample application declared.
bool has_float_price(const KeyspaceFacts& found);

/// The plan as a file for `cqlsh -f`.
std::string as_script(const SchemaRequest& request, const ClusterFacts& cluster, const SchemaPlan& plan);

}  // namespace cartwheel::engines::cql
