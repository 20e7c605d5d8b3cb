#include "cartwheel/engines/cql/examine.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>

#include "cartwheel/base/time.h"
#include "cartwheel/engines/cql/operator.h"
#include "cartwheel/engines/cql/schema_text.h"

namespace cartwheel::engines::cql {
namespace {

using enum ClusterFinding::Health;
using std::chrono::milliseconds;
using Findings = std::vector<ClusterFinding>;

// No user has this id, for a user's id has no slash.
constexpr std::string_view nobody = "/doctor";
// Commits bear the time of the service that writes them, and ScyllaDB takes none that is further ahead than the second.
constexpr milliseconds difference_wanted{500};
constexpr milliseconds difference_max{5'000};
constexpr int questions_a_node = 4;

void append(Findings& findings, Findings more) {
    for (auto& finding : more) findings.push_back(std::move(finding));
}

Task<ClusterFinding> try_condition(Driver& driver, const CqlSettings& settings, Keyspace keyspace) {
    const auto defaults = operator_defaults(settings);
    const auto update =
        co_await driver.prepare(fmt::format("UPDATE {} SET version = 0 WHERE user_id = ? IF version = 0", keyspace.table("cart_items")),
                                {.consistency = defaults.consistency,
                                 .serial_consistency = defaults.serial_consistency,
                                 .conditional = true,
                                 .timeout = settings.request_timeout});
    if (!update) co_return ClusterFinding{failed, "conditions", operator_error(update.error(), settings).message};
    Values values;
    values.text(nobody);
    const auto before = std::chrono::steady_clock::now();
    const auto answer = co_await driver.execute(*update, std::move(values));
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - before;
    if (!answer)
        co_return ClusterFinding{failed, "conditions",
                                 "a conditional statement fails: " + operator_error(answer.error(), settings).message};
    co_return ClusterFinding{ok, "conditions", fmt::format("a conditional statement works, in {:.1f} ms", took.count())};
}

/// Of the node that happens to answer; nothing where there is no such table.
Task<std::map<std::string, std::string>> read_node_settings(Driver& driver) {
    std::map<std::string, std::string> settings;
    const auto rows =
        co_await driver.query("SELECT name, value FROM system_views.settings WHERE name IN ('paxos_variant', 'commitlog_sync')",
                              {.consistency = Consistency::local_one, .idempotent = true});
    if (!rows) co_return settings;
    Cells cells(rows->cells());
    for (std::size_t row = 0; row < rows->rows(); ++row) {
        const std::string name(cells.text().value_or(""));
        settings[name] = cells.text().value_or("");
    }
    co_return settings;
}

/// How far a node's clock is ahead of this machine's, and how exactly that is known.
struct ClockDifference {
    milliseconds ahead{0};
    milliseconds uncertain{0};
};

Task<ClusterFinding> compare_clocks(Driver& driver, CqlSettings settings, int nodes) {
    const SystemClock clock;
    std::map<Uuid, ClockDifference> differences;
    for (int i = 0; i < questions_a_node * nodes; ++i) {
        const auto before = clock.now();
        const auto answer = co_await driver.query("SELECT host_id, toUnixTimestamp(now()) FROM system.local",
                                                  {.consistency = Consistency::local_one, .idempotent = true});
        const auto after = clock.now();
        if (!answer) co_return ClusterFinding{failed, "clocks", operator_error(answer.error(), settings).message};
        Cells cells(answer->cells());
        const auto node = cells.uuid();
        const auto time = cells.int64();
        if (!node || !time) continue;
        const auto middle = std::chrono::floor<milliseconds>((before + (after - before) / 2).time_since_epoch());
        const ClockDifference difference{milliseconds(*time) - middle, std::chrono::ceil<milliseconds>((after - before) / 2)};
        const auto [known, is_new] = differences.emplace(*node, difference);
        if (!is_new && difference.uncertain < known->second.uncertain) known->second = difference;
    }
    if (differences.empty()) co_return ClusterFinding{warn, "clocks", "the nodes' clocks could not be read"};
    const auto distance = [](const auto& one) {
        return std::max(std::chrono::abs(one.second.ahead) - one.second.uncertain, milliseconds(0));
    };
    const auto worst = std::ranges::max_element(differences, {}, distance);
    const auto text = fmt::format("{} of {} nodes were asked, and their clocks and this one are {} ms apart at most", differences.size(),
                                  nodes, std::chrono::abs(worst->second.ahead).count());
    if (distance(*worst) > difference_max)
        co_return ClusterFinding{failed, "clocks",
                                 text + ": changes would be lost; set the clocks, and run a time service such as chrony everywhere"};
    if (distance(*worst) > difference_wanted)
        co_return ClusterFinding{warn, "clocks", text + "; run a time service such as chrony on every machine"};
    co_return ClusterFinding{ok, "clocks", text};
}

}  // namespace

Task<std::vector<ClusterFinding>> examine_cluster(Driver& driver, CqlSettings settings) {
    Findings findings;
    if (const auto connected = co_await connect_operator(driver, settings); !connected) {
        findings.push_back({failed, "cluster", connected.error().message});
        co_return findings;
    }
    const auto cluster = co_await read_cluster(driver);
    if (!cluster) {
        findings.push_back({failed, "cluster", operator_error(cluster.error(), settings).message});
        co_return findings;
    }
    findings.push_back({ok, "cluster", "answers"});
    append(findings, judge_cluster(settings, *cluster));
    const auto keyspace = co_await read_keyspace(driver, cluster->dialect, settings.keyspace);
    if (!keyspace) {
        findings.push_back({failed, "keyspace", operator_error(keyspace.error(), settings).message});
        co_return findings;
    }
    append(findings, judge_keyspace(settings, *cluster, *keyspace));
    if (*keyspace && (*keyspace)->has_column("cart_items", "version"))
        findings.push_back(
            co_await try_condition(driver, settings, {.name = settings.keyspace, .dialect = cluster->dialect, .price_is_float = false}));
    if (cluster->dialect == Dialect::cassandra) append(findings, judge_node_settings(co_await read_node_settings(driver)));
    findings.push_back(co_await compare_clocks(driver, settings, cluster->nodes()));
    co_return findings;
}

}  // namespace cartwheel::engines::cql
