#pragma once
// What schema and doctor have in common: a connection of their own, and the driver's failures in words for whoever runs the cluster.
// Pure but for starting the driver.

#include "cartwheel/engines/cql/driver.h"
#include "cartwheel/engines/cql/settings.h"
#include "cartwheel/engines/cql/statement_defaults.h"

namespace cartwheel::engines::cql {

/// A driver with time for changes of the schema. Connects to nothing yet. Errors: invalid (a certificate cannot be read).
Result<std::unique_ptr<Driver>> start_operator_driver(const CqlSettings& settings);

StatementDefaults operator_defaults(const CqlSettings& settings);

/// What the cluster said, and what to do about it. Never a password. Errors: unavailable, deadline, internal.
Error operator_error(const CqlError& error, const CqlSettings& settings);

/// Before something is tried once more.
Task<void> pause(std::chrono::milliseconds time);

/// Connects. Errors as those of `operator_error`.
Task<Result<void>> connect_operator(Driver& driver, CqlSettings settings);

}  // namespace cartwheel::engines::cql
