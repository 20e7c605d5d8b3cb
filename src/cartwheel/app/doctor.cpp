#include "cartwheel/app/doctor.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "cartwheel/app/address_check.h"
#include "cartwheel/app/disk_speed.h"
#include "cartwheel/app/units.h"
#include "cartwheel/base/time.h"
#include "cartwheel/engines/rocks/check.h"
#ifdef CARTWHEEL_CQL
#include "cartwheel/app/run_now.h"
#include "cartwheel/engines/cql/examine.h"
#include "cartwheel/engines/cql/operator.h"
#endif

namespace cartwheel::app {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t free_needed = std::uint64_t{64} << 20;
constexpr std::uint64_t free_wanted = std::uint64_t{1} << 30;
constexpr std::chrono::microseconds sync_wanted{20'000};
// Files that RocksDB, the listeners and the log may have open beside the connections.
constexpr std::uint64_t files_beside_connections = 1'024;

/// The folder itself, or the nearest one above it that exists.
fs::path nearest_existing(fs::path path) {
    std::error_code error;
    path = fs::absolute(path, error).lexically_normal();
    while (!fs::exists(path, error) && path.has_parent_path() && path != path.parent_path()) path = path.parent_path();
    return path;
}

Finding examine_folder(const fs::path& folder) {
    std::error_code error;
    const auto there = nearest_existing(folder);
    const bool exists = fs::exists(folder, error);
    if (!fs::is_directory(there, error))
        return {Health::failed, "folder", fmt::format("{} is no folder; name another one with --data", there.string())};
    if (::access(there.c_str(), R_OK | W_OK | X_OK) != 0)
        return {Health::failed, "folder",
                fmt::format("{}: {}; give it to the user that runs the service, or name another one with --data", there.string(),
                            std::strerror(errno))};
    if (!exists) return {Health::ok, "folder", fmt::format("{} is not there yet; serve makes it", folder.string())};
    struct stat status{};
    if (::stat(folder.c_str(), &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return {Health::warn, "folder",
                fmt::format("{} can be entered by other users; run: chmod 700 {}", folder.string(), folder.string())};
    return {Health::ok, "folder", fmt::format("{} is there, and its owner's alone", folder.string())};
}

Finding examine_space(const fs::path& folder) {
    struct statvfs status{};
    const auto there = nearest_existing(folder);
    if (::statvfs(there.c_str(), &status) != 0)
        return {Health::failed, "space", fmt::format("the free space of {} cannot be read: {}", there.string(), std::strerror(errno))};
    const auto free = static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
    const auto text = fmt::format("{} MiB are free on the disk of {}", free >> 20, there.string());
    if (free < free_needed) return {Health::failed, "space", text + ": writes will be refused with 507; make room"};
    if (free < free_wanted) return {Health::warn, "space", text + "; make room before it is full"};
    return {Health::ok, "space", text};
}

Finding examine_speed(const fs::path& folder) {
    const auto there = nearest_existing(folder);
    const auto speed = measure_syncs(there);
    if (!speed) return {Health::failed, "disk", speed.error().message};
    const auto text = fmt::format("making a write durable takes {:.2f} ms (the median of {})",
                                  static_cast<double>(speed->median.count()) / 1000.0, speed->syncs);
    if (speed->in_memory)
        return {Health::warn, "disk",
                fmt::format("{} is kept in memory: everything is gone when the machine stops; choose a folder on a disk", there.string())};
    if (speed->median > sync_wanted) return {Health::warn, "disk", text + "; each write waits that long, so choose a faster disk"};
    return {Health::ok, "disk", text};
}

Finding examine_store(const Settings& settings) {
    std::error_code error;
    if (!fs::exists(settings.data / "FORMAT", error)) return {Health::ok, "store", "there is none yet; serve makes it"};
    const auto checked = engines::rocks::check_folder(settings.data.string());
    if (checked)
        return {Health::ok, "store", fmt::format("opens, and its tables ({} MiB) are as they were written", checked->table_bytes >> 20)};
    if (checked.error().code == ErrorCode::unavailable) return {Health::ok, "store", "not looked into: " + checked.error().message};
    return {Health::failed, "store", checked.error().message};
}

Finding examine_address(const Settings& settings) {
    const auto text = settings.listen.text();
    const auto state = look_at_address(settings.listen);
    switch (state.kind) {
        case AddressState::Kind::free: return {Health::ok, "address", text + " is free"};
        case AddressState::Kind::cartwheel: return {Health::ok, "address", "a Cartwheel answers on " + text + " already"};
        case AddressState::Kind::taken:
            return {Health::failed, "address", text + " is in use by another program; stop that one, or choose another port with --listen"};
        case AddressState::Kind::impossible:
            return {Health::failed, "address",
                    fmt::format("{} cannot be listened on: {}; choose another with --listen", text, state.reason)};
    }
    return {Health::failed, "address", text};
}

Finding examine_open_files(const Settings& settings) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return {Health::warn, "files", fmt::format("the limit of open files cannot be read: {}", std::strerror(errno))};
    const auto needed = settings.connections_max + files_beside_connections;
    const auto text =
        limit.rlim_max == RLIM_INFINITY ? std::string("no limit of open files") : fmt::format("up to {} open files", limit.rlim_max);
    if (limit.rlim_max < needed)
        return {Health::warn, "files",
                fmt::format(
                    "{}, and {} connections need {}; raise the limit (ulimit -Hn, or LimitNOFILE= of systemd) or lower --connections-max",
                    text, settings.connections_max, needed)};
    return {Health::ok, "files", text};
}

Finding examine_clock() {
    timex state{};
    const auto status = ::adjtimex(&state);
    const auto now = rfc3339(SystemClock{}.now());
    // Before this program existed: a machine that lost its battery starts in 1970.
    if (now < std::string("2025")) return {Health::failed, "clock", fmt::format("it shows {}; set it, for orders carry its time", now)};
    if (status == TIME_ERROR)
        return {Health::warn, "clock", fmt::format("it shows {}, and nothing keeps it right; run a time service such as chrony", now)};
    return {Health::ok, "clock", fmt::format("it shows {}, and is kept right", now)};
}

#ifdef CARTWHEEL_CQL
Health health_of(engines::cql::ClusterFinding::Health health) {
    using Theirs = engines::cql::ClusterFinding::Health;
    switch (health) {
        case Theirs::ok: return Health::ok;
        case Theirs::warn: return Health::warn;
        case Theirs::failed: return Health::failed;
    }
    return Health::failed;
}

void examine_cluster(const Settings& settings, std::vector<Finding>& findings) {
    const auto driver = engines::cql::start_operator_driver(settings.cql);
    if (!driver) {
        findings.push_back({Health::failed, "cluster", driver.error().message});
        return;
    }
    for (auto& finding : run_now(engines::cql::examine_cluster(**driver, settings.cql)))
        findings.push_back({health_of(finding.health), std::move(finding.subject), std::move(finding.words)});
}
#else
// Settings that name the store cql are refused.
void examine_cluster(const Settings&, std::vector<Finding>&) {}
#endif

}  // namespace

std::vector<Finding> examine(const SettingSources& sources) {
    std::vector<Finding> findings;
    const auto loaded = load_settings(sources);
    if (!loaded) {
        findings.push_back({Health::failed, "settings", loaded.error().message});
        return findings;
    }
    const auto& settings = loaded->settings;
    findings.push_back(
        {Health::ok, "settings",
         loaded->file ? fmt::format("{} and what else was given are fine", loaded->file->string()) : "fine; no settings file"});
    for (const auto& warning : loaded->warnings) findings.push_back({Health::warn, "settings", warning});
    if (settings.store == StoreKind::rocks) {
        findings.push_back(examine_folder(settings.data));
        // What cannot be entered cannot be measured either.
        if (findings.back().health != Health::failed) {
            findings.push_back(examine_space(settings.data));
            findings.push_back(examine_store(settings));
            findings.push_back(examine_speed(settings.data));
        }
    }
    if (settings.store == StoreKind::cql) examine_cluster(settings, findings);
    findings.push_back(examine_address(settings));
    findings.push_back(examine_open_files(settings));
    findings.push_back(examine_clock());
    return findings;
}

}  // namespace cartwheel::app
