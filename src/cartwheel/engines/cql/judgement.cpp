#include "cartwheel/engines/cql/judgement.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>

#include "cartwheel/engines/cql/schema_text.h"

namespace cartwheel::engines::cql {
namespace {

using enum ClusterFinding::Health;

constexpr ServerVersion cassandra_needed{4, 0};
constexpr ServerVersion cassandra_with_quick_paxos{4, 1};
constexpr ServerVersion cassandra_tested{5, 0};
// From it on a table can be described by the server, and all else that is asked for is there.
constexpr ServerVersion scylla_needed{5, 2};
constexpr int copies_wanted = 3;

ClusterFinding judge_version(const ClusterFacts& cluster) {
    const auto text = fmt::format("{} {}", name_of(cluster.dialect), cluster.version_text);
    if (cluster.dialect == Dialect::scylla) {
        if (cluster.version < scylla_needed) return {failed, "version", text + " is too old; go to 6.1 or newer"};
        return {ok, "version", text};
    }
    if (cluster.version < cassandra_needed) return {failed, "version", text + " is too old; go to 5.0"};
    if (cluster.version < cassandra_with_quick_paxos)
        return {warn, "version", text + " is slow where several write one cart; 4.1 and newer have paxos_variant v2, so go to 5.0"};
    if (cluster.version < cassandra_tested) return {warn, "version", text + " may well do, but what is tested is 5.0"};
    return {ok, "version", text};
}

ClusterFinding judge_datacenter(const CqlSettings& settings, const ClusterFacts& cluster) {
    std::vector<std::string> each;
    for (const auto& [name, nodes] : cluster.datacenters)
        each.push_back(fmt::format("{} ({} {})", name, nodes, nodes == 1 ? "node" : "nodes"));
    const auto text = fmt::format("{}", fmt::join(each, ", "));
    if (!settings.datacenter.empty() && !cluster.datacenters.contains(settings.datacenter))
        return {failed, "datacenter",
                fmt::format("there is no datacenter {}; there is {}: name one of them with --datacenter", settings.datacenter, text)};
    if (settings.datacenter.empty() && cluster.datacenters.size() > 1)
        return {warn, "datacenter",
                fmt::format("there are several, {}; name the nearest with --datacenter, and the same for every service "
                            "that writes",
                            text)};
    return {ok, "datacenter", text};
}

/// A host without its port.
std::string_view host_of(std::string_view host) {
    if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
    const auto colon = host.find(':');
    return colon == host.rfind(':') ? host.substr(0, colon) : host;
}

bool is_this_machine(std::string_view host) {
    if (host_of(host) == "localhost") return true;
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(std::string(host_of(host)), error);
    return !error && address.is_loopback();
}

void judge_access(const CqlSettings& settings, std::vector<ClusterFinding>& findings) {
    const bool on_this_machine = std::ranges::all_of(settings.hosts, is_this_machine);
    if (settings.user == "cassandra" && settings.password == "cassandra")
        findings.push_back({warn, "user",
                            "this is the superuser with the password that everybody knows; make a user for the shop, and give the "
                            "superuser another password"});
    else if (settings.user.empty() && !on_this_machine)
        findings.push_back({warn, "user",
                            "the cluster asks for no password: whoever reaches it may read and change everything; turn on "
                            "PasswordAuthenticator, and give the service a user with --user and --password-file"});
    else findings.push_back({ok, "user", settings.user.empty() ? "none, on this machine alone" : settings.user});
    if (!settings.ca_file.empty()) findings.push_back({ok, "tls", "what is said with the nodes is encrypted"});
    else if (on_this_machine) findings.push_back({ok, "tls", "none, on this machine alone"});
    else
        findings.push_back({warn, "tls",
                            "what is said with the nodes, passwords too, can be read on the way; turn on client encryption there, and name "
                            "the certificates that vouch for them with --ca-file"});
}

/// Copies of each row in `datacenter`, or nothing when they cannot be told from the replication options.
int copies_in(const KeyspaceFacts& found, const std::string& datacenter) {
    const auto number = [](const std::string& text) {
        int value = 0;
        // "3/1" are transient replicas; the first number is the copies.
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    };
    if (const auto one = found.replication.find(datacenter); one != found.replication.end()) return number(one->second);
    // ScyllaDB may list the racks: 'dc1:0', 'dc1:1'. A negative number stands for none.
    const auto racks = std::ranges::count_if(found.replication, [&](const auto& option) {
        return option.first.starts_with(datacenter + ":") && !option.first.starts_with(datacenter + ":-");
    });
    if (racks > 0) return static_cast<int>(racks);
    const auto all = found.replication.find("replication_factor");
    return all == found.replication.end() ? 0 : number(all->second);
}

ClusterFinding judge_copies(const std::string& keyspace, const std::string& datacenter, int nodes, int copies) {
    const auto text = fmt::format("{} {} of each row in {}", copies, copies == 1 ? "copy" : "copies", datacenter);
    if (copies == 0)
        return {failed, "replication",
                fmt::format("keyspace {} has no copies in {}; run: cartwheel schema --replication {}", keyspace, datacenter,
                            std::min(nodes, copies_wanted))};
    if (nodes < copies / 2 + 1)
        return {failed, "replication",
                fmt::format("{}, and there are {} nodes, too few for a quorum; add nodes, or run: cartwheel schema --replication {}", text,
                            nodes, nodes)};
    if (copies == 1)
        return {warn, "replication",
                text +
                    ": a node that is away takes carts with it, and one that is lost loses them; with three nodes or "
                    "more run: cartwheel schema --replication 3"};
    if (copies == 2)
        return {warn, "replication",
                text +
                    ": a quorum needs both, so no node may be away; with three nodes or more run: cartwheel schema "
                    "--replication 3"};
    if (copies > nodes) return {warn, "replication", fmt::format("{}, and there are {} nodes; add nodes", text, nodes)};
    return {ok, "replication", text};
}

void judge_replication(const CqlSettings& settings, const ClusterFacts& cluster, const KeyspaceFacts& found,
                       std::vector<ClusterFinding>& findings) {
    const auto strategy = found.replication.find("class");
    if (strategy != found.replication.end() && strategy->second.ends_with("SimpleStrategy"))
        findings.push_back(
            {cluster.datacenters.size() > 1 ? failed : warn, "replication",
             "SimpleStrategy knows no datacenters and racks; run: cartwheel schema --replication 3 (or as many as there are nodes), "
             "which sets NetworkTopologyStrategy"});
    for (const auto& [datacenter, nodes] : cluster.datacenters)
        if (settings.datacenter.empty() || settings.datacenter == datacenter)
            findings.push_back(judge_copies(settings.keyspace, datacenter, nodes, copies_in(found, datacenter)));
    if (!found.durable_writes)
        findings.push_back({failed, "durability",
                            fmt::format("keyspace {} skips the commit log; run: ALTER KEYSPACE {} WITH durable_writes = true",
                                        settings.keyspace, identifier(settings.keyspace))});
}

/// ScyllaDB 6.0 and newer may spread a keyspace over tablets.
ClusterFinding judge_tablets(const KeyspaceFacts& found) {
    return {ok, "tablets", found.tablets ? "are used, and have change capture and conditional statements here" : "are not used"};
}

}  // namespace

std::vector<ClusterFinding> judge_cluster(const CqlSettings& settings, const ClusterFacts& cluster) {
    std::vector<ClusterFinding> findings{judge_version(cluster), judge_datacenter(settings, cluster)};
    judge_access(settings, findings);
    return findings;
}

std::vector<ClusterFinding> judge_keyspace(const CqlSettings& settings, const ClusterFacts& cluster,
                                           const std::optional<KeyspaceFacts>& found) {
    std::vector<ClusterFinding> findings;
    if (!found) return {{failed, "keyspace", fmt::format("there is no keyspace {}; run: cartwheel schema", settings.keyspace)}};
    const auto plan = plan_schema({.keyspace = settings.keyspace, .replication = {}}, cluster, found);
    const auto missing = missing_in(cluster.dialect, *found);
    const bool can_start = missing_to_start(cluster.dialect, *found).empty();
    if (!plan) findings.push_back({failed, "keyspace", plan.error().message});
    else if (!missing.empty())
        findings.push_back({can_start ? warn : failed, "keyspace",
                            fmt::format("{} lacks {}; run: cartwheel schema", settings.keyspace, fmt::join(missing, ", "))});
    else
        findings.push_back({ok, "keyspace",
                            fmt::format("{} has all tables{}", settings.keyspace,
                                        has_float_price(*found) ? ", with the sample application's prices" : "")});
    judge_replication(settings, cluster, *found, findings);
    if (cluster.dialect == Dialect::scylla) {
        std::vector<std::string> without;
        for (const auto& shape : table_shapes(cluster.dialect, has_float_price(*found)))
            if (const auto* table = found->table(shape.name); table != nullptr && shape.captured && !table->cdc.is_enough())
                without.push_back(shape.name);
        if (without.empty()) findings.push_back({ok, "changes", "are captured by the cluster, with what was before and after"});
        else
            findings.push_back(
                {failed, "changes", fmt::format("are not captured whole in {}; run: cartwheel schema", fmt::join(without, ", "))});
        if (plan) findings.push_back(judge_tablets(*found));
    } else if (can_start) {
        findings.push_back({ok, "changes", "are written into tables of their own"});
    }
    for (const auto& index : found->indexes)
        if (index.table == "cart" && index.target.find("is_active") != std::string::npos)
            findings.push_back(
                {warn, "index",
                 fmt::format(
                     "{} on cart is the sample application's; Cartwheel has no use for it and every order pays for it; when nothing "
                     "else does, run: DROP INDEX {}.{}",
                     index.name, identifier(settings.keyspace), identifier(index.name))});
    return findings;
}

std::vector<ClusterFinding> judge_node_settings(const std::map<std::string, std::string>& settings) {
    std::vector<ClusterFinding> findings;
    if (const auto paxos = settings.find("paxos_variant"); paxos != settings.end()) {
        if (paxos->second.starts_with("v2")) findings.push_back({ok, "paxos", "variant " + paxos->second});
        else
            findings.push_back({warn, "paxos",
                                fmt::format("variant {} takes twice the round trips for a cart's write; set paxos_variant: v2 in "
                                            "cassandra.yaml of every node, and restart them one by one",
                                            paxos->second)});
    }
    if (const auto sync = settings.find("commitlog_sync"); sync != settings.end()) {
        if (sync->second == "periodic")
            findings.push_back({warn, "commitlog",
                                "is synced now and then, so a power cut of several nodes at once may lose what was answered in the "
                                "seconds before; set commitlog_sync: batch or group in cassandra.yaml of every node"});
        else findings.push_back({ok, "commitlog", fmt::format("is on disk before a write is answered ({})", sync->second)});
    }
    return findings;
}

}  // namespace cartwheel::engines::cql
