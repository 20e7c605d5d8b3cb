#pragma once
// What the Kafka sink may be told. Plain values, constant once it has started.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cartwheel::changes {

/// How a change is written as a message, as ScyllaDB's source connector (2.0) calls it.
enum class KafkaFormat : std::uint8_t {
    advanced,  ///< plain values, the rows before and after whole
    legacy     ///< each column that is no key as {"value": x}; what was there before is not told
};

enum class KafkaSecurity : std::uint8_t { plaintext, ssl, sasl_plaintext, sasl_ssl };

struct KafkaSettings {
    std::vector<std::string> brokers;          ///< to begin with, as host or host:port; none: there is no sink
    std::string topic_prefix = "cartwheel";    ///< of the topics `<prefix>.ecommerce.<table>`
    KafkaFormat format = KafkaFormat::advanced;
    bool schemas = false;  ///< keys and values with their schemas, as Connect's JsonConverter writes them

    KafkaSecurity security = KafkaSecurity::plaintext;
    std::string mechanism = "PLAIN";  ///< of SASL
    std::string user;
    std::string password;
    std::string ca_file;  ///< PEM; none: the machine's own authorities

    std::size_t queue_bytes = std::size_t{32} << 20;  ///< of messages that were handed to the client and not acknowledged
    std::size_t queue_max = 50'000;                   ///< messages of that kind
};

std::string_view name_of(KafkaFormat format) noexcept;
std::string_view name_of(KafkaSecurity security) noexcept;  ///< as Kafka's clients call it in their settings

}  // namespace cartwheel::changes
