#pragma once
// A client of Kafka that sends messages: librdkafka's idempotent producer. What it was given it sends in order, each once as long as
// it lives, however long the brokers are away; it holds a bounded number of messages.
// Owned and used by one thread. Events are called from within `serve`, `send` and `flush`, on that thread; they must not throw.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cartwheel/base/error.h"
#include "cartwheel/changes/kafka_settings.h"

namespace cartwheel::changes {

class KafkaEvents {
public:
    virtual ~KafkaEvents() = default;
    /// The brokers have it, on as many of them as the topic asks for.
    virtual void acknowledged(std::uint64_t ticket) = 0;
    /// The brokers will never have it. Those of the same topic behind it may or may not come: the producer is of no use any more.
    virtual void refused(std::string_view topic, std::string_view why) = 0;
    /// What the client says of its connections: that a broker cannot be reached, or does not let it in.
    virtual void troubled(std::string_view why) = 0;
    /// Every second: whether there is a connection to any broker, and how often messages were sent once more so far.
    virtual void observed(bool connected, std::uint64_t repeats) = 0;
};

class KafkaProducer {
public:
    /// Connects by itself, from now on. Errors: invalid (a setting, or a file that it names).
    static Result<std::unique_ptr<KafkaProducer>> open(const KafkaSettings& settings, KafkaEvents& events);

    /// Lets go of what is not sent yet.
    virtual ~KafkaProducer() = default;

    enum class Taken : std::uint8_t { taken, full };
    /// Copies the message. `value` none: a tombstone. `full`: serve, and try again. Errors: invalid (too large), unavailable (the
    /// producer is of no use any more).
    virtual Result<Taken> send(const std::string& topic, std::string_view key, std::optional<std::string_view> value,
                               std::uint64_t ticket) = 0;

    /// Delivers events for at most so long; returns early after some.
    virtual void serve(std::chrono::milliseconds wait) = 0;

    /// Sends what it holds, without waiting for more to come. Whether all of it has become acknowledged or refused.
    virtual bool flush(std::chrono::milliseconds wait) = 0;

    /// Whether a broker answers, once it is asked: an idle client does not look for one by itself.
    virtual bool reach(std::chrono::milliseconds wait) = 0;

    /// Which Kafka this is; none when no broker has answered within that time.
    virtual std::optional<std::string> cluster_id(std::chrono::milliseconds wait) = 0;
};

}  // namespace cartwheel::changes
