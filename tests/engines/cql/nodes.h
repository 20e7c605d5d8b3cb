#pragma once
// The nodes that the tests run on, as scripts/cassandra tells them by the environment.

#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>

#include "cartwheel/engines/cql/driver.h"

namespace cartwheel::test {

inline std::string variable(const char* name) {
    const auto* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

/// Whether there are nodes; otherwise tests fail with `no_nodes`.
inline bool nodes_are_there() { return !variable("CARTWHEEL_TEST_CQL_HOSTS").empty(); }
inline constexpr std::string_view no_nodes = "needs a Cassandra, named by CARTWHEEL_TEST_CQL_HOSTS: run `make test-cql`";

inline engines::cql::DriverSettings node_settings() {
    engines::cql::DriverSettings settings;
    settings.hosts.clear();
    std::istringstream hosts(variable("CARTWHEEL_TEST_CQL_HOSTS"));
    for (std::string host; std::getline(hosts, host, ',');) settings.hosts.push_back(host);
    settings.user = variable("CARTWHEEL_TEST_CQL_USER");
    settings.password = variable("CARTWHEEL_TEST_CQL_PASSWORD");
    settings.ca_file = variable("CARTWHEEL_TEST_CQL_CA");
    settings.certificate_file = variable("CARTWHEEL_TEST_CQL_CERTIFICATE");
    settings.key_file = variable("CARTWHEEL_TEST_CQL_KEY");
    settings.request_timeout = std::chrono::seconds(10);
    return settings;
}

}  // namespace cartwheel::test
