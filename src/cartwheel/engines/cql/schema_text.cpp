#include "cartwheel/engines/cql/schema_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace cartwheel::engines::cql {
namespace {

using enum ColumnRole;

constexpr int copies_wanted = 3;
constexpr std::string_view type_name = "order_item";
constexpr std::string_view type_fields = "product_id uuid, name text, unit_price decimal, quantity int, total decimal";
constexpr std::string_view cdc_option = "cdc = {'enabled': true, 'preimage': 'full', 'postimage': true}";
// Both came to tablets with ScyllaDB 2025.4, and tablets themselves with 6.0, which is 2024.2 of the other line.
constexpr ServerVersion tablets_since{6, 0};
constexpr ServerVersion first_of_years{2000, 0};
constexpr ServerVersion tablets_since_year{2024, 2};
constexpr ServerVersion capture_on_tablets_since{2025, 4};

bool has_tablets(const ServerVersion& version) {
    return version >= tablets_since && (version < first_of_years || version >= tablets_since_year);
}
bool captures_on_tablets(const ServerVersion& version) { return version >= capture_on_tablets_since; }

std::vector<TableShape> base_shapes(bool price_is_float) {
    std::vector<TableShape> shapes{
        {.name = "product",
         .columns = {{"id", "uuid", partition_key}, {"name", "text"}, {"price", price_is_float ? "float" : "decimal"}, {"img", "text"}},
         .options = {"comment = 'The catalogue'"},
         .captured = true},
        {.name = "cart",
         .columns =
             {{"user_id", "text", partition_key}, {"cart_id", "uuid", clustering_key}, {"is_active", "boolean"}, {"ordered_us", "bigint"}},
         .options = {"comment = 'Which carts a user has and had (ordered_us: when it became an order, microseconds since 1970)'"},
         .captured = true},
        {.name = "cart_items",
         .columns = {{"user_id", "text", partition_key},
                     {"cart_id", "uuid", clustering_key},
                     {"product_id", "uuid", clustering_key},
                     {"product_quantity", "int"},
                     {"version", "bigint", static_value},
                     {"active_cart_id", "uuid", static_value},
                     {"committed_us", "bigint", static_value},
                     {"recent_commits", "blob", static_value, true},
                     {"intent", "blob", static_value, true},
                     {"idempotency", "map<text, blob>", static_value, true}},
         .options = {"comment = 'A user''s cart, written by conditional statements alone'"},
         .captured = true},
        {.name = "orders",
         .columns = {{"user_id", "text", partition_key},
                     {"placed_us", "bigint", clustering_key},
                     {"order_id", "uuid", clustering_key},
                     {"placed_at", "timestamp"},
                     {"currency", "text"},
                     {"items", "frozen<list<frozen<order_item>>>"},
                     {"total", "decimal"}},
         .options = {"CLUSTERING ORDER BY (placed_us DESC, order_id ASC)",
                     "comment = 'Orders as they were placed, with the prices of then (placed_us: microseconds since 1970)'"},
         .captured = true}};
    if (price_is_float) shapes[0].columns.push_back({"price_exact", "decimal"});
    return shapes;
}

/// How far those have come who follow the changes and have a name.
TableShape follower_shape() {
    return {.name = "follower",
            .columns = {{"name", "text", partition_key}, {"seq", "bigint"}},
            .options = {"comment = 'How far those have come who follow the changes (seq: microseconds since 1970)'"},
            .needed_to_start = false};
}

/// The table that has the changes of `base` as ScyllaDB's change capture would write them.
TableShape log_shape(const TableShape& base) {
    TableShape log{.name = base.name + "_scylla_cdc_log",
                   .columns = {{"cdc$stream_id", "blob", partition_key},
                               {"cdc$time", "timeuuid", clustering_key},
                               {"cdc$batch_seq_no", "int", clustering_key}},
                   .options = {fmt::format("comment = 'Changes of {}, as ScyllaDB has them'", base.name),
                               // As long as ScyllaDB keeps its own: a day. The engine says it with each row, as it is told to.
                               "default_time_to_live = 86400",
                               // Rows are written once and end by their age, so nothing can come back. But a node that was away gets what
                               // it missed only for so long, and a logged batch is finished only for so long: as long as hints are kept.
                               "gc_grace_seconds = 10800",
                               // A file of an hour that is wholly expired is dropped as it is.
                               "compaction = {'class': 'TimeWindowCompactionStrategy', 'compaction_window_unit': 'HOURS', "
                               "'compaction_window_size': 1}"}};
    // What all of a user's partition agrees on is the engine's own business.
    std::vector<ColumnShape> own;
    for (const auto& column : base.columns)
        if (column.role != static_value && column.name != "price_exact") own.push_back({column.name, column.type, column.role});
    for (const auto& column : own)
        if (column.role == value) log.columns.push_back({"cdc$deleted_" + column.name, "boolean"});
    log.columns.push_back({"cdc$end_of_batch", "boolean"});
    log.columns.push_back({"cdc$operation", "tinyint"});
    log.columns.push_back({"cdc$ttl", "bigint"});
    for (auto& column : own) log.columns.push_back({column.name, column.name == "price" ? "decimal" : column.type});
    return log;
}

std::string quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        out += c;
        if (c == '\'') out += c;
    }
    return out + "'";
}

std::string key_of(const TableShape& shape) {
    std::vector<std::string> partition;
    std::vector<std::string> rest;
    for (const auto& column : shape.columns) {
        if (column.role == partition_key) partition.push_back(identifier(column.name));
        if (column.role == clustering_key) rest.push_back(identifier(column.name));
    }
    rest.insert(rest.begin(), fmt::format("({})", fmt::join(partition, ", ")));
    return fmt::format("PRIMARY KEY ({})", fmt::join(rest, ", "));
}

std::string declaration(const ColumnShape& column) {
    return fmt::format("{} {}{}", identifier(column.name), column.type, column.role == static_value ? " static" : "");
}

std::string create_table(const Keyspace& keyspace, const TableShape& shape) {
    std::string text = fmt::format("CREATE TABLE IF NOT EXISTS {} (\n", keyspace.table(shape.name));
    for (const auto& column : shape.columns) text += fmt::format("    {},\n", declaration(column));
    text += fmt::format("    {}\n)", key_of(shape));
    auto options = shape.options;
    if (shape.captured && keyspace.dialect == Dialect::scylla) options.emplace_back(cdc_option);
    return text + fmt::format(" WITH {}", fmt::join(options, "\n    AND "));
}

/// Copies in each datacenter. Errors: invalid.
Result<std::map<std::string, int>> copies_of(const SchemaRequest& request, const ClusterFacts& cluster) {
    std::map<std::string, int> copies;
    for (const auto& [name, nodes] : cluster.datacenters) {
        if (request.replication && *request.replication > nodes)
            return fail(
                Error::invalid(fmt::format("{} copies of each row need as many nodes, and datacenter {} has {}; choose fewer with "
                                           "--replication, or add nodes first",
                                           *request.replication, name, nodes)));
        copies[name] = request.replication.value_or(std::min(copies_wanted, nodes));
    }
    // Not asked: every datacenter that there is.
    if (copies.empty()) copies["replication_factor"] = request.replication.value_or(copies_wanted);
    return copies;
}

std::string replication_text(const std::map<std::string, int>& copies) {
    std::string text = "replication = {'class': 'NetworkTopologyStrategy'";
    for (const auto& [name, count] : copies) text += fmt::format(", {}: {}", quoted(name), count);
    return text + "}";
}

/// "3 copies of each row in dc1, 2 in dc2".
std::string in_words(const std::map<std::string, int>& copies) {
    std::string text;
    for (const auto& [name, count] : copies) {
        text += text.empty() ? fmt::format("{} {} of each row", count, count == 1 ? "copy" : "copies") : fmt::format(", {}", count);
        if (name != "replication_factor") text += " in " + name;
    }
    return text;
}

bool is_replicated_so(const KeyspaceFacts& found, const std::map<std::string, int>& copies) {
    const auto strategy = found.replication.find("class");
    if (strategy == found.replication.end() || !strategy->second.ends_with("NetworkTopologyStrategy")) return false;
    return std::ranges::all_of(copies, [&](const auto& wanted) {
        const auto has = found.replication.find(wanted.first);
        return has != found.replication.end() && has->second == std::to_string(wanted.second);
    });
}

bool same_type(std::string_view one, std::string_view other) {
    const auto without_spaces = [](std::string_view text) {
        std::string out(text);
        std::erase(out, ' ');
        return out;
    };
    return without_spaces(one) == without_spaces(other);
}

/// Whether a table that is there can be the one that is meant; columns may be missing.
Result<void> check_table(const std::string& keyspace, const TableShape& shape, const TableFacts& found) {
    const auto wrong = [&](std::string_view column, std::string_view has, std::string_view needs) {
        return fail(Error::conflict(fmt::format(
            "{}.{} cannot be used as it is: its column {} is {}, where {} is needed. Name another keyspace with --keyspace, and "
            "take the products there with cqlsh's COPY",
            keyspace, shape.name, column, has, needs)));
    };
    int position = 0;
    for (const auto& column : shape.columns) {
        const bool is_key = column.role == partition_key || column.role == clustering_key;
        const auto place = column.role == clustering_key ? position++ : 0;
        const auto has = found.columns.find(column.name);
        if (has == found.columns.end()) {
            if (is_key) return wrong(column.name, "missing", "a column of the key");
            continue;
        }
        if (!same_type(has->second.type, column.type)) return wrong(column.name, has->second.type, column.type);
        if (has->second.role != column.role || (is_key && has->second.position != place))
            return wrong(column.name, "in another place of the key, or shared by other rows", key_of(shape));
    }
    for (const auto& [name, column] : found.columns) {
        const bool is_key = column.role == partition_key || column.role == clustering_key;
        if (is_key && std::ranges::find(shape.columns, name, &ColumnShape::name) == shape.columns.end())
            return wrong(name, "in the key", key_of(shape));
    }
    return {};
}

void plan_table(const Keyspace& keyspace, const TableShape& shape, const KeyspaceFacts* found, SchemaPlan& plan) {
    const auto* table = found == nullptr ? nullptr : found->table(shape.name);
    if (table == nullptr) {
        plan.steps.push_back({"made table " + shape.name, create_table(keyspace, shape)});
        return;
    }
    for (const auto& column : shape.columns) {
        if (table->columns.contains(column.name)) continue;
        auto& steps = column.added_last ? plan.last_steps : plan.steps;
        steps.push_back({fmt::format("added {} to {}", column.name, shape.name),
                         fmt::format("ALTER TABLE {} ADD {}", keyspace.table(shape.name), declaration(column))});
        if (column.added_last) plan.adopts_carts = true;
    }
    if (shape.captured && keyspace.dialect == Dialect::scylla && !table->cdc.is_enough())
        plan.steps.push_back(
            {"turned on change capture of " + shape.name, fmt::format("ALTER TABLE {} WITH {}", keyspace.table(shape.name), cdc_option)});
}

Result<void> plan_keyspace(const SchemaRequest& request, const ClusterFacts& cluster, const KeyspaceFacts* found, SchemaPlan& plan) {
    const auto name = identifier(request.keyspace);
    TRY(const auto copies, copies_of(request, cluster));
    if (found == nullptr) {
        const bool unknown = cluster.version == ServerVersion{};
        auto text = fmt::format("CREATE KEYSPACE IF NOT EXISTS {} WITH {}", name, replication_text(copies));
        if (cluster.dialect == Dialect::scylla && (unknown || has_tablets(cluster.version)) && !captures_on_tablets(cluster.version)) {
            text += "\n    AND tablets = {'enabled': false}";
            if (unknown)
                plan.remarks.emplace_back(
                    "before ScyllaDB 6.0 there are no tablets: leave that line out; from 2025.4 on it may be left out");
        }
        plan.steps.push_back({fmt::format("made keyspace {} with {}", request.keyspace, in_words(copies)), std::move(text)});
        return {};
    }
    if (found->tablets && !captures_on_tablets(cluster.version))
        return fail(Error::conflict(fmt::format(
            "keyspace {} uses tablets, and ScyllaDB {} has neither change capture nor conditional writes there; name another keyspace with "
            "--keyspace, which is made without, or go to ScyllaDB 2025.4 or newer",
            request.keyspace, cluster.version_text)));
    if (request.replication && !is_replicated_so(*found, copies)) {
        plan.steps.push_back(
            {fmt::format("set {}", in_words(copies)), fmt::format("ALTER KEYSPACE {} WITH {}", name, replication_text(copies))});
        plan.remarks.push_back(
            fmt::format("rows that are there get their new copies by `nodetool repair --full {}` on every node", request.keyspace));
    }
    return {};
}

}  // namespace

std::vector<TableShape> table_shapes(Dialect dialect, bool price_is_float) {
    auto shapes = base_shapes(price_is_float);
    const auto bases = dialect == Dialect::cassandra ? shapes.size() : 0;
    for (std::size_t i = 0; i < bases; ++i) shapes.push_back(log_shape(shapes[i]));
    shapes.push_back(follower_shape());
    return shapes;
}

bool has_float_price(const KeyspaceFacts& found) {
    return found.has_column("product", "price") && found.tables.at("product").columns.at("price").type == "float";
}

Result<SchemaPlan> plan_schema(const SchemaRequest& request, const ClusterFacts& cluster, const std::optional<KeyspaceFacts>& found) {
    SchemaPlan plan;
    const auto* facts = found ? &*found : nullptr;
    const Keyspace keyspace{request.keyspace, cluster.dialect, facts != nullptr && has_float_price(*facts)};
    TRY_VOID(plan_keyspace(request, cluster, facts, plan));
    if (facts == nullptr || !facts->types.contains(std::string(type_name)))
        plan.steps.push_back({fmt::format("made type {}", type_name),
                              fmt::format("CREATE TYPE IF NOT EXISTS {} ({})", keyspace.table(type_name), type_fields)});
    for (const auto& shape : table_shapes(cluster.dialect, keyspace.price_is_float)) {
        if (facts != nullptr)
            if (const auto* table = facts->table(shape.name)) TRY_VOID(check_table(request.keyspace, shape, *table));
        plan_table(keyspace, shape, facts, plan);
    }
    return plan;
}

namespace {

std::vector<std::string> missing(Dialect dialect, const KeyspaceFacts& found, bool to_start) {
    std::vector<std::string> missing;
    if (!found.types.contains(std::string(type_name))) missing.push_back(fmt::format("type {}", type_name));
    for (const auto& shape : table_shapes(dialect, has_float_price(found))) {
        if (to_start && !shape.needed_to_start) continue;
        const auto* table = found.table(shape.name);
        if (table == nullptr) {
            missing.push_back("table " + shape.name);
            continue;
        }
        for (const auto& column : shape.columns)
            if (!table->columns.contains(column.name)) missing.push_back(fmt::format("column {}.{}", shape.name, column.name));
    }
    return missing;
}

}  // namespace

std::vector<std::string> missing_in(Dialect dialect, const KeyspaceFacts& found) { return missing(dialect, found, false); }
std::vector<std::string> missing_to_start(Dialect dialect, const KeyspaceFacts& found) { return missing(dialect, found, true); }

std::chrono::seconds captured_for(const KeyspaceFacts& found) {
    std::chrono::seconds least{0};
    for (const auto& shape : base_shapes(has_float_price(found)))
        if (const auto* table = found.table(shape.name); table != nullptr && table->cdc.ttl.count() > 0)
            least = least.count() == 0 ? table->cdc.ttl : std::min(least, table->cdc.ttl);
    return least;
}

std::string as_script(const SchemaRequest& request, const ClusterFacts& cluster, const SchemaPlan& plan) {
    const auto product = cluster.version_text.empty() ? std::string(name_of(cluster.dialect))
                                                      : fmt::format("{} {}", name_of(cluster.dialect), cluster.version_text);
    std::string text = fmt::format("-- A Cartwheel shop in keyspace {} of {}. Run it with cqlsh -f.\n", request.keyspace, product);
    if (plan.is_empty()) text += "-- Nothing is missing.\n";
    for (const auto& step : plan.steps) text += "\n" + step.cql + ";\n";
    if (!plan.remarks.empty()) text += "\n";
    for (const auto& remark : plan.remarks) text += fmt::format("-- Note: {}.\n", remark);
    if (plan.adopts_carts)
        text +=
            "\n-- Carts of the sample application are there. `cartwheel schema` takes them over and then adds the last columns; this cannot "
            "be said in CQL.\n";
    return text;
}

}  // namespace cartwheel::engines::cql
