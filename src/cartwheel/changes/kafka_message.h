#pragma once
// Changes as messages of Kafka, in the shape of Debezium's and so of ScyllaDB's source connector. Values, pure once made.

#include <array>
#include <string>

#include "cartwheel/base/time.h"
#include "cartwheel/changes/kafka_settings.h"
#include "cartwheel/domain/change.h"

namespace cartwheel::changes {

/// Both are JSON texts.
struct KafkaMessage {
    std::string key;    ///< of the row's primary key, those columns of the partition first; equal bytes for equal rows
    std::string value;  ///< one event; see changes/event.h
    bool is_removal = false;  ///< a tombstone has to follow: the same key, no value
};

class KafkaWriter {
public:
    explicit KafkaWriter(const KafkaSettings& settings);

    const std::string& topic(domain::Table table) const { return of(table).topic; }

    /// `commit.changes[index]`; `delivered` is when it is sent.
    KafkaMessage message(const domain::Commit& commit, std::size_t index, Time delivered) const;

private:
    struct OfTable {
        std::string topic;
        std::string key_frame;    ///< what stands before the key; empty without schemas
        std::string value_frame;
    };
    const OfTable& of(domain::Table table) const { return tables_.at(static_cast<std::size_t>(table)); }
    void append_source(std::string& out, domain::Table table, Time time) const;

    std::string prefix_;
    KafkaFormat format_;
    std::array<OfTable, 4> tables_;
};

}  // namespace cartwheel::changes
