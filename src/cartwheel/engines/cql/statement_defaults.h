#pragma once
// What all statements have in common: consistency and timeout, from the settings.

#include "cartwheel/engines/cql/driver.h"
#include "cartwheel/engines/cql/settings.h"

namespace cartwheel::engines::cql {

struct StatementDefaults {
    Consistency consistency = Consistency::local_quorum;
    Consistency serial_consistency = Consistency::local_serial;
    std::chrono::milliseconds timeout{0};
};

}  // namespace cartwheel::engines::cql
