#pragma once
// The tables of a shop in a cluster, for `cartwheel schema`: made, carried over, or printed. Runs on the calling thread for as long as it
// takes. Errors: invalid (this build has no cluster engine, more copies than nodes), conflict (tables that cannot be used), and what the
// cluster answers; each says what to do.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cartwheel/app/settings.h"

namespace cartwheel::app {

/// Carts of the sample application that were taken over so far.
struct CarryOver {
    std::uint64_t carts = 0;    ///< looked at
    std::uint64_t adopted = 0;  ///< users whose cart was taken over
    std::uint64_t known = 0;    ///< users who were there already
    std::uint64_t several = 0;  ///< users with several active carts, of which the first was taken
};

struct SchemaWatch {
    std::function<void(std::string_view words)> done;  ///< after each step: "made table orders"
    std::function<void(const CarryOver&)> carrying_over;
    std::function<bool()> interrupted;
};

struct SchemaReport {
    std::string cluster;   ///< "Cassandra 5.0.8, 3 nodes"
    std::size_t steps = 0;  ///< 0: nothing was missing
    std::optional<CarryOver> carried_over;
    bool interrupted = false;
    std::vector<std::string> remarks;  ///< what the operator has to know or do
};

/// `replication`: copies of each row in each datacenter; nothing: 3, or as many as there are nodes.
Result<SchemaReport> apply_schema(const Settings& settings, std::optional<int> replication, const SchemaWatch& watch);

/// What `apply_schema` would do, as a file for cqlsh -f.
Result<std::string> print_missing_schema(const Settings& settings, std::optional<int> replication);

enum class ClusterProduct : std::uint8_t { cassandra, scylla };

/// The whole schema, without asking a cluster.
Result<std::string> print_schema(const Settings& settings, std::optional<int> replication, ClusterProduct product);

}  // namespace cartwheel::app
