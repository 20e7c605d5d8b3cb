#pragma once
// What `cartwheel serve` may be told, and the one table that names each setting: flags, environment, settings file and help come
// from it. Plain values, filled before the service starts and constant from then on. A text that is no value of its setting is
// `invalid`, with words for whoever wrote it.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "cartwheel/base/error.h"
#include "cartwheel/base/log.h"
#include "cartwheel/changes/kafka_settings.h"
#include "cartwheel/engines/cql/settings.h"

namespace cartwheel::app {

enum class StoreKind : std::uint8_t { rocks, memory, cql };

/// Where to listen: an address of this machine, never a name that has to be looked up.
struct ListenAddress {
    std::string host = "127.0.0.1";  ///< IPv4 or IPv6, without brackets
    std::uint16_t port = 8000;       ///< 0 takes a free one

    /// `127.0.0.1:8000`, `[::1]:8000`, `localhost:8000`. Errors: invalid.
    static Result<ListenAddress> parse(std::string_view text);

    std::string text() const;  ///< as `parse` takes it
    bool is_loopback() const;  ///< whether only this machine can reach it
};

/// Of the changes that followers read.
struct ChangesSettings {
    std::chrono::milliseconds retention{86'400'000};  ///< 0: all are kept
    std::size_t streams_max = 1'000;                  ///< of GET /changes at once; further ones are answered 503
    std::chrono::milliseconds keep_alive{15'000};     ///< a stream's client hears something at least this often
    std::chrono::milliseconds poll_interval{500};     ///< between looks into a cluster's log, while somebody follows
};

struct Settings {
    ListenAddress listen;
    bool allow_open_access = false;  ///< without it only loopback addresses may be listened on: there are no users and keys yet
    unsigned threads = 0;            ///< io threads; 0: one a core

    StoreKind store = StoreKind::rocks;
    std::filesystem::path data = "./cartwheel-data";   ///< the folder of the embedded store
    std::size_t cache_bytes = std::size_t{256} << 20;  ///< block cache of the embedded store
    std::size_t write_buffer_bytes = std::size_t{64} << 20;
    std::size_t queue_max = 4096;                     ///< writes that may wait; more are answered 503
    std::chrono::milliseconds queue_wait_max{5'000};  ///< a write that waited longer is answered 503 and not done

    bool sample = false;           ///< load the sample catalogue when there are no products
    std::string currency = "USD";  ///< ISO 4217, of orders made from now on

    std::chrono::milliseconds header_timeout{10'000};  ///< from the first byte of a request to the end of its headers
    std::chrono::milliseconds body_timeout{30'000};    ///< for the next part of a body to arrive, and of an answer to leave
    std::chrono::milliseconds idle_timeout{75'000};    ///< between requests
    std::chrono::milliseconds stop_timeout{10'000};    ///< for running requests to end when stopping
    std::size_t connections_max = 20'000;              ///< further ones are answered 503 and closed
    std::size_t requests_max = 8'192;                  ///< requests being worked on at once; further ones are answered 503

    log::Level log_level = log::Level::info;
    bool log_requests = false;  ///< one line a request

    engines::cql::CqlSettings cql;            ///< of the store cql
    std::filesystem::path cql_password_file;  ///< what it holds is in `cql.password` once the settings are loaded

    ChangesSettings changes;

    changes::KafkaSettings kafka;
    std::filesystem::path kafka_password_file;  ///< what it holds is in `kafka.password` once the settings are loaded
};

/// How a value is written; the unit that help and settings file name.
enum class Unit : std::uint8_t { address, yes_or_no, count, choice, folder, file, bytes, duration, currency, hosts, text };

/// What the settings file says of a unit: "bytes, such as 256MiB".
std::string_view describe(Unit unit) noexcept;

/// Where a setting stands in the settings file: at its top, or below a name such as [cql].
enum class Section : std::uint8_t { top, changes, cql, kafka };
inline constexpr std::array named_sections{Section::changes, Section::cql, Section::kafka};

/// As the settings file calls it; empty for the top.
std::string_view name_of(Section section) noexcept;

/// A flag is the name alone where that is enough, or the section (`--cql-`) and the name. A secret has none: other users see command lines.
enum class FlagForm : std::uint8_t { name, section_and_name, none };

/// One row of the table.
struct Setting {
    std::string_view name;  ///< in the settings file; --with-hyphens as a flag, CARTWHEEL_IN_CAPITALS in the environment
    Unit unit;
    std::string_view help;  ///< one line, without a full stop
    std::string (*show)(const Settings& settings);  ///< the value as text, which `set` takes; never a secret
    Result<void> (*set)(Settings& settings, std::string_view text);  ///< errors: invalid
    Section section = Section::top;
    FlagForm flag_form = FlagForm::name;

    std::string path() const;  ///< "queue_max", "cql.queue_max": one of its kind
    std::string flag() const;  ///< "--queue-max", "--cql-queue-max"; empty when there is none
    std::string variable() const;  ///< "CARTWHEEL_QUEUE_MAX", "CARTWHEEL_CQL_QUEUE_MAX"
};

/// Every setting, in the order in which help and settings file show them.
std::span<const Setting> settings_table();

/// Nothing when there is no such path.
const Setting* find_setting(std::string_view path);

/// What no single setting can say: that open access is meant where others could connect, that a user has a password. Errors: invalid.
Result<void> check(const Settings& settings);

}  // namespace cartwheel::app
