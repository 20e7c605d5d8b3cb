#include "cartwheel/app/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <string>

#include "cartwheel/app/units.h"

namespace cartwheel::app {
namespace {

#ifdef CARTWHEEL_CQL
constexpr bool has_cluster_engine = true;
#else
constexpr bool has_cluster_engine = false;
#endif

using changes::KafkaFormat;
using changes::KafkaSecurity;
using changes::KafkaSettings;
using engines::cql::CqlSettings;

/// The part of the settings that a member belongs to.
template <class Value, class From>
auto& part(From& settings, Value Settings::*) {
    return settings;
}
template <class Value, class From>
auto& part(From& settings, Value CqlSettings::*) {
    return settings.cql;
}
template <class Value, class From>
auto& part(From& settings, Value ChangesSettings::*) {
    return settings.changes;
}
template <class Value, class From>
auto& part(From& settings, Value KafkaSettings::*) {
    return settings.kafka;
}

// One pair of functions a unit; `member` says which setting it is.
template <auto member>
std::string show_bool(const Settings& settings) {
    return part(settings, member).*member ? "true" : "false";
}
template <auto member>
Result<void> set_bool(Settings& settings, std::string_view text) {
    TRY(part(settings, member).*member, parse_yes_or_no(text));
    return {};
}

template <auto member>
std::string show_count(const Settings& settings) {
    return std::to_string(part(settings, member).*member);
}
template <auto member, std::uint64_t min, std::uint64_t max>
Result<void> set_count(Settings& settings, std::string_view text) {
    TRY(const auto count, parse_count(text, min, max));
    part(settings, member).*member = static_cast<std::remove_reference_t<decltype(part(settings, member).*member)>>(count);
    return {};
}

template <auto member>
std::string show_size(const Settings& settings) {
    return show_bytes(part(settings, member).*member);
}
template <auto member, std::size_t min>
Result<void> set_size(Settings& settings, std::string_view text) {
    constexpr std::size_t max = std::size_t{1} << 40;
    TRY(const auto bytes, parse_bytes(text));
    if (bytes < min || bytes > max)
        return fail(Error::invalid(fmt::format("\"{}\" is out of range; write {} to {}", text, show_bytes(min), show_bytes(max))));
    part(settings, member).*member = bytes;
    return {};
}

template <auto member>
std::string show_time(const Settings& settings) {
    return show_duration(part(settings, member).*member);
}
template <auto member>
Result<void> set_time(Settings& settings, std::string_view text) {
    TRY(part(settings, member).*member, parse_duration(text));
    return {};
}

template <auto member>
std::string show_text(const Settings& settings) {
    return part(settings, member).*member;
}
template <auto member>
Result<void> set_text(Settings& settings, std::string_view text) {
    if (text.find('\0') != std::string_view::npos) return fail(Error::invalid("a text with a zero byte is none"));
    part(settings, member).*member = text;
    return {};
}

std::string show_store(const Settings& settings) {
    switch (settings.store) {
        case StoreKind::rocks: return "rocks";
        case StoreKind::memory: return "memory";
        case StoreKind::cql: return "cql";
    }
    return "";
}
Result<void> set_store(Settings& settings, std::string_view text) {
    if (text == "rocks") settings.store = StoreKind::rocks;
    else if (text == "memory") settings.store = StoreKind::memory;
    else if (text == "cql" && has_cluster_engine) settings.store = StoreKind::cql;
    else if (text == "cql") return fail(Error::invalid("this build has no cluster engine (cql); write rocks, or memory to try things out"));
    else return fail(Error::invalid(fmt::format("\"{}\" is no store; write rocks, memory or cql", text)));
    return {};
}

Result<void> set_data(Settings& settings, std::string_view text) {
    if (text.empty() || text.find('\0') != std::string_view::npos)
        return fail(Error::invalid("no folder is named; write a path such as ./cartwheel-data"));
    settings.data = std::filesystem::path(text);
    return {};
}

Result<void> set_currency(Settings& settings, std::string_view text) {
    const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (text.size() != 3 || !std::ranges::all_of(text, capital))
        return fail(
            Error::invalid(fmt::format("\"{}\" is no currency; write its three capital letters of ISO 4217, such as USD or EUR", text)));
    settings.currency = text;
    return {};
}

Result<void> set_log_level(Settings& settings, std::string_view text) {
    const auto level = log::parse_level(text);
    if (!level) return fail(Error::invalid(fmt::format("\"{}\" is no level; write trace, debug, info, warn, error or off", text)));
    settings.log_level = *level;
    return {};
}

std::string show_hosts(const Settings& settings) { return fmt::format("{}", fmt::join(settings.cql.hosts, ",")); }
Result<void> set_hosts(Settings& settings, std::string_view text) {
    TRY(settings.cql.hosts, parse_hosts(text));
    return {};
}

// A password and the file of one replace each other, so that the later source has the word.
template <auto password>
std::string show_password(const Settings& settings) {
    return (part(settings, password).*password).empty() ? "" : "(not shown)";
}
template <auto password, auto file>
Result<void> set_password(Settings& settings, std::string_view text) {
    part(settings, password).*password = text;
    if (!text.empty()) (settings.*file).clear();
    return {};
}
template <auto password, auto file>
Result<void> set_password_file(Settings& settings, std::string_view text) {
    settings.*file = std::filesystem::path(text);
    if (!text.empty()) (part(settings, password).*password).clear();
    return {};
}

Result<void> set_keyspace(Settings& settings, std::string_view text) {
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
    if (text.empty() || text.size() > 48 || !std::ranges::all_of(text, fits))
        return fail(Error::invalid(fmt::format("\"{}\" is no keyspace; write 1 to 48 letters, digits and underscores", text)));
    settings.cql.keyspace = text;
    return {};
}

Result<void> set_consistency(Settings& settings, std::string_view text) {
    if (text == "local") settings.cql.consistency = CqlSettings::Scope::local;
    else if (text == "global") settings.cql.consistency = CqlSettings::Scope::global;
    else return fail(Error::invalid(fmt::format("\"{}\" is no consistency; write local or global", text)));
    return {};
}

std::string show_brokers(const Settings& settings) { return fmt::format("{}", fmt::join(settings.kafka.brokers, ",")); }
Result<void> set_brokers(Settings& settings, std::string_view text) {
    settings.kafka.brokers.clear();
    if (text.empty()) return {};
    TRY(settings.kafka.brokers, parse_hosts(text));
    return {};
}

Result<void> set_topic_prefix(Settings& settings, std::string_view text) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    };
    // A topic has at most 249 characters.
    if (text.empty() || text.size() > 150 || !std::ranges::all_of(text, fits))
        return fail(
            Error::invalid(fmt::format("\"{}\" begins no topic; write 1 to 150 letters, digits, dots, underscores and hyphens", text)));
    settings.kafka.topic_prefix = text;
    return {};
}

Result<void> set_format(Settings& settings, std::string_view text) {
    if (text == "advanced") settings.kafka.format = KafkaFormat::advanced;
    else if (text == "legacy") settings.kafka.format = KafkaFormat::legacy;
    else return fail(Error::invalid(fmt::format("\"{}\" is no format; write advanced or legacy", text)));
    return {};
}

Result<void> set_security(Settings& settings, std::string_view text) {
    for (const auto security : {KafkaSecurity::plaintext, KafkaSecurity::ssl, KafkaSecurity::sasl_plaintext, KafkaSecurity::sasl_ssl}) {
        if (text != name_of(security)) continue;
        settings.kafka.security = security;
        return {};
    }
    return fail(Error::invalid(fmt::format("\"{}\" is no security; write plaintext, ssl, sasl_plaintext or sasl_ssl", text)));
}

Result<void> set_listen(Settings& settings, std::string_view text) {
    TRY(settings.listen, ListenAddress::parse(text));
    return {};
}

std::string show_retention(const Settings& settings) {
    return settings.changes.retention.count() == 0 ? "0" : show_duration(settings.changes.retention);
}
Result<void> set_retention(Settings& settings, std::string_view text) {
    constexpr std::chrono::hours year{366 * 24};
    if (text == "0") {
        settings.changes.retention = {};
        return {};
    }
    TRY(settings.changes.retention, parse_duration(text, year));
    return {};
}

using S = Settings;
using F = ChangesSettings;
using C = CqlSettings;
using K = KafkaSettings;
constexpr std::size_t mib = std::size_t{1} << 20;

// The one place that names the settings. The default of each is that of its member of Settings.
constexpr std::array table{
    Setting{"listen", Unit::address, "address and port to listen on; port 0 takes a free one", [](const S& s) { return s.listen.text(); },
            set_listen},
    Setting{"allow_open_access", Unit::yes_or_no,
            "listen beyond this machine although there are no users and keys yet: whoever connects may do everything",
            show_bool<&S::allow_open_access>, set_bool<&S::allow_open_access>},
    Setting{"threads", Unit::count, "threads that serve connections; 0 is one a core", show_count<&S::threads>,
            set_count<&S::threads, 0, 1024>},

    Setting{"store", Unit::choice, "rocks keeps everything on disk, cql in a ScyllaDB or Cassandra cluster; memory forgets it at the end",
            show_store, set_store},
    Setting{"data", Unit::folder, "folder of the store rocks, made when it is missing", [](const S& s) { return s.data.string(); },
            set_data},
    Setting{"cache", Unit::bytes, "memory for data read from disk", show_size<&S::cache_bytes>, set_size<&S::cache_bytes, mib>},
    Setting{"write_buffer", Unit::bytes, "memory for data written lately", show_size<&S::write_buffer_bytes>,
            set_size<&S::write_buffer_bytes, mib>},
    Setting{"queue_max", Unit::count, "writes that may wait for the disk; more are answered 503", show_count<&S::queue_max>,
            set_count<&S::queue_max, 1, 1'000'000>},
    Setting{"queue_wait_max", Unit::duration, "a write that waited longer is not done and answered 503", show_time<&S::queue_wait_max>,
            set_time<&S::queue_wait_max>},

    Setting{"sample", Unit::yes_or_no, "load the sample catalogue when there are no products", show_bool<&S::sample>, set_bool<&S::sample>},
    Setting{"currency", Unit::currency, "currency of orders made from now on", [](const S& s) { return s.currency; }, set_currency},

    Setting{"header_timeout", Unit::duration, "from the first byte of a request to the end of its headers", show_time<&S::header_timeout>,
            set_time<&S::header_timeout>},
    Setting{"body_timeout", Unit::duration, "for the next part of a body to arrive, or of an answer to leave", show_time<&S::body_timeout>,
            set_time<&S::body_timeout>},
    Setting{"idle_timeout", Unit::duration, "how long a connection may rest between requests", show_time<&S::idle_timeout>,
            set_time<&S::idle_timeout>},
    Setting{"stop_timeout", Unit::duration, "for running requests to end when the service stops", show_time<&S::stop_timeout>,
            set_time<&S::stop_timeout>},
    Setting{"connections_max", Unit::count, "connections at once; further ones are answered 503 and closed",
            show_count<&S::connections_max>, set_count<&S::connections_max, 1, 10'000'000>},
    Setting{"requests_max", Unit::count, "requests being worked on at once; further ones are answered 503", show_count<&S::requests_max>,
            set_count<&S::requests_max, 1, 10'000'000>},

    Setting{"log_level", Unit::choice, "lines on standard error: trace, debug, info, warn, error or off",
            [](const S& s) -> std::string { return log::name_of(s.log_level); }, set_log_level},
    Setting{"log_requests", Unit::yes_or_no, "one line for each request", show_bool<&S::log_requests>, set_bool<&S::log_requests>},

    Setting{"retention", Unit::duration, "how long changes are kept for those who follow them; 0 keeps all", show_retention, set_retention,
            Section::changes, FlagForm::section_and_name},
    Setting{"streams_max", Unit::count, "streams of changes at once; further ones are answered 503", show_count<&F::streams_max>,
            set_count<&F::streams_max, 1, 1'000'000>, Section::changes, FlagForm::section_and_name},
    Setting{"keep_alive", Unit::duration, "a stream says something at least this often, also when nothing changes",
            show_time<&F::keep_alive>, set_time<&F::keep_alive>, Section::changes, FlagForm::section_and_name},
    Setting{"poll_interval", Unit::duration, "between looks for new changes in a cluster, while somebody follows",
            show_time<&F::poll_interval>, set_time<&F::poll_interval>, Section::changes, FlagForm::section_and_name},

    Setting{"host", Unit::hosts, "nodes of the cluster to begin with; the others are found through them", show_hosts, set_hosts,
            Section::cql},
    Setting{"user", Unit::text, "who logs in; nobody when empty", show_text<&C::user>, set_text<&C::user>, Section::cql},
    Setting{"password", Unit::text, "of that user; better in a file of its own", show_password<&C::password>,
            set_password<&C::password, &S::cql_password_file>, Section::cql, FlagForm::none},
    Setting{"password_file", Unit::file, "file with the password, readable by its owner alone",
            [](const S& s) { return s.cql_password_file.string(); }, set_password_file<&C::password, &S::cql_password_file>, Section::cql},
    Setting{"datacenter", Unit::text, "whose nodes are asked; when empty that of the first node that answers", show_text<&C::datacenter>,
            set_text<&C::datacenter>, Section::cql},
    Setting{"keyspace", Unit::text, "where the shop's tables are; cartwheel schema makes it", show_text<&C::keyspace>, set_keyspace,
            Section::cql},
    Setting{"ca_file", Unit::file, "certificates (PEM) that vouch for the nodes; no TLS when empty", show_text<&C::ca_file>,
            set_text<&C::ca_file>, Section::cql},
    Setting{"certificate_file", Unit::file, "certificate (PEM) of this service, where the cluster asks for one",
            show_text<&C::certificate_file>, set_text<&C::certificate_file>, Section::cql},
    Setting{"key_file", Unit::file, "private key (PEM) of that certificate", show_text<&C::key_file>, set_text<&C::key_file>, Section::cql},
    Setting{"consistency", Unit::choice, "whose quorum decides: local is that of the datacenter, global that of all",
            [](const S& s) -> std::string { return s.cql.consistency == C::Scope::local ? "local" : "global"; }, set_consistency,
            Section::cql},
    Setting{"connect_timeout", Unit::duration, "for a connection to a node to be made", show_time<&C::connect_timeout>,
            set_time<&C::connect_timeout>, Section::cql, FlagForm::section_and_name},
    Setting{"statement_timeout", Unit::duration, "for the answer to one statement", show_time<&C::statement_timeout>,
            set_time<&C::statement_timeout>, Section::cql, FlagForm::section_and_name},
    Setting{"request_timeout", Unit::duration, "for a read or write with all its statements and repeats; then it is answered 503",
            show_time<&C::request_timeout>, set_time<&C::request_timeout>, Section::cql, FlagForm::section_and_name},
    Setting{"in_flight_max", Unit::count, "statements at once; further requests are answered 503", show_count<&C::in_flight_max>,
            set_count<&C::in_flight_max, 128, 1'000'000>, Section::cql, FlagForm::section_and_name},
    Setting{"queue_max", Unit::count, "writes that may wait for another of the same user; more are answered 503", show_count<&C::queue_max>,
            set_count<&C::queue_max, 1, 1'000'000>, Section::cql, FlagForm::section_and_name},
    Setting{"undelivered_max", Unit::count,
            "commits whose orders and change rows are still to be written; with more, writes are answered 503",
            show_count<&C::undelivered_max>, set_count<&C::undelivered_max, 1, 10'000'000>, Section::cql, FlagForm::section_and_name},
    Setting{"sweep_interval", Unit::duration, "between looks for what a process that died left undelivered", show_time<&C::sweep_interval>,
            set_time<&C::sweep_interval>, Section::cql, FlagForm::section_and_name},
    Setting{"change_delay", Unit::duration, "changes younger than this wait for those of slower processes before followers see them",
            show_time<&C::change_delay>, set_time<&C::change_delay>, Section::cql, FlagForm::section_and_name},

    Setting{"brokers", Unit::hosts, "brokers of Kafka to begin with; all changes are sent there. Nothing is sent when empty", show_brokers,
            set_brokers, Section::kafka, FlagForm::section_and_name},
    Setting{"topic_prefix", Unit::text, "topics are called by it, such as PREFIX.ecommerce.cart_items", show_text<&K::topic_prefix>,
            set_topic_prefix, Section::kafka, FlagForm::section_and_name},
    Setting{"format", Unit::choice, "messages as ScyllaDB's connector writes them: advanced, or its older legacy",
            [](const S& s) { return std::string(name_of(s.kafka.format)); }, set_format, Section::kafka, FlagForm::section_and_name},
    Setting{"schemas", Unit::yes_or_no, "put keys and values in messages together with their schemas", show_bool<&K::schemas>,
            set_bool<&K::schemas>, Section::kafka, FlagForm::section_and_name},
    Setting{"security", Unit::choice, "how brokers are talked to: plaintext, ssl, sasl_plaintext or sasl_ssl",
            [](const S& s) { return std::string(name_of(s.kafka.security)); }, set_security, Section::kafka, FlagForm::section_and_name},
    Setting{"mechanism", Unit::text, "of SASL: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512", show_text<&K::mechanism>, set_text<&K::mechanism>,
            Section::kafka, FlagForm::section_and_name},
    Setting{"user", Unit::text, "who logs in with SASL", show_text<&K::user>, set_text<&K::user>, Section::kafka,
            FlagForm::section_and_name},
    Setting{"password", Unit::text, "of that user; better in a file of its own", show_password<&K::password>,
            set_password<&K::password, &S::kafka_password_file>, Section::kafka, FlagForm::none},
    Setting{"password_file", Unit::file, "file with the password, readable by its owner alone",
            [](const S& s) { return s.kafka_password_file.string(); }, set_password_file<&K::password, &S::kafka_password_file>,
            Section::kafka, FlagForm::section_and_name},
    Setting{"ca_file", Unit::file, "certificates (PEM) that vouch for the brokers; when empty those of the machine", show_text<&K::ca_file>,
            set_text<&K::ca_file>, Section::kafka, FlagForm::section_and_name},
    Setting{"queue_max", Unit::count, "messages that may wait for the brokers' acknowledgement; changes behind them wait in the store",
            show_count<&K::queue_max>, set_count<&K::queue_max, 1, 1'000'000>, Section::kafka, FlagForm::section_and_name},
    Setting{"queue_bytes", Unit::bytes, "the same in bytes", show_size<&K::queue_bytes>, set_size<&K::queue_bytes, mib>, Section::kafka,
            FlagForm::section_and_name},
};

/// What the settings of the cluster say together.
Result<void> check_cluster(const CqlSettings& cql, bool has_password) {
    if (!cql.user.empty() && !has_password)
        return fail(Error::invalid(fmt::format(
            "the cluster's user {} has no password; name a file that holds it with --password-file, or set CARTWHEEL_CQL_PASSWORD",
            cql.user)));
    if (cql.user.empty() && has_password)
        return fail(Error::invalid("there is a password for the cluster and no user; name the user with --user"));
    if (cql.certificate_file.empty() != cql.key_file.empty())
        return fail(Error::invalid(
            "a certificate for the cluster needs its key, and a key its certificate; give both, --certificate-file and --key-file"));
    if (!cql.certificate_file.empty() && cql.ca_file.empty())
        return fail(Error::invalid(
            "a certificate is for TLS, and there is none without the certificates that vouch for the nodes; name them with --ca-file"));
    return {};
}

/// What the settings of Kafka say together.
Result<void> check_kafka(const KafkaSettings& kafka, bool has_password) {
    if (kafka.brokers.empty()) return {};
    const bool sasl = kafka.security == KafkaSecurity::sasl_plaintext || kafka.security == KafkaSecurity::sasl_ssl;
    const bool tls = kafka.security == KafkaSecurity::ssl || kafka.security == KafkaSecurity::sasl_ssl;
    if (sasl && (kafka.user.empty() || !has_password))
        return fail(Error::invalid(
            "Kafka's SASL needs a user and a password; give --kafka-user and --kafka-password-file, or set CARTWHEEL_KAFKA_PASSWORD"));
    // Whoever gives a password or an authority believes that it is used.
    if (!sasl && (!kafka.user.empty() || has_password))
        return fail(Error::invalid("there is a user or a password for Kafka and no SASL; add --kafka-security sasl_ssl or sasl_plaintext"));
    if (!tls && !kafka.ca_file.empty())
        return fail(Error::invalid("there are certificates for Kafka and no TLS; add --kafka-security ssl or sasl_ssl"));
    return {};
}

}  // namespace

Result<ListenAddress> ListenAddress::parse(std::string_view text) {
    const auto wrong = [&] {
        return fail(Error::invalid(
            fmt::format("\"{}\" is no address to listen on; write address:port, such as 127.0.0.1:8000 or [::1]:8000", text)));
    };
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return wrong();
    auto host = text.substr(0, colon);
    const auto port = parse_count(text.substr(colon + 1), 0, 65'535);
    if (!port) return wrong();
    const bool bracketed = host.size() > 2 && host.starts_with('[') && host.ends_with(']');
    if (bracketed) host = host.substr(1, host.size() - 2);
    if (host == "localhost") host = "127.0.0.1";
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(std::string(host), error);
    if (error || address.is_v6() != bracketed) return wrong();
    return ListenAddress{address.to_string(), static_cast<std::uint16_t>(*port)};
}

std::string ListenAddress::text() const {
    const bool v6 = host.find(':') != std::string::npos;
    return v6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

bool ListenAddress::is_loopback() const {
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(host, error);
    return !error && address.is_loopback();
}

std::string_view describe(Unit unit) noexcept {
    switch (unit) {
        case Unit::address: return "address:port";
        case Unit::yes_or_no: return "true or false";
        case Unit::count: return "a whole number";
        case Unit::choice: return "one of these words";
        case Unit::folder: return "a folder";
        case Unit::file: return "a file";
        case Unit::bytes: return "bytes: 64KiB, 256MiB, 1GiB";
        case Unit::duration: return "a duration: 500ms, 10s, 2m, 1h";
        case Unit::currency: return "three letters of ISO 4217";
        case Unit::hosts: return "host or host:port, one or a list";
        case Unit::text: return "a text";
    }
    return "";
}

std::string_view name_of(Section section) noexcept {
    switch (section) {
        case Section::top: return "";
        case Section::changes: return "changes";
        case Section::cql: return "cql";
        case Section::kafka: return "kafka";
    }
    return "";
}

std::string Setting::path() const { return section == Section::top ? std::string(name) : fmt::format("{}.{}", name_of(section), name); }

std::string Setting::flag() const {
    if (flag_form == FlagForm::none) return "";
    std::string out = flag_form == FlagForm::section_and_name ? fmt::format("--{}-{}", name_of(section), name) : fmt::format("--{}", name);
    std::ranges::replace(out, '_', '-');
    return out;
}

std::string Setting::variable() const {
    std::string out = section == Section::top ? fmt::format("CARTWHEEL_{}", name) : fmt::format("CARTWHEEL_{}_{}", name_of(section), name);
    for (auto& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

std::span<const Setting> settings_table() { return table; }

const Setting* find_setting(std::string_view path) {
    const auto found = std::ranges::find(table, path, &Setting::path);
    return found == table.end() ? nullptr : found;
}

Result<void> check(const Settings& settings) {
    TRY_VOID(check_cluster(settings.cql, !settings.cql.password.empty() || !settings.cql_password_file.empty()));
    TRY_VOID(check_kafka(settings.kafka, !settings.kafka.password.empty() || !settings.kafka_password_file.empty()));
    if (settings.allow_open_access || settings.listen.is_loopback()) return {};
    return fail(Error::invalid(fmt::format(
        "{} can be reached from other machines, and there are no users and keys yet: whoever connects may read and change everything. "
        "Listen on 127.0.0.1:{}, or say --allow-open-access when the network is yours alone",
        settings.listen.text(), settings.listen.port)));
}

}  // namespace cartwheel::app
