#include "cartwheel/changes/kafka_settings.h"

namespace cartwheel::changes {

std::string_view name_of(KafkaFormat format) noexcept {
    switch (format) {
        case KafkaFormat::advanced: return "advanced";
        case KafkaFormat::legacy: return "legacy";
    }
    return "";
}

std::string_view name_of(KafkaSecurity security) noexcept {
    switch (security) {
        case KafkaSecurity::plaintext: return "plaintext";
        case KafkaSecurity::ssl: return "ssl";
        case KafkaSecurity::sasl_plaintext: return "sasl_plaintext";
        case KafkaSecurity::sasl_ssl: return "sasl_ssl";
    }
    return "";
}

}  // namespace cartwheel::changes
