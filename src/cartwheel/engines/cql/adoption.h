#pragma once
// Takes over the carts of a keyspace that the sample application made: a user's active cart becomes the cart of the user's partition.
// Only who has no version yet is touched, by a conditional statement, so it may be ended, repeated, and done by two processes at once.

#include <cstdint>
#include <functional>

#include "cartwheel/engines/cql/driver.h"
#include "cartwheel/engines/cql/keyspace.h"
#include "cartwheel/engines/cql/statement_defaults.h"

namespace cartwheel::engines::cql {

struct AdoptionCounts {
    std::uint64_t carts = 0;    ///< looked at
    std::uint64_t adopted = 0;  ///< users who now have their cart here
    std::uint64_t known = 0;    ///< users who had already
    /// Users with several active carts, which the sample application lets happen. The first by its id is taken, as the sample shows it.
    std::uint64_t several = 0;
    bool whole = false;  ///< all were looked at
};

struct AdoptionWatch {
    std::function<void(const AdoptionCounts&)> progress;  ///< now and then
    std::function<bool()> interrupted;  ///< asked between pages; whether to end early
};

/// Errors: what does not go away by trying again for a while.
Task<CqlResult<AdoptionCounts>> adopt_carts(Driver& driver, Keyspace keyspace, StatementDefaults defaults, AdoptionWatch watch);

}  // namespace cartwheel::engines::cql
