#pragma once
// Puts the catalogue that the binary carries into an empty shop.

#include "cartwheel/store/store.h"

namespace cartwheel::app {

/// Loads the sample catalogue when the store has no products; the number of products loaded. Errors: the store's.
Task<Result<std::size_t>> load_sample(store::Store& store);

}  // namespace cartwheel::app
