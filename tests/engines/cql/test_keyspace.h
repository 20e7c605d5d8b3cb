#pragma once
// A keyspace of this process's own on the nodes that the tests run on, with the shop's tables, and stores on it.

#include <memory>
#include <string>

#include "cartwheel/engines/cql/cql_store.h"
#include "cartwheel/engines/cql/driver.h"

namespace cartwheel::test {

class TestKeyspace {
public:
    /// Made when first asked for, gone with the process.
    static TestKeyspace& get();

    ~TestKeyspace();
    TestKeyspace(const TestKeyspace&) = delete;
    TestKeyspace& operator=(const TestKeyspace&) = delete;

    const std::string& name() const noexcept { return name_; }
    engines::cql::Driver& driver() noexcept { return *driver_; }

    /// Takes all rows out.
    void empty();

    /// For one store of several processes, or the only one. Long timeouts: the node shares its cores with the tests.
    engines::cql::CqlSettings settings() const;
    /// A store that is ready.
    std::unique_ptr<store::Store> open(const Clock& clock, const engines::cql::CqlSettings& settings) const;

    /// What a statement without values answers; the test ends when it fails.
    engines::cql::Rows query(const std::string& cql);

private:
    TestKeyspace();

    std::string name_;
    std::unique_ptr<engines::cql::Driver> driver_;
};

}  // namespace cartwheel::test
