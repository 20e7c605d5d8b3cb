#include "cartwheel/engines/cql/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace cartwheel::engines::cql {
namespace {

// System tables are each node's own.
constexpr StatementOptions of_one_node{.consistency = Consistency::local_one, .idempotent = true};

// A question goes to a node that the driver chooses, and no node lists itself among its peers.
constexpr int questions_a_node = 8;

/// The rows of `cql`, each as texts; null is an empty text. For columns of type text alone.
Task<CqlResult<std::vector<std::vector<std::string>>>> read_texts(Driver& driver, std::string cql) {
    CO_TRY(const auto rows, co_await driver.query(std::move(cql), of_one_node));
    std::vector<std::vector<std::string>> read(rows.rows());
    Cells cells(rows.cells());
    for (auto& row : read)
        for (std::size_t i = 0; i < rows.columns(); ++i) row.emplace_back(cells.text().value_or(""));
    co_return read;
}

/// Adds each node that `cql` tells of, as id and datacenter; how many they are.
Task<CqlResult<std::size_t>> read_nodes(Driver& driver, std::string cql, std::map<Uuid, std::string>& nodes) {
    CO_TRY(const auto rows, co_await driver.query(std::move(cql), of_one_node));
    Cells cells(rows.cells());
    std::size_t read = 0;
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        const auto id = cells.uuid();
        const auto datacenter = cells.text();
        // A node that is only just joining has no datacenter yet.
        if (!id || !datacenter) continue;
        nodes[*id] = *datacenter;
        ++read;
    }
    co_return read;
}

Task<CqlResult<std::map<std::string, int>>> read_datacenters(Driver& driver) {
    std::map<Uuid, std::string> nodes;
    CO_TRY(const auto peers, co_await read_nodes(driver, "SELECT host_id, data_center FROM system.peers", nodes));
    for (std::size_t asked = 0; nodes.size() <= peers && asked < questions_a_node * (peers + 1); ++asked)
        CO_TRY_VOID(co_await read_nodes(driver, "SELECT host_id, data_center FROM system.local", nodes));
    std::map<std::string, int> datacenters;
    for (const auto& [id, datacenter] : nodes) ++datacenters[datacenter];
    co_return datacenters;
}

/// Whether `value` stands after `'key': ` in a map of CQL.
bool says(std::string_view options, std::string_view key, std::string_view value) {
    return options.find(fmt::format("'{}': '{}'", key, value)) != std::string_view::npos ||
           options.find(fmt::format("'{}': {}", key, value)) != std::string_view::npos;
}

/// The number after `'key': ` in a map of CQL.
std::optional<std::int64_t> number_after(std::string_view options, std::string_view key) {
    const auto label = fmt::format("'{}':", key);
    const auto at = options.find(label);
    if (at == std::string_view::npos) return std::nullopt;
    options.remove_prefix(at + label.size());
    options.remove_prefix(std::min(options.find_first_not_of(" '"), options.size()));
    std::int64_t number = 0;
    if (std::from_chars(options.data(), options.data() + options.size(), number).ec != std::errc{}) return std::nullopt;
    return number;
}

Task<CqlResult<CdcFacts>> read_cdc(Driver& driver, std::string table) {
    CO_TRY(const auto rows, co_await driver.query("DESCRIBE TABLE " + table, of_one_node));
    const auto kind = rows.column("type");
    const auto text = rows.column("create_statement");
    Cells cells(rows.cells());
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        bool is_table = false;
        std::string_view statement;
        for (std::size_t i = 0; i < rows.columns(); ++i) {
            const auto cell = cells.text().value_or("");
            if (i == kind) is_table = cell == "table";
            if (i == text) statement = cell;
        }
        if (is_table) co_return CdcFacts::parse(statement);
    }
    co_return CdcFacts{};
}

Task<CqlResult<bool>> uses_tablets(Driver& driver, std::string name) {
    const auto rows = co_await driver.query(
        fmt::format("SELECT initial_tablets FROM system_schema.scylla_keyspaces WHERE keyspace_name = '{}'", name), of_one_node);
    // Before there were tablets there was no such table.
    if (!rows && rows.error().kind == CqlError::Kind::invalid) co_return false;
    if (!rows) co_return std::unexpected(rows.error());
    co_return rows->rows() > 0 && Cells(rows->cells()).next().has_value();
}

ColumnRole role_of(std::string_view kind) {
    if (kind == "partition_key") return ColumnRole::partition_key;
    if (kind == "clustering") return ColumnRole::clustering_key;
    return kind == "static" ? ColumnRole::static_value : ColumnRole::value;
}

Task<CqlResult<void>> read_tables(Driver& driver, std::string name, KeyspaceFacts& facts) {
    CO_TRY(const auto tables,
           co_await read_texts(driver, fmt::format("SELECT table_name FROM system_schema.tables WHERE keyspace_name = '{}'", name)));
    for (const auto& table : tables) facts.tables[table[0]];
    CO_TRY(
        const auto rows,
        co_await driver.query(
            fmt::format("SELECT table_name, column_name, kind, position, type FROM system_schema.columns WHERE keyspace_name = '{}'", name),
            of_one_node));
    Cells cells(rows.cells());
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        const std::string table(cells.text().value_or(""));
        const std::string column(cells.text().value_or(""));
        const auto role = role_of(cells.text().value_or(""));
        const auto position = cells.int32().value_or(0);
        const auto type = cells.text().value_or("");
        // Views have columns and are no tables.
        if (const auto found = facts.tables.find(table); found != facts.tables.end())
            found->second.columns[column] = {.type = std::string(type), .role = role, .position = position};
    }
    // One that is just being made may be known to the node that was asked first and not to the second.
    std::erase_if(facts.tables, [](const auto& table) { return table.second.columns.empty(); });
    co_return CqlResult<void>{};
}

Task<CqlResult<void>> read_rest(Driver& driver, std::string name, KeyspaceFacts& facts) {
    CO_TRY(const auto types,
           co_await read_texts(driver, fmt::format("SELECT type_name FROM system_schema.types WHERE keyspace_name = '{}'", name)));
    for (const auto& type : types) facts.types.insert(type[0]);
    CO_TRY(const auto rows,
           co_await driver.query(
               fmt::format("SELECT index_name, table_name, options FROM system_schema.indexes WHERE keyspace_name = '{}'", name),
               of_one_node));
    Cells cells(rows.cells());
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        IndexFacts index;
        index.name = cells.text().value_or("");
        index.table = cells.text().value_or("");
        std::size_t count = 0;
        auto options = cells.list(count);
        for (std::size_t i = 0; i < count; ++i) {
            const bool is_target = options.text() == "target";
            const auto value = options.text().value_or("");
            if (is_target) index.target = value;
        }
        facts.indexes.push_back(std::move(index));
    }
    co_return CqlResult<void>{};
}

}  // namespace

ServerVersion ServerVersion::parse(std::string_view text) noexcept {
    ServerVersion version;
    const auto* const end = text.data() + text.size();
    const auto [dot, error] = std::from_chars(text.data(), end, version.major);
    if (error == std::errc{} && dot != end && *dot == '.') std::from_chars(dot + 1, end, version.minor);
    return version;
}

int ClusterFacts::nodes() const {
    int sum = 0;
    for (const auto& [name, count] : datacenters) sum += count;
    return sum;
}

CdcFacts CdcFacts::parse(std::string_view create_statement) {
    const auto begin = create_statement.find("cdc = {");
    if (begin == std::string_view::npos) return {};
    const auto options = create_statement.substr(begin, create_statement.find('}', begin) - begin);
    return {.enabled = says(options, "enabled", "true"),
            .full_preimage = says(options, "preimage", "full"),
            .postimage = says(options, "postimage", "true"),
            .ttl = std::chrono::seconds(number_after(options, "ttl").value_or(CdcFacts{}.ttl.count()))};
}

const TableFacts* KeyspaceFacts::table(const std::string& name) const {
    const auto found = tables.find(name);
    return found == tables.end() ? nullptr : &found->second;
}

bool KeyspaceFacts::has_column(const std::string& table_name, const std::string& column) const {
    const auto* found = table(table_name);
    return found != nullptr && found->columns.contains(column);
}

Task<CqlResult<ClusterFacts>> read_cluster(Driver& driver) {
    ClusterFacts facts;
    CO_TRY(const auto own_tables, co_await read_texts(driver,
                                                      "SELECT table_name FROM system_schema.tables WHERE keyspace_name = 'system_schema' "
                                                      "AND table_name = 'scylla_tables'"));
    facts.dialect = own_tables.empty() ? Dialect::cassandra : Dialect::scylla;
    // ScyllaDB's release_version is that of the Cassandra that it once began as.
    CO_TRY(const auto version,
           co_await read_texts(driver, facts.dialect == Dialect::scylla ? "SELECT version FROM system.versions WHERE key = 'local'"
                                                                        : "SELECT release_version FROM system.local"));
    if (!version.empty()) facts.version_text = version[0][0];
    facts.version = ServerVersion::parse(facts.version_text);
    CO_TRY(facts.datacenters, co_await read_datacenters(driver));
    co_return facts;
}

Task<CqlResult<std::optional<KeyspaceFacts>>> read_keyspace(Driver& driver, Dialect dialect, std::string name) {
    CO_TRY(
        const auto found,
        co_await driver.query(
            fmt::format("SELECT durable_writes, replication FROM system_schema.keyspaces WHERE keyspace_name = '{}'", name), of_one_node));
    if (found.rows() == 0) co_return std::optional<KeyspaceFacts>{};
    KeyspaceFacts facts;
    std::size_t count = 0;
    Cells cells(found.cells());
    facts.durable_writes = cells.boolean().value_or(true);
    auto replication = cells.list(count);
    for (std::size_t i = 0; i < count; ++i) {
        const std::string key(replication.text().value_or(""));
        facts.replication[key] = replication.text().value_or("");
    }
    CO_TRY_VOID(co_await read_tables(driver, name, facts));
    CO_TRY_VOID(co_await read_rest(driver, name, facts));
    if (dialect == Dialect::cassandra) co_return std::optional(std::move(facts));
    CO_TRY(facts.tablets, co_await uses_tablets(driver, name));
    for (auto& [table, its_facts] : facts.tables)
        if (facts.tables.contains(table + "_scylla_cdc_log")) {
            CO_TRY(its_facts.cdc, co_await read_cdc(driver, identifier(name) + "." + identifier(table)));
        }
    co_return std::optional(std::move(facts));
}

}  // namespace cartwheel::engines::cql
