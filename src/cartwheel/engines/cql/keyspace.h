#pragma once
// The keyspace that the shop is in, and how its tables are named in statements. A value, made once after connecting.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "cartwheel/engines/cql/driver.h"

namespace cartwheel::engines::cql {

enum class Dialect : std::uint8_t { cassandra, scylla };

/// "Cassandra", "ScyllaDB".
const char* name_of(Dialect dialect) noexcept;

/// `name` as a statement takes it: in quotes where it is not all lower case.
std::string identifier(std::string_view name);

struct Keyspace {
    std::string name;
    Dialect dialect = Dialect::cassandra;
    /// The sample application made `product`: its price is a 32-bit float, and the exact one stands in price_exact.
    bool price_is_float = false;
    /// The tables are spread over the nodes in ScyllaDB's newer way, by which each has streams of changes of its own.
    bool has_tablets = false;
    std::chrono::seconds changes_kept{std::chrono::hours(24)};  ///< 0: for good

    /// A table's full name as a statement takes it: ecommerce.product.
    std::string table(std::string_view table_name) const { return identifier(name) + "." + identifier(table_name); }
};

/// Looks whether all is there that the engine needs. `changes_kept` is for Cassandra; ScyllaDB's tables say it themselves.
/// Errors: unavailable (it is not: the text says to run `cartwheel schema`; no node answers), deadline.
Task<Result<Keyspace>> inspect_keyspace(Driver& driver, std::string name, std::chrono::seconds changes_kept = std::chrono::hours(24));

}  // namespace cartwheel::engines::cql
