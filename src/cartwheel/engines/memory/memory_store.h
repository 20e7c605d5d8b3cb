#pragma once
// The store's contract in its plainest form: a mutex, maps and a vector of commits. Nothing outlives the process.
// For tests, for trying things out, and as the yardstick for the other engines.

#include <memory>

#include "cartwheel/store/store.h"

namespace cartwheel::engines::memory {

/// `clock` must outlive the store.
std::unique_ptr<store::Store> make_store(const Clock& clock);

}  // namespace cartwheel::engines::memory
