#pragma once
// The doctor's look at a cluster: what it says of itself, and what only trying it shows. Changes nothing: the one conditional statement
// that is tried never applies. Takes a second or so; the driver is the caller's.

#include "cartwheel/engines/cql/judgement.h"

namespace cartwheel::engines::cql {

/// In the order in which the engine would stumble over them.
Task<std::vector<ClusterFinding>> examine_cluster(Driver& driver, CqlSettings settings);

}  // namespace cartwheel::engines::cql
