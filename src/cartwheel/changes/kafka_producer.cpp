#include "cartwheel/changes/kafka_producer.h"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <utility>
#include <vector>

#include "cartwheel/base/log.h"
#include "cartwheel/reflect/json.h"

namespace cartwheel::changes {
namespace {

struct ClientDeleter {
    void operator()(rd_kafka_t* client) const noexcept {
        // Nobody waits for what is still held: it is sent again from the store.
        rd_kafka_purge(client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
        rd_kafka_destroy(client);
    }
};
struct TopicDeleter {
    void operator()(rd_kafka_topic_t* topic) const noexcept { rd_kafka_topic_destroy(topic); }
};
struct ConfDeleter {
    void operator()(rd_kafka_conf_t* conf) const noexcept { rd_kafka_conf_destroy(conf); }
};
using Client = std::unique_ptr<rd_kafka_t, ClientDeleter>;
using Topic = std::unique_ptr<rd_kafka_topic_t, TopicDeleter>;
using Conf = std::unique_ptr<rd_kafka_conf_t, ConfDeleter>;

constexpr std::size_t message_bytes_max = std::size_t{15} << 20;

struct Entry {
    const char* name;
    std::string value;
};

std::vector<Entry> entries_of(const KafkaSettings& settings) {
    std::vector<Entry> entries{
        {"bootstrap.servers", fmt::format("{}", fmt::join(settings.brokers, ","))},
        {"client.id", "cartwheel"},
        {"enable.idempotence", "true"},
        {"acks", "all"},
        // As Java's clients place keys, so that a key stays where ScyllaDB's connector put it.
        {"partitioner", "murmur2_random"},
        // However long the brokers are away, what was given is not given up: that is what keeps the order.
        {"message.timeout.ms", "0"},
        // One that does not fit into the queue would wait for ever.
        {"message.max.bytes", std::to_string(std::min(message_bytes_max, settings.queue_bytes))},
        {"queue.buffering.max.messages", std::to_string(settings.queue_max)},
        {"queue.buffering.max.kbytes", std::to_string(settings.queue_bytes / 1024)},
        {"linger.ms", "5"},
        {"compression.codec", "lz4"},
        {"socket.timeout.ms", "15000"},
        {"reconnect.backoff.max.ms", "2000"},
        {"statistics.interval.ms", "1000"},
        {"log.connection.close", "false"},
        {"security.protocol", std::string(name_of(settings.security))},
    };
    if (settings.security == KafkaSecurity::sasl_plaintext || settings.security == KafkaSecurity::sasl_ssl) {
        entries.push_back({"sasl.mechanism", settings.mechanism});
        entries.push_back({"sasl.username", settings.user});
        entries.push_back({"sasl.password", settings.password});
    }
    if (!settings.ca_file.empty()) entries.push_back({"ssl.ca.location", settings.ca_file});
    return entries;
}

/// The sum of what all brokers' members of that name say, and whether any is connected.
std::pair<bool, std::uint64_t> connections_in(std::string_view statistics) {
    bool connected = false;
    std::uint64_t repeats = 0;
    const auto document = reflect::JsonDocument::parse(statistics);
    const auto brokers = document ? document->root().member("brokers") : std::nullopt;
    if (!brokers) return {connected, repeats};
    brokers->for_each([&](const reflect::JsonValue& broker) {
        if (const auto state = broker.member("state")) connected = connected || state->text() == "UP";
        if (const auto repeated = broker.member("txretries")) repeats += std::strtoull(std::string(repeated->text()).c_str(), nullptr, 10);
    });
    return {connected, repeats};
}

class RdKafkaProducer final : public KafkaProducer {
public:
    explicit RdKafkaProducer(KafkaEvents& events) : events_(events) {}
    ~RdKafkaProducer() override { closing_ = true; }

    Result<void> start(const KafkaSettings& settings) {
        std::array<char, 512> said{};
        Conf conf(rd_kafka_conf_new());
        for (const auto& [name, value] : entries_of(settings))
            if (rd_kafka_conf_set(conf.get(), name, value.c_str(), said.data(), said.size()) != RD_KAFKA_CONF_OK)
                return fail(
                    Error::invalid(fmt::format("Kafka's client does not take a setting: {}", said_without_secrets(said, settings))));
        rd_kafka_conf_set_opaque(conf.get(), this);
        rd_kafka_conf_set_dr_msg_cb(conf.get(), on_delivery);
        rd_kafka_conf_set_error_cb(conf.get(), on_error);
        rd_kafka_conf_set_stats_cb(conf.get(), on_statistics);
        rd_kafka_conf_set_log_cb(conf.get(), on_log);
        client_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), said.data(), said.size()));
        if (!client_) return fail(Error::invalid(fmt::format("Kafka's client does not start: {}", said_without_secrets(said, settings))));
        (void)conf.release();  // the client's own from here on
        return {};
    }

    Result<Taken> send(const std::string& topic, std::string_view key, std::optional<std::string_view> value,
                       std::uint64_t ticket) override {
        auto* place = topic_of(topic);
        if (place == nullptr) return fail(Error::unavailable(rd_kafka_err2str(rd_kafka_last_error())));
        // Not written to: it copies.
        auto* payload = value ? const_cast<char*>(value->data()) : nullptr;
        // NOLINTNEXTLINE(performance-no-int-to-ptr): what is carried along is a number.
        auto* carried = reinterpret_cast<void*>(static_cast<std::uintptr_t>(ticket));
        if (rd_kafka_produce(place, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, payload, value ? value->size() : 0, key.data(), key.size(),
                             carried) == 0)
            return Taken::taken;
        const auto error = rd_kafka_last_error();
        if (error == RD_KAFKA_RESP_ERR__QUEUE_FULL) return Taken::full;
        const std::string why = rd_kafka_err2str(error);
        return fail(error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE ? Error::invalid(why) : Error::unavailable(why));
    }

    void serve(std::chrono::milliseconds wait) override { rd_kafka_poll(client_.get(), static_cast<int>(wait.count())); }

    bool flush(std::chrono::milliseconds wait) override {
        return rd_kafka_flush(client_.get(), static_cast<int>(wait.count())) == RD_KAFKA_RESP_ERR_NO_ERROR;
    }

    bool reach(std::chrono::milliseconds wait) override {
        const rd_kafka_metadata_t* found = nullptr;
        if (rd_kafka_metadata(client_.get(), 0, nullptr, &found, static_cast<int>(wait.count())) != RD_KAFKA_RESP_ERR_NO_ERROR)
            return false;
        rd_kafka_metadata_destroy(found);
        return true;
    }

    std::optional<std::string> cluster_id(std::chrono::milliseconds wait) override {
        char* id = rd_kafka_clusterid(client_.get(), static_cast<int>(wait.count()));
        if (id == nullptr) return std::nullopt;
        std::string text = id;
        rd_kafka_mem_free(client_.get(), id);
        return text;
    }

private:
    /// Some of the client's messages quote the value that they are about.
    static std::string said_without_secrets(const std::array<char, 512>& said, const KafkaSettings& settings) {
        std::string text = said.data();
        if (!settings.password.empty() && text.find(settings.password) != std::string::npos) return "one about the password";
        return text;
    }

    rd_kafka_topic_t* topic_of(const std::string& name) {
        auto& topic = topics_[name];
        if (!topic) topic.reset(rd_kafka_topic_new(client_.get(), name.c_str(), nullptr));
        return topic.get();
    }

    // Called from C: nothing may be thrown through it, and what would be is out of memory.

    static void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) noexcept {
        auto& self = *static_cast<RdKafkaProducer*>(opaque);
        if (self.closing_) return;
        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
            self.events_.acknowledged(static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(message->_private)));
        else self.events_.refused(rd_kafka_topic_name(message->rkt), rd_kafka_err2str(message->err));
    }

    static void on_error(rd_kafka_t*, int error, const char*, void* opaque) noexcept {
        auto& self = *static_cast<RdKafkaProducer*>(opaque);
        if (self.closing_) return;
        const std::string_view why = rd_kafka_err2str(static_cast<rd_kafka_resp_err_t>(error));
        // A producer whose numbering is broken refuses all messages from then on.
        if (error == RD_KAFKA_RESP_ERR__FATAL) self.events_.refused("", why);
        else self.events_.troubled(why);
    }

    static int on_statistics(rd_kafka_t*, char* text, std::size_t bytes, void* opaque) noexcept {
        auto& self = *static_cast<RdKafkaProducer*>(opaque);
        if (self.closing_) return 0;
        const auto [connected, repeats] = connections_in({text, bytes});
        self.events_.observed(connected, repeats);
        return 0;
    }

    /// On the client's own threads. It says the same again and again while a broker is away; what matters comes as an event.
    static void on_log(const rd_kafka_t*, int, const char* about, const char* text) noexcept {
        if (log::enabled(log::Level::debug)) log::debug(fmt::format("kafka: {}: {}", about, text));
    }

    KafkaEvents& events_;
    bool closing_ = false;
    Client client_;
    std::map<std::string, Topic> topics_;  // destroyed before the client, as it wants
};

}  // namespace

Result<std::unique_ptr<KafkaProducer>> KafkaProducer::open(const KafkaSettings& settings, KafkaEvents& events) {
    auto producer = std::make_unique<RdKafkaProducer>(events);
    TRY_VOID(producer->start(settings));
    return producer;
}

}  // namespace cartwheel::changes
