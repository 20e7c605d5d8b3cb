#include "cartwheel/engines/cql/bridged.h"

#include <algorithm>
#include <limits>

namespace cartwheel::engines::cql {
namespace {

std::uint32_t millis(std::chrono::milliseconds time) {
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(time.count(), 0, std::numeric_limits<std::uint32_t>::max()));
}

ffi::Consistency to_bridge(Consistency consistency) {
    switch (consistency) {
        case Consistency::one: return ffi::Consistency::One;
        case Consistency::local_one: return ffi::Consistency::LocalOne;
        case Consistency::quorum: return ffi::Consistency::Quorum;
        case Consistency::local_quorum: return ffi::Consistency::LocalQuorum;
        case Consistency::all: return ffi::Consistency::All;
        case Consistency::serial: return ffi::Consistency::Serial;
        case Consistency::local_serial: return ffi::Consistency::LocalSerial;
    }
    return ffi::Consistency::LocalQuorum;
}

}  // namespace

ffi::Options to_bridge(const StatementOptions& options) {
    return {.consistency = to_bridge(options.consistency),
            .serial_consistency = to_bridge(options.serial_consistency),
            .idempotent = options.idempotent,
            .conditional = options.conditional,
            .page_size = options.page_size,
            .timeout_ms = millis(options.timeout)};
}

ffi::Options to_bridge(const BatchOptions& options) {
    return {.consistency = to_bridge(options.consistency),
            .serial_consistency = to_bridge(options.serial_consistency),
            .idempotent = options.idempotent,
            .conditional = options.conditional,
            .page_size = 0,
            .timeout_ms = millis(options.timeout)};
}

ffi::Settings to_bridge(const DriverSettings& settings) {
    ffi::Settings bridged{.hosts = {},
                          .user = settings.user,
                          .password = settings.password,
                          .datacenter = settings.datacenter,
                          .ca_file = settings.ca_file,
                          .certificate_file = settings.certificate_file,
                          .key_file = settings.key_file,
                          .request_timeout_ms = millis(settings.request_timeout),
                          .connect_timeout_ms = millis(settings.connect_timeout),
                          .heartbeat_interval_ms = millis(settings.heartbeat_interval),
                          .heartbeat_timeout_ms = millis(settings.heartbeat_timeout),
                          .connections_per_host = settings.connections_per_host};
    for (const auto& host : settings.hosts) bridged.hosts.push_back(host);
    return bridged;
}

CqlError::Kind kind_of(ffi::ErrorKind kind) {
    using enum CqlError::Kind;
    switch (kind) {
        case ffi::ErrorKind::Unavailable: return unavailable;
        case ffi::ErrorKind::ReadTimeout: return read_timeout;
        case ffi::ErrorKind::WriteTimeout: return write_timeout;
        case ffi::ErrorKind::ClientTimeout: return client_timeout;
        case ffi::ErrorKind::Overloaded: return overloaded;
        case ffi::ErrorKind::Syntax: return syntax;
        case ffi::ErrorKind::Invalid: return invalid;
        case ffi::ErrorKind::Auth: return auth;
        case ffi::ErrorKind::ConnectionLost: return connection_lost;
        case ffi::ErrorKind::Aborted: return aborted;
        default: return other;
    }
}

WriteKind kind_of(ffi::WriteKind kind) {
    switch (kind) {
        case ffi::WriteKind::None: return WriteKind::none;
        case ffi::WriteKind::Simple: return WriteKind::simple;
        case ffi::WriteKind::Batch: return WriteKind::batch;
        case ffi::WriteKind::UnloggedBatch: return WriteKind::unlogged_batch;
        case ffi::WriteKind::Counter: return WriteKind::counter;
        case ffi::WriteKind::BatchLog: return WriteKind::batch_log;
        case ffi::WriteKind::Cas: return WriteKind::cas;
        default: return WriteKind::other;
    }
}

const char* name_of(CqlError::Kind kind) noexcept {
    using enum CqlError::Kind;
    switch (kind) {
        case unavailable: return "unavailable";
        case read_timeout: return "read_timeout";
        case write_timeout: return "write_timeout";
        case client_timeout: return "client_timeout";
        case overloaded: return "overloaded";
        case syntax: return "syntax";
        case invalid: return "invalid";
        case auth: return "auth";
        case connection_lost: return "connection_lost";
        case aborted: return "aborted";
        case other: break;
    }
    return "other";
}

}  // namespace cartwheel::engines::cql
