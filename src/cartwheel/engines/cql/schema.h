#pragma once
// Brings a keyspace to what the engine needs: makes what is missing, carries over what the sample application made. Safe to repeat and
// to end, and for two processes at once. Made and used by one task; the driver is the caller's.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cartwheel/engines/cql/adoption.h"
#include "cartwheel/engines/cql/schema_text.h"
#include "cartwheel/engines/cql/settings.h"

namespace cartwheel::engines::cql {

struct SchemaWatch {
    std::function<void(std::string_view words)> done;  ///< after each step: "made table orders"
    AdoptionWatch adoption;
};

struct SchemaOutcome {
    ClusterFacts cluster;
    std::size_t steps = 0;  ///< that were done; 0: nothing was missing
    bool adopted = false;   ///< carts of the sample application were looked for
    AdoptionCounts carts;
    std::vector<std::string> remarks;  ///< what the operator has to know or do
};

/// Errors: conflict, invalid (as `plan_schema`), and those of `operator_error`. Ended by `watch.adoption.interrupted` it says so in
/// `carts.whole`, and goes on when it is run again.
Task<Result<SchemaOutcome>> apply_schema(Driver& driver, CqlSettings settings, SchemaRequest request, SchemaWatch watch);

/// What `apply_schema` would do, as a file for cqlsh -f.
Task<Result<std::string>> print_missing(Driver& driver, CqlSettings settings, SchemaRequest request);

/// The whole schema for a cluster that is not asked.
Result<std::string> print_schema(Dialect dialect, const std::string& datacenter, const SchemaRequest& request);

}  // namespace cartwheel::engines::cql
