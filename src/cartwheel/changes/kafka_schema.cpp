#include "cartwheel/changes/kafka_schema.h"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace cartwheel::changes {
namespace {

using Type = KafkaColumn::Type;
using boost::json::array;
using boost::json::object;

constexpr std::array product_columns{
    KafkaColumn{"id", Type::text, true},
    KafkaColumn{"img", Type::text},
    KafkaColumn{"name", Type::text},
    KafkaColumn{"price", Type::number},
};
constexpr std::array cart_columns{
    KafkaColumn{"user_id", Type::text, true},
    KafkaColumn{"cart_id", Type::text, true},
    KafkaColumn{"is_active", Type::boolean},
};
constexpr std::array cart_item_columns{
    KafkaColumn{"user_id", Type::text, true},
    KafkaColumn{"cart_id", Type::text, true},
    KafkaColumn{"product_id", Type::text, true},
    KafkaColumn{"product_quantity", Type::int32},
};
constexpr std::array order_columns{
    KafkaColumn{"user_id", Type::text, true}, KafkaColumn{"placed_at", Type::text, true}, KafkaColumn{"order_id", Type::text, true},
    KafkaColumn{"currency", Type::text},      KafkaColumn{"items", Type::order_items},    KafkaColumn{"total", Type::number},
};
constexpr std::array order_item_columns{
    KafkaColumn{"product_id", Type::text}, KafkaColumn{"name", Type::text},    KafkaColumn{"unit_price", Type::number},
    KafkaColumn{"quantity", Type::int32},  KafkaColumn{"total", Type::number},
};

enum class Presence : std::uint8_t { required, optional };

object plain(std::string_view type, Presence presence) { return {{"type", type}, {"optional", presence == Presence::optional}}; }

object structure(array fields, std::string_view name, Presence presence) {
    object out{{"type", "struct"}, {"fields", std::move(fields)}, {"optional", presence == Presence::optional}};
    if (!name.empty()) out["name"] = name;
    return out;
}

object field(std::string_view name, object schema) {
    schema["field"] = name;
    return schema;
}

object type_schema(Type type) {
    switch (type) {
        case Type::text: return plain("string", Presence::optional);
        case Type::int32: return plain("int32", Presence::optional);
        case Type::number: return plain("double", Presence::optional);
        case Type::boolean: return plain("boolean", Presence::optional);
        case Type::order_items: break;
    }
    array fields;
    for (const auto& column : order_item_columns) fields.push_back(field(column.name, type_schema(column.type)));
    return {{"type", "array"}, {"items", structure(std::move(fields), "", Presence::optional)}, {"optional", true}};
}

object row_schema(const std::string& topic, domain::Table table, KafkaFormat format, std::string_view suffix) {
    array fields;
    for (const auto& column : columns_of(table)) {
        auto schema = type_schema(column.type);
        if (format == KafkaFormat::legacy && !column.is_key)
            schema = structure({field("value", std::move(schema))}, topic + "." + std::string(column.name) + ".Cell", Presence::optional);
        fields.push_back(field(column.name, std::move(schema)));
    }
    return structure(std::move(fields), topic + std::string(suffix), Presence::optional);
}

object source_schema() {
    array fields;
    for (const char* name : {"version", "connector", "name"}) fields.push_back(field(name, plain("string", Presence::required)));
    fields.push_back(field("ts_ms", plain("int64", Presence::required)));
    fields.push_back(field("snapshot", plain("string", Presence::optional)));
    fields.push_back(field("db", plain("string", Presence::required)));
    fields.push_back(field("sequence", plain("string", Presence::optional)));
    for (const char* name : {"ts_us", "ts_ns"}) fields.push_back(field(name, plain("int64", Presence::optional)));
    for (const char* name : {"keyspace_name", "table_name"}) fields.push_back(field(name, plain("string", Presence::required)));
    return structure(std::move(fields), "com.scylladb.cdc.debezium.connector", Presence::required);
}

object transaction_schema() {
    return structure({field("id", plain("string", Presence::required)), field("total_order", plain("int64", Presence::required)),
                      field("data_collection_order", plain("int64", Presence::required))},
                     "event.block", Presence::optional);
}

}  // namespace

std::span<const KafkaColumn> columns_of(domain::Table table) noexcept {
    switch (table) {
        case domain::Table::product: return product_columns;
        case domain::Table::cart: return cart_columns;
        case domain::Table::cart_items: return cart_item_columns;
        case domain::Table::orders: return order_columns;
    }
    return {};
}

std::string key_schema(const std::string& topic, domain::Table table) {
    array fields;
    for (const auto& column : columns_of(table))
        if (column.is_key) fields.push_back(field(column.name, type_schema(column.type)));
    return boost::json::serialize(structure(std::move(fields), topic + ".Key", Presence::required));
}

std::string value_schema(const std::string& topic, domain::Table table, KafkaFormat format) {
    array fields;
    fields.push_back(field("op", plain("string", Presence::optional)));
    fields.push_back(field("before", row_schema(topic, table, format, ".Before")));
    fields.push_back(field("after", row_schema(topic, table, format, ".After")));
    fields.push_back(field("source", source_schema()));
    fields.push_back(field("ts_ms", plain("int64", Presence::optional)));
    fields.push_back(field("transaction", transaction_schema()));
    fields.push_back(field("id", plain("string", Presence::optional)));
    return boost::json::serialize(structure(std::move(fields), topic + ".Envelope", Presence::required));
}

}  // namespace cartwheel::changes
