#pragma once
// What the driver's failures mean to the shop: the one place that says so. The driver's own words go to the log, never to users.

#include "cartwheel/base/error.h"
#include "cartwheel/engines/cql/driver.h"

namespace cartwheel::engines::cql {

/// `unavailable`, `overloaded`, `deadline` (a read or write that took too long) or `internal` (logged: a statement that the cluster does
/// not take).
Error to_error(const CqlError& error);

/// `deadline`: of a read, and of a write that may have been done.
Error took_too_long();
Error outcome_not_known();

/// The answer, or what its failure means.
Result<Rows> checked(Answer answer);

}  // namespace cartwheel::engines::cql
