#pragma once
// The tables as messages of Kafka show them: which columns a key has, and the schemas that Connect's JsonConverter puts beside keys and
// values, named as ScyllaDB's source connector names them. Pure.

#include <span>
#include <string>
#include <string_view>

#include "cartwheel/changes/kafka_settings.h"
#include "cartwheel/domain/change.h"

namespace cartwheel::changes {

struct KafkaColumn {
    enum class Type : std::uint8_t { text, int32, number, boolean, order_items };

    std::string_view name;  ///< a member of the row's JSON
    Type type;
    bool is_key = false;
};

/// The key's first, those of the partition before the others.
std::span<const KafkaColumn> columns_of(domain::Table table) noexcept;

/// `topic` is that of the table.
std::string key_schema(const std::string& topic, domain::Table table);
std::string value_schema(const std::string& topic, domain::Table table, KafkaFormat format);

}  // namespace cartwheel::changes
