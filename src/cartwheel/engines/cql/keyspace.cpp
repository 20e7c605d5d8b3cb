#include "cartwheel/engines/cql/keyspace.h"

#include <fmt/format.h>

#include <algorithm>

#include "cartwheel/engines/cql/errors.h"
#include "cartwheel/engines/cql/schema_text.h"

namespace cartwheel::engines::cql {

const char* name_of(Dialect dialect) noexcept { return dialect == Dialect::scylla ? "ScyllaDB" : "Cassandra"; }

std::string identifier(std::string_view name) {
    const bool plain = !name.empty() && name.front() >= 'a' && name.front() <= 'z' &&
                       std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
    if (plain) return std::string(name);
    std::string out = "\"";
    for (const char c : name) {
        out += c;
        if (c == '"') out += c;
    }
    return out + "\"";
}

Task<Result<Keyspace>> inspect_keyspace(Driver& driver, std::string name, std::chrono::seconds changes_kept) {
    const auto cluster = co_await read_cluster(driver);
    if (!cluster) co_return fail(to_error(cluster.error()));
    const auto read = co_await read_keyspace(driver, cluster->dialect, name);
    if (!read) co_return fail(to_error(read.error()));
    const auto& found = *read;
    if (!found) co_return fail(Error::unavailable(fmt::format("the cluster has no keyspace {}; run `cartwheel schema` to make it", name)));
    if (const auto missing = missing_to_start(cluster->dialect, *found); !missing.empty())
        co_return fail(Error::unavailable(fmt::format("keyspace {} lacks {}{}; run `cartwheel schema`, which adds what is missing", name,
                                                      missing.front(), missing.size() > 1 ? " and more" : "")));
    if (cluster->dialect == Dialect::scylla) changes_kept = captured_for(*found);
    co_return Keyspace{std::move(name), cluster->dialect, has_float_price(*found), found->tablets, changes_kept};
}

}  // namespace cartwheel::engines::cql
