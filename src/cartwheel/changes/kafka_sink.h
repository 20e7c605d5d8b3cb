#pragma once
// Sends every commit's changes to Kafka, from where an earlier run came to: at least once, those of a row in order.
// How far it came is kept in the store, below the name of the Kafka that it sends to and the topics' prefix, and moves only behind what the
// brokers have acknowledged. Kafka that is away, or a store that is, makes it wait and nobody else.
// Owned by the composition root; has one thread of its own. figures() may be called on any thread.

#include <cstdint>
#include <memory>
#include <string_view>

#include "cartwheel/changes/feed.h"
#include "cartwheel/changes/kafka_settings.h"
#include "cartwheel/store/store.h"

namespace cartwheel::changes {

enum class KafkaState : std::uint8_t {
    starting,  ///< no broker has answered yet
    sending,  ///< or there is nothing to send
    away,  ///< no broker answers
    refused,  ///< the brokers do not take a message; it is tried again
    no_store  ///< the store does not give its changes, or does not keep the cursor
};
inline constexpr std::size_t kafka_states = 5;
std::string_view name_of(KafkaState state) noexcept;

struct KafkaFigures {
    KafkaState state = KafkaState::starting;
    std::uint64_t lag_commits = 0;  ///< that are not acknowledged; in a cluster those that were read
    double lag_seconds = 0;  ///< how old the oldest of those is that were read
    std::uint64_t in_flight = 0;  ///< messages that were handed to the client and not acknowledged
    std::uint64_t sent = 0;  ///< messages that were acknowledged
    std::uint64_t failed = 0;  ///< messages that were refused; they are sent again
    std::uint64_t retried = 0;  ///< requests that the client sent once more
    std::uint64_t gaps = 0;  ///< how often changes were forgotten by the store before they were sent
};

class KafkaSink {
public:
    /// Begins at once. Who has never sent to this Kafka begins with the oldest change that is kept.
    /// Errors: invalid (a setting, or a file that it names).
    static Result<std::unique_ptr<KafkaSink>> open(const KafkaSettings& settings, Feed& feed, store::Store& store, const Clock& clock);

    virtual ~KafkaSink() = default;

    virtual KafkaFigures figures() const = 0;

    /// Sends what is committed by now, if Kafka is there and it takes no more than some seconds. To be called before the feed and the store
    /// are stopped, and the sink lives until both are. Blocks; safe to call twice.
    virtual void stop() = 0;
};

}  // namespace cartwheel::changes
