#pragma once
// The cluster as it was found when it first answered: its keyspace, and every statement prepared. Made once, then immutable and used on
// any thread; the driver itself finds its way back to nodes that were away.

#include <atomic>
#include <memory>

#include "cartwheel/engines/cql/cart_writer.h"
#include "cartwheel/engines/cql/change_log.h"
#include "cartwheel/engines/cql/followers.h"
#include "cartwheel/engines/cql/keyspace.h"
#include "cartwheel/engines/cql/orders.h"
#include "cartwheel/engines/cql/products.h"

namespace cartwheel::engines::cql {

struct Cluster {
    Driver* driver = nullptr;  ///< outlives this
    Keyspace keyspace;
    CartStatements carts;
    ProductTable products;
    OrderTable orders;
    ChangeLog log;
    FollowerTable followers;

    /// Connects and prepares. Errors: unavailable (no node answers, tables are missing; the text says what to do).
    static Task<Result<std::unique_ptr<const Cluster>>> open(Driver& driver, CqlSettings settings);

    /// Writes what these commits owe to other partitions; repeating it does no harm. One that comes late goes into the log at the present
    /// time, where followers still find it. Adds to `statements` how many that were.
    Task<Result<void>> deliver(std::vector<Intent> intents, CommitClock& clock, std::atomic<std::uint64_t>& statements) const;
};

}  // namespace cartwheel::engines::cql
