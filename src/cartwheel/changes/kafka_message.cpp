#include "cartwheel/changes/kafka_message.h"

#include <fmt/format.h>

#include <iterator>

#include "cartwheel/changes/event.h"
#include "cartwheel/changes/kafka_schema.h"
#include "cartwheel/reflect/json.h"

namespace cartwheel::changes {
namespace {

using domain::Operation;
using reflect::JsonDocument;

constexpr std::array all_tables{domain::Table::product, domain::Table::cart, domain::Table::cart_items, domain::Table::orders};

/// What each message begins with when schemas are wanted; `closed` ends it.
std::string frame_of(const std::string& schema) { return "{\"schema\":" + schema + ",\"payload\":"; }

std::string closed(std::string text, bool is_framed) {
    if (is_framed) text += '}';
    return text;
}

/// A row as all of Cartwheel writes it, of which single columns can be taken.
class RowText {
public:
    explicit RowText(const domain::Row& row) : text_(written(row)), document_(JsonDocument::parse(text_)) {}
    RowText(const RowText&) = delete;  // the document points into the text
    RowText& operator=(const RowText&) = delete;

    const std::string& whole() const noexcept { return text_; }

    void append_column(std::string& out, std::string_view name) const {
        if (const auto value = document_ ? document_->root().member(name) : std::nullopt) value->append_to(out);
        else out += "null";
    }
    std::string column(std::string_view name) const {
        std::string out;
        append_column(out, name);
        return out;
    }

private:
    static std::string written(const domain::Row& row) {
        std::string out;
        append_row(out, row);
        return out;
    }

    std::string text_;
    std::expected<JsonDocument, reflect::JsonSyntaxError> document_;
};

/// The members of an object, one after the other.
class ObjectText {
public:
    explicit ObjectText(std::string& out) : out_(out) {}
    std::string& member(std::string_view name) {
        out_ += separator_;
        separator_ = ',';
        out_ += '"';
        out_ += name;
        out_ += "\":";
        return out_;
    }
    void end() { out_ += separator_ == '{' ? "{}" : "}"; }

private:
    std::string& out_;
    char separator_ = '{';
};

void append_key(std::string& out, const RowText& row, domain::Table table) {
    ObjectText object(out);
    for (const auto& column : columns_of(table))
        if (column.is_key) row.append_column(object.member(column.name), column.name);
    object.end();
}

/// The row after a write: its key, and what was written. An update that leaves a column as it was has not touched it.
void append_legacy_write(std::string& out, const RowText& after, const std::optional<domain::Row>& before, domain::Table table) {
    std::optional<RowText> row_before;
    if (before) row_before.emplace(*before);
    ObjectText object(out);
    for (const auto& column : columns_of(table)) {
        auto& text = object.member(column.name);
        const auto value = after.column(column.name);
        if (column.is_key) text += value;
        else if (row_before && row_before->column(column.name) == value) text += "null";
        else text += "{\"value\":" + value + "}";
    }
    object.end();
}

/// The row before a removal: its key alone.
void append_legacy_removal(std::string& out, const RowText& before, domain::Table table) {
    ObjectText object(out);
    for (const auto& column : columns_of(table)) {
        auto& text = object.member(column.name);
        if (column.is_key) before.append_column(text, column.name);
        else text += "null";
    }
    object.end();
}

template <class Unit>
std::int64_t count(Time time) {
    return std::chrono::floor<Unit>(time).time_since_epoch().count();
}

}  // namespace

KafkaWriter::KafkaWriter(const KafkaSettings& settings) : prefix_(settings.topic_prefix), format_(settings.format) {
    for (const auto table : all_tables) {
        auto& of_table = tables_.at(static_cast<std::size_t>(table));
        of_table.topic = fmt::format("{}.{}.{}", prefix_, keyspace_name, domain::name_of(table));
        if (!settings.schemas) continue;
        of_table.key_frame = frame_of(key_schema(of_table.topic, table));
        of_table.value_frame = frame_of(value_schema(of_table.topic, table, format_));
    }
}

KafkaMessage KafkaWriter::message(const domain::Commit& commit, std::size_t index, Time delivered) const {
    const auto& change = commit.changes[index];
    const auto table = change.table();
    const auto& of_table = of(table);
    const bool is_framed = !of_table.key_frame.empty();
    const bool is_removal = !change.after;
    const RowText row(is_removal ? *change.before : *change.after);

    std::string key = of_table.key_frame;
    append_key(key, row, table);

    std::string value = of_table.value_frame;
    value += "{\"op\":\"";
    value += letter_of(change.operation);
    value += "\",\"before\":";
    if (format_ == KafkaFormat::legacy) {
        if (is_removal) append_legacy_removal(value, row, table);
        else value += "null";
    } else if (change.before) {
        append_row(value, *change.before);
    } else {
        value += "null";
    }
    value += ",\"after\":";
    if (is_removal) value += "null";
    else if (format_ == KafkaFormat::legacy)
        append_legacy_write(value, row, change.operation == Operation::update ? change.before : std::nullopt, table);
    else value += row.whole();
    value += ",\"source\":";
    append_source(value, table, commit.time);
    fmt::format_to(std::back_inserter(value), ",\"ts_ms\":{},\"transaction\":null,\"id\":\"", count<std::chrono::milliseconds>(delivered));
    append_event_id(value, commit, index);
    value += "\"}";
    return {closed(std::move(key), is_framed), closed(std::move(value), is_framed), is_removal};
}

/// Debezium's, whole, so that what was made for its connectors finds what it looks for.
void KafkaWriter::append_source(std::string& out, domain::Table table, Time time) const {
    // No member needs escaping: the settings see to the prefix.
    fmt::format_to(std::back_inserter(out),
                   R"({{"version":"{}","connector":"cartwheel","name":"{}","ts_ms":{},"snapshot":"false","db":"{}","sequence":null,)"
                   R"("ts_us":{},"ts_ns":{},"keyspace_name":"{}","table_name":"{}"}})",
                   CARTWHEEL_VERSION, prefix_, count<std::chrono::milliseconds>(time), keyspace_name,
                   count<std::chrono::microseconds>(time), count<std::chrono::microseconds>(time) * 1'000, keyspace_name,
                   domain::name_of(table));
}

}  // namespace cartwheel::changes
