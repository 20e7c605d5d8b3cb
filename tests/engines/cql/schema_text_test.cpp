#include "cartwheel/engines/cql/schema_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace cartwheel::engines::cql {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using enum ColumnRole;

ClusterFacts cassandra(int nodes = 3) {
    return {.dialect = Dialect::cassandra, .version = {5, 0}, .version_text = "5.0.8", .datacenters = {{"dc1", nodes}}};
}

ClusterFacts scylla(const std::string& version, int nodes = 3) {
    return {.dialect = Dialect::scylla, .version = ServerVersion::parse(version), .version_text = version, .datacenters = {{"dc1", nodes}}};
}

/// What a keyspace has after `plan`'s tables were made as `shapes` say.
KeyspaceFacts whole(Dialect dialect, bool price_is_float = false) {
    KeyspaceFacts facts;
    facts.replication = {{"class", "org.apache.cassandra.locator.NetworkTopologyStrategy"}, {"dc1", "3"}};
    facts.types = {"order_item"};
    for (const auto& shape : table_shapes(dialect, price_is_float)) {
        auto& table = facts.tables[shape.name];
        table.cdc = {.enabled = true, .full_preimage = true, .postimage = true};
        int position = 0;
        for (const auto& column : shape.columns)
            table.columns[column.name] = {column.type, column.role, column.role == clustering_key ? position++ : 0};
    }
    return facts;
}

/// As the sample application makes it.
KeyspaceFacts sample() {
    KeyspaceFacts facts;
    facts.replication = {{"class", "org.apache.cassandra.locator.SimpleStrategy"}, {"replication_factor", "1"}};
    facts.tables["product"].columns = {{"id", {"uuid", partition_key, 0}}, {"name", {"text"}}, {"price", {"float"}}, {"img", {"text"}}};
    facts.tables["cart"].columns = {
        {"user_id", {"text", partition_key, 0}}, {"cart_id", {"uuid", clustering_key, 0}}, {"is_active", {"boolean"}}};
    facts.tables["cart_items"].columns = {{"user_id", {"text", partition_key, 0}},
                                          {"cart_id", {"uuid", clustering_key, 0}},
                                          {"product_id", {"uuid", clustering_key, 1}},
                                          {"product_quantity", {"int"}}};
    facts.indexes = {{"cart_is_active", "cart", "is_active"}};
    return facts;
}

SchemaPlan plan_for(const ClusterFacts& cluster, const std::optional<KeyspaceFacts>& found = {}, SchemaRequest request = {"shop", {}}) {
    auto plan = plan_schema(request, cluster, found);
    EXPECT_TRUE(plan) << plan.error().message;
    return plan ? *std::move(plan) : SchemaPlan{};
}

std::vector<std::string> words(const std::vector<SchemaStep>& steps) {
    std::vector<std::string> out;
    for (const auto& step : steps) out.push_back(step.words);
    return out;
}

std::string cql_of(const SchemaPlan& plan, std::string_view done) {
    const auto found = std::ranges::find(plan.steps, done, &SchemaStep::words);
    return found == plan.steps.end() ? "" : found->cql;
}

std::string refusal(const ClusterFacts& cluster, const std::optional<KeyspaceFacts>& found, SchemaRequest request = {"shop", {}}) {
    const auto plan = plan_schema(request, cluster, found);
    return plan ? "" : plan.error().message;
}

TEST(SchemaText, AnEmptyCassandraGetsTablesAndTheirLogs) {
    const auto plan = plan_for(cassandra());
    EXPECT_THAT(
        words(plan.steps),
        ElementsAre("made keyspace shop with 3 copies of each row in dc1", "made type order_item", "made table product", "made table cart",
                    "made table cart_items", "made table orders", "made table product_scylla_cdc_log", "made table cart_scylla_cdc_log",
                    "made table cart_items_scylla_cdc_log", "made table orders_scylla_cdc_log", "made table follower"));
    EXPECT_FALSE(plan.adopts_carts);
    EXPECT_THAT(plan.last_steps, IsEmpty());
    EXPECT_EQ(plan.steps[0].cql, "CREATE KEYSPACE IF NOT EXISTS shop WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 3}");
    EXPECT_THAT(cql_of(plan, "made table cart_items"),
                AllOf(HasSubstr("PRIMARY KEY ((user_id), cart_id, product_id)"), HasSubstr("version bigint static"),
                      HasSubstr("idempotency map<text, blob> static"), HasSubstr("comment = "), Not(HasSubstr("cdc"))));
    EXPECT_THAT(cql_of(plan, "made table orders"), HasSubstr("CLUSTERING ORDER BY (placed_us DESC, order_id ASC)"));
}

TEST(SchemaText, ALogHasTheColumnsOfScyllasInTheirOrder) {
    const auto shapes = table_shapes(Dialect::cassandra, true);
    const auto columns = [&](std::string_view name) {
        std::vector<std::string> names;
        for (const auto& column : std::ranges::find(shapes, name, &TableShape::name)->columns)
            names.push_back(column.name + " " + column.type);
        return names;
    };
    EXPECT_THAT(columns("cart_items_scylla_cdc_log"),
                ElementsAre("cdc$stream_id blob", "cdc$time timeuuid", "cdc$batch_seq_no int", "cdc$deleted_product_quantity boolean",
                            "cdc$end_of_batch boolean", "cdc$operation tinyint", "cdc$ttl bigint", "user_id text", "cart_id uuid",
                            "product_id uuid", "product_quantity int"));
    EXPECT_THAT(columns("product_scylla_cdc_log"),
                ElementsAre("cdc$stream_id blob", "cdc$time timeuuid", "cdc$batch_seq_no int", "cdc$deleted_name boolean",
                            "cdc$deleted_price boolean", "cdc$deleted_img boolean", "cdc$end_of_batch boolean", "cdc$operation tinyint",
                            "cdc$ttl bigint", "id uuid", "name text", "price decimal", "img text"));
    EXPECT_THAT(cql_of(plan_for(cassandra()), "made table cart_items_scylla_cdc_log"),
                AllOf(HasSubstr("\"cdc$deleted_product_quantity\" boolean"),
                      HasSubstr("PRIMARY KEY ((\"cdc$stream_id\"), \"cdc$time\", \"cdc$batch_seq_no\")"),
                      HasSubstr("default_time_to_live = 86400")));
}

TEST(SchemaText, AnEmptyScyllaGetsChangeCaptureInsteadOfLogs) {
    const auto plan = plan_for(scylla("2025.4.1"));
    EXPECT_THAT(words(plan.steps),
                ElementsAre("made keyspace shop with 3 copies of each row in dc1", "made type order_item", "made table product",
                            "made table cart", "made table cart_items", "made table orders", "made table follower"));
    EXPECT_THAT(cql_of(plan, "made table follower"), Not(HasSubstr("cdc")));
    for (std::size_t i = 2; i + 1 < plan.steps.size(); ++i)
        EXPECT_THAT(plan.steps[i].cql, HasSubstr("cdc = {'enabled': true, 'preimage': 'full', 'postimage': true}"));
}

TEST(SchemaText, TabletsAreTurnedOffWhereTheyHaveNoChangeCapture) {
    for (const char* version : {"6.0.0", "6.1.1-0.20240814.8d90b817660a", "6.2.3", "2024.2.0", "2025.1.0", "2025.3.4"})
        EXPECT_THAT(plan_for(scylla(version)).steps[0].cql, HasSubstr("AND tablets = {'enabled': false}")) << version;
    for (const char* version : {"5.4.9", "2023.1.2", "2024.1.3", "2025.4.0", "2026.1.0~rc1"})
        EXPECT_THAT(plan_for(scylla(version)).steps[0].cql, Not(HasSubstr("tablets"))) << version;
    EXPECT_THAT(plan_for(cassandra()).steps[0].cql, Not(HasSubstr("tablets")));
}

TEST(SchemaText, AKeyspaceOnTabletsIsUsedWhereTheyHaveChangeCapture) {
    auto found = whole(Dialect::scylla);
    found.tablets = true;
    EXPECT_THAT(refusal(scylla("6.2.0"), found), AllOf(HasSubstr("tablets"), HasSubstr("--keyspace")));
    EXPECT_TRUE(plan_for(scylla("2025.4.0"), found).is_empty());
}

TEST(SchemaText, CopiesAreThreeOrAsManyAsThereAreNodes) {
    EXPECT_THAT(plan_for(cassandra(1)).steps[0].cql, HasSubstr("'dc1': 1}"));
    EXPECT_THAT(plan_for(cassandra(7)).steps[0].cql, HasSubstr("'dc1': 3}"));
    EXPECT_THAT(plan_for(cassandra(7), {}, {"shop", 5}).steps[0].cql, HasSubstr("'dc1': 5}"));
    auto two = cassandra(5);
    two.datacenters["o'dc"] = 2;
    EXPECT_THAT(plan_for(two).steps[0].cql, HasSubstr("'dc1': 3, 'o''dc': 2}"));
    EXPECT_THAT(refusal(two, {}, {"shop", 3}), AllOf(HasSubstr("o'dc has 2"), HasSubstr("--replication")));
}

TEST(SchemaText, CopiesOfAKeyspaceThatIsThereChangeOnlyWhenAsked) {
    const auto found = whole(Dialect::cassandra);
    EXPECT_TRUE(plan_for(cassandra(5), found).is_empty());
    EXPECT_TRUE(plan_for(cassandra(5), found, {"shop", 3}).is_empty());
    const auto plan = plan_for(cassandra(5), found, {"shop", 5});
    ASSERT_EQ(plan.steps.size(), 1u);
    EXPECT_EQ(plan.steps[0].cql, "ALTER KEYSPACE shop WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 5}");
    EXPECT_THAT(plan.remarks, ElementsAre(HasSubstr("nodetool repair --full shop")));
}

TEST(SchemaText, AWholeKeyspaceNeedsNothing) {
    for (const bool price_is_float : {false, true}) {
        EXPECT_TRUE(plan_for(cassandra(), whole(Dialect::cassandra, price_is_float)).is_empty());
        EXPECT_TRUE(plan_for(scylla("2026.1.0"), whole(Dialect::scylla, price_is_float)).is_empty());
        EXPECT_THAT(missing_in(Dialect::cassandra, whole(Dialect::cassandra, price_is_float)), IsEmpty());
    }
}

TEST(SchemaText, WhatTheSampleMadeIsCarriedOver) {
    const auto plan = plan_for(cassandra(), sample());
    EXPECT_THAT(words(plan.steps),
                ElementsAre("made type order_item", "added price_exact to product", "added ordered_us to cart",
                            "added version to cart_items", "added active_cart_id to cart_items", "added committed_us to cart_items",
                            "made table orders", "made table product_scylla_cdc_log", "made table cart_scylla_cdc_log",
                            "made table cart_items_scylla_cdc_log", "made table orders_scylla_cdc_log", "made table follower"));
    EXPECT_EQ(cql_of(plan, "added version to cart_items"), "ALTER TABLE shop.cart_items ADD version bigint static");
    EXPECT_TRUE(plan.adopts_carts);
    // So that a keyspace whose carts are not all taken over is not taken for a whole one.
    EXPECT_THAT(words(plan.last_steps),
                ElementsAre("added recent_commits to cart_items", "added intent to cart_items", "added idempotency to cart_items"));
    EXPECT_THAT(missing_in(Dialect::cassandra, sample()), ::testing::Contains("column cart_items.idempotency"));
}

TEST(SchemaText, ACarryOverThatWasEndedEarlyGoesOn) {
    auto found = whole(Dialect::cassandra, true);
    found.tables["cart_items"].columns.erase("idempotency");
    const auto plan = plan_for(cassandra(), found);
    EXPECT_THAT(plan.steps, IsEmpty());
    EXPECT_TRUE(plan.adopts_carts);
    EXPECT_THAT(words(plan.last_steps), ElementsAre("added idempotency to cart_items"));
}

TEST(SchemaText, ChangeCaptureThatIsNotWholeIsTurnedOn) {
    auto found = whole(Dialect::scylla);
    found.tables["cart_items"].cdc.full_preimage = false;
    const auto plan = plan_for(scylla("6.1.1"), found);
    EXPECT_THAT(words(plan.steps), ElementsAre("turned on change capture of cart_items"));
    EXPECT_EQ(plan.steps[0].cql, "ALTER TABLE shop.cart_items WITH cdc = {'enabled': true, 'preimage': 'full', 'postimage': true}");
}

TEST(SchemaText, AnOlderKeyspaceGetsTheTableOfFollowersAndCanBeUsedBefore) {
    auto found = whole(Dialect::cassandra);
    found.tables.erase("follower");
    EXPECT_THAT(words(plan_for(cassandra(), found).steps), ElementsAre("made table follower"));
    EXPECT_THAT(missing_in(Dialect::cassandra, found), ElementsAre("table follower"));
    EXPECT_THAT(missing_to_start(Dialect::cassandra, found), IsEmpty());
    found.tables.erase("orders");
    EXPECT_THAT(missing_to_start(Dialect::cassandra, found), ElementsAre("table orders"));
}

TEST(SchemaText, ChangesAreKeptAsLongAsTheTableThatKeepsThemShortest) {
    auto found = whole(Dialect::scylla);
    EXPECT_EQ(captured_for(found), std::chrono::hours(24));
    found.tables["cart"].cdc = CdcFacts::parse("WITH cdc = {'enabled': 'true', 'ttl': '600'}");
    found.tables["orders"].cdc = CdcFacts::parse("WITH cdc = {'enabled': true, 'ttl': 0}");
    EXPECT_EQ(captured_for(found), std::chrono::seconds(600));
    for (auto& [name, table] : found.tables) table.cdc.ttl = {};
    EXPECT_EQ(captured_for(found), std::chrono::seconds(0));
}

TEST(SchemaText, TablesOfAnotherShapeAreRefused) {
    auto found = sample();
    found.tables["cart"].columns["user_id"].type = "uuid";
    EXPECT_THAT(refusal(cassandra(), found),
                AllOf(HasSubstr("shop.cart"), HasSubstr("user_id is uuid, where text"), HasSubstr("--keyspace")));
    found = sample();
    found.tables["product"].columns["price"].type = "double";
    EXPECT_THAT(refusal(cassandra(), found), HasSubstr("price is double"));
    found = sample();
    found.tables["cart_items"].columns["product_id"].position = 0;
    found.tables["cart_items"].columns["cart_id"].position = 1;
    EXPECT_THAT(refusal(cassandra(), found), HasSubstr("PRIMARY KEY ((user_id), cart_id, product_id)"));
    found = sample();
    found.tables["cart"].columns["region"] = {"text", partition_key, 1};
    EXPECT_THAT(refusal(cassandra(), found), HasSubstr("region"));
    found = sample();
    found.tables["cart"].columns.erase("cart_id");
    EXPECT_THAT(refusal(cassandra(), found), HasSubstr("cart_id is missing"));
}

TEST(SchemaText, ColumnsOfOthersAreLeftAlone) {
    auto found = whole(Dialect::cassandra);
    found.tables["product"].columns["colour"] = {"text"};
    found.tables["theirs"].columns["x"] = {"int", partition_key, 0};
    EXPECT_TRUE(plan_for(cassandra(), found).is_empty());
}

TEST(SchemaText, AScriptHasEveryStatementOfAFreshKeyspace) {
    const auto plan = plan_for(cassandra(), {}, {"MyShop", {}});
    const auto script = as_script({"MyShop", {}}, cassandra(), plan);
    EXPECT_THAT(script, AllOf(HasSubstr("CREATE KEYSPACE IF NOT EXISTS \"MyShop\""), HasSubstr("\"MyShop\".cart_items (")));
    EXPECT_EQ(std::ranges::count(script, ';'), static_cast<std::ptrdiff_t>(plan.steps.size())) << script;
}

TEST(SchemaText, AScriptLeavesOutWhatOnlyTheCommandCanDo) {
    const auto script = as_script({"shop", {}}, cassandra(), plan_for(cassandra(), sample()));
    EXPECT_THAT(script, AllOf(HasSubstr("ADD version bigint static"), Not(HasSubstr("ADD idempotency")), HasSubstr("`cartwheel schema`")));
}

TEST(SchemaText, ChangeCaptureIsReadFromADescription) {
    const auto facts = CdcFacts::parse(
        "CREATE TABLE shop.cart (user_id text PRIMARY KEY) WITH bloom_filter_fp_chance = 0.01 AND cdc = {'delta': 'full', 'enabled': "
        "'true', 'postimage': 'true', 'preimage': 'full', 'ttl': '86400'} AND comment = 'x'");
    EXPECT_TRUE(facts.is_enough());
    EXPECT_FALSE(CdcFacts::parse("... WITH cdc = {'enabled': true, 'preimage': true, 'postimage': true}").is_enough());
    EXPECT_FALSE(CdcFacts::parse("... WITH cdc = {'enabled': 'false', 'preimage': 'full', 'postimage': 'true'}").is_enough());
    EXPECT_FALSE(CdcFacts::parse("... WITH comment = 'none'").enabled);
}

TEST(SchemaText, VersionsAreComparedByTheirFirstTwoNumbers) {
    EXPECT_EQ(ServerVersion::parse("6.1.1-0.20240814"), (ServerVersion{6, 1}));
    EXPECT_EQ(ServerVersion::parse("2025.4.0~rc2"), (ServerVersion{2025, 4}));
    EXPECT_EQ(ServerVersion::parse("5.0-beta1"), (ServerVersion{5, 0}));
    EXPECT_EQ(ServerVersion::parse("5"), (ServerVersion{5, 0}));
    EXPECT_EQ(ServerVersion::parse("none"), ServerVersion{});
    EXPECT_LT((ServerVersion{6, 2}), (ServerVersion{2024, 2}));
}

TEST(Keyspace, NamesAreQuotedWhereTheyHaveTo) {
    EXPECT_EQ((Keyspace{"ecommerce"}.table("product")), "ecommerce.product");
    EXPECT_EQ((Keyspace{"MyShop"}.table("cart_items")), "\"MyShop\".cart_items");
    EXPECT_EQ(identifier("cdc$time"), "\"cdc$time\"");
    EXPECT_EQ(identifier("1st"), "\"1st\"");
    EXPECT_EQ(identifier("a\"b"), "\"a\"\"b\"");
}

}  // namespace
}  // namespace cartwheel::engines::cql
