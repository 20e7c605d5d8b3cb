#pragma once
// Where the driver's own warnings and errors go. Given to Rust with the runtime, which calls it from its thread and destroys it.

#include "rust/cxx.h"

namespace cartwheel::engines::cql::ffi {

class Log {
public:
    Log() = default;
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;
    virtual ~Log() = default;
    virtual void warn(rust::Str text) const noexcept = 0;
    virtual void error(rust::Str text) const noexcept = 0;
};

}  // namespace cartwheel::engines::cql::ffi
