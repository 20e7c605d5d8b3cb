#pragma once
// What the driver and all statements have in common, from the settings.

#include "cartwheel/engines/cql/driver.h"
#include "cartwheel/engines/cql/settings.h"

namespace cartwheel::engines::cql {

struct StatementDefaults {
    Consistency consistency = Consistency::local_quorum;
    Consistency serial_consistency = Consistency::local_serial;
    std::chrono::milliseconds timeout{0};
};

/// For statements that each may take so long.
inline StatementDefaults statement_defaults(const CqlSettings& settings, std::chrono::milliseconds timeout) {
    const bool local = settings.consistency == CqlSettings::Scope::local;
    return {local ? Consistency::local_quorum : Consistency::quorum, local ? Consistency::local_serial : Consistency::serial, timeout};
}

inline DriverSettings driver_settings(const CqlSettings& settings, std::chrono::milliseconds statement_timeout) {
    DriverSettings driver;
    driver.hosts = settings.hosts;
    driver.user = settings.user;
    driver.password = settings.password;
    driver.datacenter = settings.datacenter;
    driver.ca_file = settings.ca_file;
    driver.certificate_file = settings.certificate_file;
    driver.key_file = settings.key_file;
    driver.connect_timeout = settings.connect_timeout;
    driver.request_timeout = statement_timeout;
    driver.in_flight_max = settings.in_flight_max;
    return driver;
}

}  // namespace cartwheel::engines::cql
