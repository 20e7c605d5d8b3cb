#pragma once
// The database at one moment, read from end to end for queries. Blocks; reads past the caches, so that a query does not empty them.

#include <memory>

#include "cartwheel/engines/rocks/database.h"
#include "cartwheel/store/store.h"

namespace cartwheel::engines::rocks {

/// `database` must outlive it.
std::unique_ptr<store::Snapshot> take_snapshot(const Database& database);

}  // namespace cartwheel::engines::rocks
