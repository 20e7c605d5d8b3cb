// The cluster engine as the contract's only one.
#include "engines/contract.h"
#include "engines/cql/test_keyspace.h"

namespace cartwheel::test {

std::vector<Engine> engines() {
    const auto open = [](const std::string&, const Clock& clock) {
        auto& keyspace = TestKeyspace::get();
        keyspace.empty();
        return keyspace.open(clock, keyspace.settings());
    };
    return {{"cql", open, false}};
}

}  // namespace cartwheel::test
