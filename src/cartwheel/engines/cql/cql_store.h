#pragma once
// The shop in a ScyllaDB or Apache Cassandra cluster: many processes serve one shop, and the cluster decides between them.
// A user's cart is one partition, and lightweight transactions (conditional statements) are the only way to write it. What has to reach
// other partitions is left in it as an intent by the same transaction and delivered afterwards, by this process or whoever comes next.
// Thread-safe; owned by the composition root. Has a thread of its own for deliveries and one of the driver.

#include <memory>

#include "cartwheel/engines/cql/settings.h"
#include "cartwheel/store/store.h"

namespace cartwheel::engines::cql {

/// Connects in the background, for as long as it takes: until then, and whenever the cluster is away, the store is not ready and its
/// functions fail with `unavailable`. `clock` must outlive the store. Errors: invalid (a setting, a certificate that cannot be read).
Result<std::unique_ptr<store::Store>> open_store(CqlSettings settings, const Clock& clock);

}  // namespace cartwheel::engines::cql
