#include "cartwheel/changes/kafka_message.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "support/shop.h"

namespace cartwheel::changes {
namespace {

using namespace domain;
using boost::json::parse;
using test::cart_id;
using test::product_id;
using test::quantity;
using test::user;

constexpr Time committed{std::chrono::microseconds(1'700'000'000'000'123)};
constexpr Time delivered{std::chrono::microseconds(1'700'000'000'003'999)};

const UserId ann = user("ann \"the\" buyer");
constexpr const char* item_key =
    R"({"user_id":"ann \"the\" buyer","cart_id":"cccccccc-0000-4000-8000-000000000001","product_id":"00000000-0000-4000-8000-000000000002"})";

CartItemRow item(std::int64_t count) { return {ann, cart_id(1), product_id(2), quantity(count)}; }

Product tea(std::int64_t price_minor) { return {product_id(2), "Tea", Money::from_minor(price_minor), "/tea.png"}; }

Order order() {
    return {cart_id(1),
            ann,
            committed,
            Currency::usd(),
            {{product_id(2), "Tea", Money::from_minor(250), quantity(2), Money::from_minor(500)}},
            Money::from_minor(500)};
}

KafkaMessage message(RowChange change, KafkaFormat format = KafkaFormat::advanced, bool schemas = false) {
    KafkaSettings settings;
    settings.topic_prefix = "shop";
    settings.format = format;
    settings.schemas = schemas;
    const Commit commit{17, committed, {std::move(change)}};
    return KafkaWriter(settings).message(commit, 0, delivered);
}

/// An event whose `before` and `after` are these, and its source: all that Debezium's have.
boost::json::value event(std::string_view table, std::string_view op, std::string_view before, std::string_view after) {
    return parse(fmt::format(
        R"({{"op":"{}","before":{},"after":{},
             "source":{{"version":"{}","connector":"cartwheel","name":"shop","ts_ms":1700000000000,"snapshot":"false","db":"ecommerce",
                        "sequence":null,"ts_us":1700000000000123,"ts_ns":1700000000000123000,"keyspace_name":"ecommerce","table_name":"{}"}},
             "ts_ms":1700000000003,"transaction":null,"id":"17-1"}})",
        op, before, after, CARTWHEEL_VERSION, table));
}

TEST(KafkaMessage, TopicsAreNamedAsScyllasConnectorNamesThem) {
    KafkaSettings settings;
    settings.topic_prefix = "shop";
    const KafkaWriter writer(settings);
    EXPECT_EQ(writer.topic(Table::cart_items), "shop.ecommerce.cart_items");
    EXPECT_EQ(writer.topic(Table::product), "shop.ecommerce.product");
    EXPECT_EQ(writer.topic(Table::cart), "shop.ecommerce.cart");
    EXPECT_EQ(writer.topic(Table::orders), "shop.ecommerce.orders");
}

TEST(KafkaMessage, AKeyIsThePrimaryKeyThePartitionFirst) {
    EXPECT_EQ(message({Operation::insert, std::nullopt, item(2)}).key, item_key);
    EXPECT_EQ(message({Operation::insert, std::nullopt, tea(250)}).key, R"({"id":"00000000-0000-4000-8000-000000000002"})");
    EXPECT_EQ(message({Operation::insert, std::nullopt, CartRow{ann, cart_id(1), true}}).key,
              R"({"user_id":"ann \"the\" buyer","cart_id":"cccccccc-0000-4000-8000-000000000001"})");
    EXPECT_EQ(
        message({Operation::insert, std::nullopt, order()}).key,
        R"({"user_id":"ann \"the\" buyer","placed_at":"2023-11-14T22:13:20.000123Z","order_id":"cccccccc-0000-4000-8000-000000000001"})");
}

// The brokers place messages by the bytes of their keys.
TEST(KafkaMessage, AllChangesToARowHaveTheSameKey) {
    for (const auto format : {KafkaFormat::advanced, KafkaFormat::legacy})
        for (const bool schemas : {false, true}) {
            const auto key = message({Operation::insert, std::nullopt, item(2)}, format, schemas).key;
            EXPECT_EQ(message({Operation::insert, item(2), item(3)}, format, schemas).key, key);
            EXPECT_EQ(message({Operation::remove, item(3), std::nullopt}, format, schemas).key, key);
        }
}

constexpr const char* advanced_item =
    R"({{"user_id":"ann \"the\" buyer","cart_id":"cccccccc-0000-4000-8000-000000000001","product_id":"00000000-0000-4000-8000-000000000002","product_quantity":{}}})";

TEST(KafkaMessage, AdvancedHasTheRowsWhole) {
    const auto two = fmt::format(fmt::runtime(advanced_item), 2);
    const auto three = fmt::format(fmt::runtime(advanced_item), 3);
    EXPECT_EQ(parse(message({Operation::insert, std::nullopt, item(2)}).value), event("cart_items", "c", "null", two));
    EXPECT_EQ(parse(message({Operation::insert, item(2), item(3)}).value), event("cart_items", "c", two, three));
    EXPECT_EQ(parse(message({Operation::remove, item(3), std::nullopt}).value), event("cart_items", "d", three, "null"));
    EXPECT_EQ(parse(message({Operation::update, CartRow{ann, cart_id(1), true}, CartRow{ann, cart_id(1), false}}).value),
              event("cart", "u", R"({"user_id":"ann \"the\" buyer","cart_id":"cccccccc-0000-4000-8000-000000000001","is_active":true})",
                    R"({"user_id":"ann \"the\" buyer","cart_id":"cccccccc-0000-4000-8000-000000000001","is_active":false})"));
}

TEST(KafkaMessage, LegacyPutsEachWrittenColumnIntoACell) {
    constexpr auto legacy = KafkaFormat::legacy;
    const auto after = [](int count) {
        return fmt::format(
            R"({{"user_id":"ann \"the\" buyer","cart_id":"cccccccc-0000-4000-8000-000000000001","product_id":"00000000-0000-4000-8000-000000000002","product_quantity":{{"value":{}}}}})",
            count);
    };
    EXPECT_EQ(parse(message({Operation::insert, std::nullopt, item(2)}, legacy).value), event("cart_items", "c", "null", after(2)));
    EXPECT_EQ(parse(message({Operation::insert, item(3), item(3)}, legacy).value), event("cart_items", "c", "null", after(3)));
    EXPECT_EQ(
        parse(message({Operation::insert, std::nullopt, order()}, legacy).value),
        event("orders", "c", "null",
              R"({"user_id":"ann \"the\" buyer","placed_at":"2023-11-14T22:13:20.000123Z","order_id":"cccccccc-0000-4000-8000-000000000001",
                        "currency":{"value":"USD"},"total":{"value":5.0},
                        "items":{"value":[{"product_id":"00000000-0000-4000-8000-000000000002","name":"Tea","unit_price":2.5,"quantity":2,"total":5.0}]}})"));
}

TEST(KafkaMessage, LegacyLeavesWhatAnUpdateDidNotTouchNull) {
    EXPECT_EQ(
        parse(message({Operation::update, tea(250), tea(275)}, KafkaFormat::legacy).value),
        event("product", "u", "null", R"({"id":"00000000-0000-4000-8000-000000000002","img":null,"name":null,"price":{"value":2.75}})"));
}

TEST(KafkaMessage, LegacySaysOfARemovalTheKeyAlone) {
    EXPECT_EQ(
        parse(message({Operation::remove, item(3), std::nullopt}, KafkaFormat::legacy).value),
        event(
            "cart_items", "d",
            R"({"user_id":"ann \"the\" buyer","cart_id":"cccccccc-0000-4000-8000-000000000001","product_id":"00000000-0000-4000-8000-000000000002","product_quantity":null})",
            "null"));
}

TEST(KafkaMessage, ATombstoneFollowsARemovalAlone) {
    EXPECT_TRUE(message({Operation::remove, item(3), std::nullopt}).is_removal);
    EXPECT_FALSE(message({Operation::insert, item(2), item(3)}).is_removal);
    EXPECT_FALSE(message({Operation::update, tea(1), tea(2)}).is_removal);
}

TEST(KafkaMessage, TheIdIsThatOfTheCommitAndTheNumberOfTheChange) {
    KafkaSettings settings;
    const KafkaWriter writer(settings);
    const Commit embedded{17, committed, {{Operation::insert, std::nullopt, tea(1)}, {Operation::remove, item(3), std::nullopt}}};
    EXPECT_EQ(parse(writer.message(embedded, 1, delivered).value).at("id"), "17-2");
    const Commit of_cluster{1'700'000'000'000'123, committed, embedded.changes, 0xabcdef0123456789};
    EXPECT_EQ(parse(writer.message(of_cluster, 1, delivered).value).at("id"), "abcdef0123456789-2");
}

// As Kafka Connect's JsonConverter writes a schema and what is of it.

TEST(KafkaMessage, SchemasStandBesideTheirPayload) {
    const auto plain = message({Operation::insert, std::nullopt, item(2)});
    const auto framed = message({Operation::insert, std::nullopt, item(2)}, KafkaFormat::advanced, true);
    const auto key = parse(framed.key);
    EXPECT_EQ(key.at("payload"), parse(plain.key));
    EXPECT_EQ(key.at("schema"), parse(R"({"type":"struct","fields":[{"type":"string","optional":true,"field":"user_id"},
        {"type":"string","optional":true,"field":"cart_id"},{"type":"string","optional":true,"field":"product_id"}],
        "optional":false,"name":"shop.ecommerce.cart_items.Key"})"));
    const auto value = parse(framed.value);
    EXPECT_EQ(value.at("payload"), parse(plain.value));
    const auto& schema = value.at("schema");
    EXPECT_EQ(schema.at("name"), "shop.ecommerce.cart_items.Envelope");
    const auto& fields = schema.at("fields").as_array();
    ASSERT_EQ(fields.size(), 7U);
    const auto row = [](std::string_view name) {
        return parse(fmt::format(R"({{"type":"struct","fields":[{{"type":"string","optional":true,"field":"user_id"}},
            {{"type":"string","optional":true,"field":"cart_id"}},{{"type":"string","optional":true,"field":"product_id"}},
            {{"type":"int32","optional":true,"field":"product_quantity"}}],"optional":true,"name":"shop.ecommerce.cart_items.{}","field":"{}"}})",
                                 name, name == "Before" ? "before" : "after"));
    };
    EXPECT_EQ(fields[1], row("Before"));
    EXPECT_EQ(fields[2], row("After"));
    EXPECT_EQ(fields[3].at("name"), "com.scylladb.cdc.debezium.connector");
}

TEST(KafkaMessage, ALegacyCellHasASchemaOfItsOwn) {
    const auto value = parse(message({Operation::update, tea(250), tea(275)}, KafkaFormat::legacy, true).value);
    const auto& columns = value.at("schema").at("fields").at(2).at("fields").as_array();
    EXPECT_EQ(columns[0], parse(R"({"type":"string","optional":true,"field":"id"})"));
    EXPECT_EQ(columns[3], parse(R"({"type":"struct","fields":[{"type":"double","optional":true,"field":"value"}],"optional":true,
        "name":"shop.ecommerce.product.price.Cell","field":"price"})"));
}

/// Whether a value is of its schema, as JsonConverter would read it.
void expect_fits(const boost::json::value& value, const boost::json::value& schema, const std::string& where) {
    if (value.is_null()) {
        EXPECT_TRUE(schema.at("optional").as_bool()) << where;
        return;
    }
    const auto& type = schema.at("type").as_string();
    if (type == "struct") {
        const auto& fields = schema.at("fields").as_array();
        EXPECT_EQ(value.as_object().size(), fields.size()) << where;
        for (const auto& field : fields) {
            const auto& name = field.at("field").as_string();
            ASSERT_TRUE(value.as_object().contains(name)) << where << "." << name;
            expect_fits(value.at(name), field, where + "." + std::string(name));
        }
    } else if (type == "array") {
        for (const auto& element : value.as_array()) expect_fits(element, schema.at("items"), where + "[]");
    } else if (type == "string") {
        EXPECT_TRUE(value.is_string()) << where;
    } else if (type == "boolean") {
        EXPECT_TRUE(value.is_bool()) << where;
    } else if (type == "double") {
        EXPECT_TRUE(value.is_number()) << where;
    } else {
        EXPECT_TRUE(value.is_int64()) << where;
    }
}

TEST(KafkaMessage, EveryMessageIsOfItsSchema) {
    const std::vector<RowChange> changes{
        {Operation::insert, std::nullopt, item(2)},
        {Operation::insert, item(2), item(3)},
        {Operation::remove, item(3), std::nullopt},
        {Operation::insert, std::nullopt, tea(250)},
        {Operation::update, tea(250), tea(275)},
        {Operation::remove, tea(275), std::nullopt},
        {Operation::insert, std::nullopt, CartRow{ann, cart_id(1), true}},
        {Operation::update, CartRow{ann, cart_id(1), true}, CartRow{ann, cart_id(1), false}},
        {Operation::insert, std::nullopt, order()},
    };
    for (const auto format : {KafkaFormat::advanced, KafkaFormat::legacy})
        for (const auto& change : changes) {
            const auto written = message(change, format, true);
            for (const auto& text : {written.key, written.value}) {
                const auto framed = parse(text);
                expect_fits(framed.at("payload"), framed.at("schema"), std::string(framed.at("schema").at("name").as_string()));
            }
        }
}

}  // namespace
}  // namespace cartwheel::changes
