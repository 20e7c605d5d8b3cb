#include "cartwheel/app/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <string>

#include "cartwheel/app/units.h"

namespace cartwheel::app {
namespace {

using Show = std::string (*)(const Settings&);
using Set = Result<void> (*)(Settings&, std::string_view);

// One pair of functions a unit; `member` says which setting it is.
template <auto member>
std::string show_bool(const Settings& settings) {
    return settings.*member ? "true" : "false";
}
template <auto member>
Result<void> set_bool(Settings& settings, std::string_view text) {
    TRY(settings.*member, parse_yes_or_no(text));
    return {};
}

template <auto member>
std::string show_count(const Settings& settings) {
    return std::to_string(settings.*member);
}
template <auto member, std::uint64_t min, std::uint64_t max>
Result<void> set_count(Settings& settings, std::string_view text) {
    TRY(const auto count, parse_count(text, min, max));
    settings.*member = static_cast<std::remove_reference_t<decltype(settings.*member)>>(count);
    return {};
}

template <auto member>
std::string show_size(const Settings& settings) {
    return show_bytes(settings.*member);
}
template <auto member, std::size_t min>
Result<void> set_size(Settings& settings, std::string_view text) {
    constexpr std::size_t max = std::size_t{1} << 40;
    TRY(const auto bytes, parse_bytes(text));
    if (bytes < min || bytes > max)
        return fail(Error::invalid(fmt::format("\"{}\" is out of range; write {} to {}", text, show_bytes(min), show_bytes(max))));
    settings.*member = bytes;
    return {};
}

template <auto member>
std::string show_time(const Settings& settings) {
    return show_duration(settings.*member);
}
template <auto member>
Result<void> set_time(Settings& settings, std::string_view text) {
    TRY(settings.*member, parse_duration(text));
    return {};
}

std::string show_store(const Settings& settings) { return settings.store == StoreKind::rocks ? "rocks" : "memory"; }
Result<void> set_store(Settings& settings, std::string_view text) {
    if (text == "rocks") settings.store = StoreKind::rocks;
    else if (text == "memory") settings.store = StoreKind::memory;
    else if (text == "cql") return fail(Error::invalid("this build has no cluster engine (cql); write rocks, or memory to try things out"));
    else return fail(Error::invalid(fmt::format("\"{}\" is no store; write rocks or memory", text)));
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

Result<void> set_listen(Settings& settings, std::string_view text) {
    TRY(settings.listen, ListenAddress::parse(text));
    return {};
}

using S = Settings;
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

    Setting{"store", Unit::choice, "rocks keeps everything on disk; memory forgets it at the end", show_store, set_store},
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
};

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
        case Unit::bytes: return "bytes: 64KiB, 256MiB, 1GiB";
        case Unit::duration: return "a duration: 500ms, 10s, 2m, 1h";
        case Unit::currency: return "three letters of ISO 4217";
    }
    return "";
}

std::string Setting::flag() const {
    std::string out = "--" + std::string(name);
    std::ranges::replace(out, '_', '-');
    return out;
}

std::string Setting::variable() const {
    std::string out = "CARTWHEEL_" + std::string(name);
    for (auto& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

std::span<const Setting> settings_table() { return table; }

Result<void> check(const Settings& settings) {
    if (settings.allow_open_access || settings.listen.is_loopback()) return {};
    return fail(Error::invalid(fmt::format(
        "{} can be reached from other machines, and there are no users and keys yet: whoever connects may read and change everything. "
        "Listen on 127.0.0.1:{}, or say --allow-open-access when the network is yours alone",
        settings.listen.text(), settings.listen.port)));
}

}  // namespace cartwheel::app
