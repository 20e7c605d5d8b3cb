#pragma once
// What a cluster says of itself, held against what the shop needs. Pure; any thread.

#include <optional>
#include <string>
#include <vector>

#include "cartwheel/engines/cql/catalog.h"
#include "cartwheel/engines/cql/settings.h"

namespace cartwheel::engines::cql {

struct ClusterFinding {
    enum class Health : std::uint8_t { ok, warn, failed } health;
    std::string subject;  ///< one word
    std::string words;    ///< a sentence for the operator; what to do, where there is something to do
};

/// Product, datacenter, transport and user.
std::vector<ClusterFinding> judge_cluster(const CqlSettings& settings, const ClusterFacts& cluster);

/// Tables, replication, change capture and indexes. `found`: the keyspace, if it is there.
std::vector<ClusterFinding> judge_keyspace(const CqlSettings& settings, const ClusterFacts& cluster,
                                           const std::optional<KeyspaceFacts>& found);

/// Settings of a Cassandra node, of those that a node has: "paxos_variant" and "commitlog_sync".
std::vector<ClusterFinding> judge_node_settings(const std::map<std::string, std::string>& settings);

}  // namespace cartwheel::engines::cql
