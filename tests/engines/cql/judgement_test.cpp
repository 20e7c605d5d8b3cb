#include "cartwheel/engines/cql/judgement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "cartwheel/engines/cql/schema_text.h"

namespace cartwheel::engines::cql {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Health = ClusterFinding::Health;

ClusterFacts cluster(Dialect dialect, const std::string& version, std::map<std::string, int> datacenters = {{"dc1", 3}}) {
    return {.dialect = dialect, .version = ServerVersion::parse(version), .version_text = version, .datacenters = std::move(datacenters)};
}

KeyspaceFacts keyspace(Dialect dialect, bool price_is_float = false) {
    KeyspaceFacts facts;
    facts.replication = {{"class", "org.apache.cassandra.locator.NetworkTopologyStrategy"}, {"dc1", "3"}};
    facts.types = {"order_item"};
    for (const auto& shape : table_shapes(dialect, price_is_float)) {
        int position = 0;
        for (const auto& column : shape.columns)
            facts.tables[shape.name].columns[column.name] = {column.type, column.role,
                                                             column.role == ColumnRole::clustering_key ? position++ : 0};
        facts.tables[shape.name].cdc = {.enabled = true, .full_preimage = true, .postimage = true};
    }
    return facts;
}

/// The worst that is said of `subject`, as "warn words"; empty when nothing is said of it.
std::string said_of(std::string_view subject, const std::vector<ClusterFinding>& findings) {
    const ClusterFinding* worst = nullptr;
    for (const auto& finding : findings)
        if (finding.subject == subject && (worst == nullptr || finding.health > worst->health)) worst = &finding;
    if (worst == nullptr) return "";
    constexpr std::array names{"ok ", "warn ", "failed "};
    return names.at(static_cast<std::size_t>(worst->health)) + worst->words;
}

std::vector<std::string> complaints(const std::vector<ClusterFinding>& findings) {
    std::vector<std::string> out;
    for (const auto& finding : findings)
        if (finding.health != Health::ok) out.push_back(finding.words);
    return out;
}

std::string judged(std::string_view subject, const KeyspaceFacts& found, const ClusterFacts& on = cluster(Dialect::cassandra, "5.0.8"),
                   const CqlSettings& settings = {}) {
    return said_of(subject, judge_keyspace(settings, on, found));
}

TEST(Judgement, AGoodClusterHasNothingToComplainOf) {
    EXPECT_THAT(complaints(judge_cluster({}, cluster(Dialect::cassandra, "5.0.8"))), IsEmpty());
    EXPECT_THAT(complaints(judge_keyspace({}, cluster(Dialect::cassandra, "5.0.8"), keyspace(Dialect::cassandra))), IsEmpty());
    EXPECT_THAT(complaints(judge_keyspace({}, cluster(Dialect::scylla, "6.1.1"), keyspace(Dialect::scylla))), IsEmpty());
    EXPECT_THAT(complaints(judge_keyspace({}, cluster(Dialect::cassandra, "5.0.8"), keyspace(Dialect::cassandra, true))), IsEmpty());
}

TEST(Judgement, ATableOfFollowersThatIsMissingIsNoFailure) {
    auto found = keyspace(Dialect::cassandra);
    found.tables.erase("follower");
    EXPECT_THAT(judged("keyspace", found), AllOf(HasSubstr("warn"), HasSubstr("table follower"), HasSubstr("cartwheel schema")));
    EXPECT_THAT(judged("changes", found), HasSubstr("ok"));
    found = keyspace(Dialect::scylla);
    found.tables["follower"].cdc = {};
    EXPECT_THAT(complaints(judge_keyspace({}, cluster(Dialect::scylla, "6.1.1"), found)), IsEmpty());
}

TEST(Judgement, OldVersionsAreNamed) {
    const auto version = [](Dialect dialect, const std::string& text) {
        return said_of("version", judge_cluster({}, cluster(dialect, text)));
    };
    EXPECT_THAT(version(Dialect::cassandra, "3.11.17"), AllOf(HasSubstr("failed Cassandra 3.11.17"), HasSubstr("5.0")));
    EXPECT_THAT(version(Dialect::cassandra, "4.0.13"), AllOf(HasSubstr("warn"), HasSubstr("paxos_variant")));
    EXPECT_THAT(version(Dialect::cassandra, "4.1.5"), HasSubstr("warn"));
    EXPECT_THAT(version(Dialect::cassandra, "5.1-alpha"), HasSubstr("ok"));
    EXPECT_THAT(version(Dialect::scylla, "5.1.0"), HasSubstr("failed"));
    EXPECT_THAT(version(Dialect::scylla, "2025.1.2"), HasSubstr("ok ScyllaDB 2025.1.2"));
}

TEST(Judgement, TheDatacenterHasToBeThere) {
    CqlSettings settings;
    const auto two = cluster(Dialect::cassandra, "5.0.8", {{"east", 3}, {"west", 1}});
    EXPECT_THAT(said_of("datacenter", judge_cluster(settings, two)), AllOf(HasSubstr("warn"), HasSubstr("--datacenter")));
    settings.datacenter = "west";
    EXPECT_EQ(said_of("datacenter", judge_cluster(settings, two)), "ok east (3 nodes), west (1 node)");
    settings.datacenter = "north";
    EXPECT_THAT(said_of("datacenter", judge_cluster(settings, two)), AllOf(HasSubstr("failed"), HasSubstr("east (3 nodes)")));
}

TEST(Judgement, OtherMachinesAreTalkedToWithPasswordAndEncrypted) {
    const auto on = cluster(Dialect::cassandra, "5.0.8");
    for (const char* host : {"127.0.0.1:9042", "127.3.4.5", "[::1]:9042", "::1", "localhost:1"}) {
        CqlSettings settings;
        settings.hosts = {host};
        EXPECT_THAT(complaints(judge_cluster(settings, on)), IsEmpty()) << host;
    }
    for (const char* host : {"10.0.0.1", "node.example.com:9042", "[2001:db8::1]:9042"}) {
        CqlSettings settings;
        settings.hosts = {"127.0.0.1", host};
        EXPECT_THAT(said_of("tls", judge_cluster(settings, on)), AllOf(HasSubstr("warn"), HasSubstr("--ca-file"))) << host;
        EXPECT_THAT(said_of("user", judge_cluster(settings, on)), AllOf(HasSubstr("warn"), HasSubstr("--user"))) << host;
        settings.user = "shop";
        settings.password = "geheim";
        settings.ca_file = "ca.pem";
        EXPECT_THAT(complaints(judge_cluster(settings, on)), IsEmpty()) << host;
    }
}

TEST(Judgement, TheSuperusersFirstPasswordIsWarnedAbout) {
    CqlSettings settings;
    settings.user = settings.password = "cassandra";
    EXPECT_THAT(said_of("user", judge_cluster(settings, cluster(Dialect::cassandra, "5.0.8"))),
                AllOf(HasSubstr("warn"), HasSubstr("superuser")));
}

TEST(Judgement, WhatIsMissingIsNamed) {
    const auto on = cluster(Dialect::cassandra, "5.0.8");
    EXPECT_THAT(said_of("keyspace", judge_keyspace({}, on, std::nullopt)), AllOf(HasSubstr("failed"), HasSubstr("run: cartwheel schema")));
    auto found = keyspace(Dialect::cassandra);
    found.tables.erase("orders");
    found.tables["cart_items"].columns.erase("intent");
    EXPECT_THAT(judged("keyspace", found), AllOf(HasSubstr("failed"), HasSubstr("column cart_items.intent, table orders")));
    found = keyspace(Dialect::cassandra);
    found.tables["cart"].columns["user_id"].type = "uuid";
    EXPECT_THAT(judged("keyspace", found), AllOf(HasSubstr("failed"), HasSubstr("user_id is uuid")));
}

TEST(Judgement, CopiesAreHeldAgainstNodes) {
    auto found = keyspace(Dialect::cassandra);
    const auto with = [&](const std::string& copies, int nodes) {
        found.replication["dc1"] = copies;
        return judged("replication", found, cluster(Dialect::cassandra, "5.0.8", {{"dc1", nodes}}));
    };
    EXPECT_EQ(with("3", 3), "ok 3 copies of each row in dc1");
    EXPECT_EQ(with("5", 7), "ok 5 copies of each row in dc1");
    EXPECT_THAT(with("1", 3), AllOf(HasSubstr("warn 1 copy"), HasSubstr("cartwheel schema --replication 3")));
    EXPECT_THAT(with("2", 3), HasSubstr("warn 2 copies"));
    EXPECT_THAT(with("3", 2), AllOf(HasSubstr("warn"), HasSubstr("add nodes")));
    EXPECT_THAT(with("3", 1), AllOf(HasSubstr("failed"), HasSubstr("too few for a quorum")));
    EXPECT_THAT(with("0", 3), AllOf(HasSubstr("failed"), HasSubstr("no copies in dc1")));
}

TEST(Judgement, CopiesCountInTheDatacenterThatIsUsed) {
    CqlSettings settings;
    settings.datacenter = "dc1";
    const auto two = cluster(Dialect::cassandra, "5.0.8", {{"dc1", 3}, {"dc2", 3}});
    EXPECT_THAT(judged("replication", keyspace(Dialect::cassandra), two, settings), HasSubstr("ok 3 copies"));
    settings.datacenter = "dc2";
    EXPECT_THAT(judged("replication", keyspace(Dialect::cassandra), two, settings),
                AllOf(HasSubstr("failed"), HasSubstr("no copies in dc2")));
}

TEST(Judgement, ReplicationByRacksIsCounted) {
    auto found = keyspace(Dialect::scylla);
    found.replication = {{"class", "NetworkTopologyStrategy"}, {"dc1:0", "r1"}, {"dc1:1", "r2"}, {"dc1:2", "r3"}};
    EXPECT_EQ(judged("replication", found, cluster(Dialect::scylla, "2026.1.0")), "ok 3 copies of each row in dc1");
    found.replication = {{"class", "NetworkTopologyStrategy"}, {"dc1:-1", ""}};
    EXPECT_THAT(judged("replication", found, cluster(Dialect::scylla, "2026.1.0")), HasSubstr("failed"));
}

TEST(Judgement, TheSamplesStrategyAndIndexAreWarnedAbout) {
    auto found = keyspace(Dialect::cassandra, true);
    found.replication = {{"class", "org.apache.cassandra.locator.SimpleStrategy"}, {"replication_factor", "3"}};
    found.indexes = {{"cart_is_active", "cart", "is_active"}, {"theirs", "product", "name"}};
    EXPECT_THAT(judged("replication", found), AllOf(HasSubstr("warn"), HasSubstr("SimpleStrategy")));
    EXPECT_THAT(judged("index", found), AllOf(HasSubstr("warn"), HasSubstr("DROP INDEX ecommerce.cart_is_active")));
}

TEST(Judgement, AKeyspaceWithoutCommitLogFails) {
    auto found = keyspace(Dialect::cassandra);
    found.durable_writes = false;
    EXPECT_THAT(judged("durability", found), HasSubstr("failed"));
}

TEST(Judgement, ScyllasChangeCaptureHasToBeWhole) {
    auto found = keyspace(Dialect::scylla);
    found.tables["cart_items"].cdc.postimage = false;
    EXPECT_THAT(judged("changes", found, cluster(Dialect::scylla, "6.1.1")),
                AllOf(HasSubstr("failed"), HasSubstr("in cart_items"), HasSubstr("cartwheel schema")));
    found = keyspace(Dialect::scylla);
    found.tablets = true;
    EXPECT_THAT(judged("keyspace", found, cluster(Dialect::scylla, "6.1.1")), AllOf(HasSubstr("failed"), HasSubstr("tablets")));
    EXPECT_THAT(judged("tablets", found, cluster(Dialect::scylla, "2025.4.0")), HasSubstr("ok are used"));
}

TEST(Judgement, SettingsOfANodeAreHeldAgainstTheBetterOnes) {
    EXPECT_THAT(complaints(judge_node_settings({{"paxos_variant", "v2"}, {"commitlog_sync", "group"}})), IsEmpty());
    EXPECT_THAT(said_of("paxos", judge_node_settings({{"paxos_variant", "v1"}})), AllOf(HasSubstr("warn"), HasSubstr("paxos_variant: v2")));
    EXPECT_THAT(said_of("commitlog", judge_node_settings({{"commitlog_sync", "periodic"}})), HasSubstr("warn"));
    EXPECT_THAT(judge_node_settings({}), IsEmpty());
}

}  // namespace
}  // namespace cartwheel::engines::cql
