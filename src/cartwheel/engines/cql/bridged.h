#pragma once
// The driver's words in the Rust bridge's, and back. Pure. Only files of this folder that see the bridge include this.

#include <cql_bridge/bridge.h>

#include "cartwheel/engines/cql/driver.h"

namespace cartwheel::engines::cql {

ffi::Options to_bridge(const StatementOptions& options);
ffi::Options to_bridge(const BatchOptions& options);
ffi::Settings to_bridge(const DriverSettings& settings);

CqlError::Kind kind_of(ffi::ErrorKind kind);
WriteKind kind_of(ffi::WriteKind kind);

}  // namespace cartwheel::engines::cql
