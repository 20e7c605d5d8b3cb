// Starts the service, says where it is, and waits for the signal to stop.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "cartwheel/app/service.h"
#include "cartwheel/app/settings_sources.h"
#include "cartwheel/base/log.h"
#include "cartwheel/cli/command.h"
#include "cartwheel/cli/setting_flags.h"

namespace cartwheel::cli {
namespace {

/// SIGTERM and SIGINT, held back from every thread so that this one can wait for them. Made before any other thread.
class StopSignals {
public:
    StopSignals() {
        sigemptyset(&set_);
        sigaddset(&set_, SIGTERM);
        sigaddset(&set_, SIGINT);
        pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    }

    void wait() const {
        int signal = 0;
        while (sigwait(&set_, &signal) != 0) {
        }
    }

    /// From now on a signal ends the process at once. What was answered is on disk either way.
    void end_at_once() const {
        struct sigaction action = {};
        action.sa_handler = [](int) {
            constexpr std::string_view words = "cartwheel: stopped at once\n";
            [[maybe_unused]] const auto written = ::write(STDERR_FILENO, words.data(), words.size());
            ::_exit(exit_interrupted);
        };
        sigaction(SIGTERM, &action, nullptr);
        sigaction(SIGINT, &action, nullptr);
        pthread_sigmask(SIG_UNBLOCK, &set_, nullptr);
    }

private:
    sigset_t set_{};
};

// Each connection is an open file, and the usual soft limit of 1,024 is kept low for programs that use select().
void raise_open_files() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/// The service's address as this machine reaches it: nobody can open http://0.0.0.0.
std::string local_url(const app::ListenAddress& listen, std::string url) {
    const bool everywhere = listen.host == "0.0.0.0" || listen.host == "::";
    if (everywhere) url.replace(url.find("//") + 2, url.rfind(':') - url.find("//") - 2, listen.host == "::" ? "[::1]" : "127.0.0.1");
    return url;
}

void print_banner(const app::LoadedSettings& loaded, const std::string& base_url) {
    const auto& settings = loaded.settings;
    const auto url = local_url(settings.listen, base_url);
    std::error_code unknown;
    const auto folder = std::filesystem::weakly_canonical(settings.data, unknown);
    fmt::print("Cartwheel {}\n\n", CARTWHEEL_VERSION);
    switch (settings.store) {
        case app::StoreKind::rocks:
            fmt::print("  Store    rocks, everything is on disk before it is answered\n");
            fmt::print("  Folder   {}\n", unknown ? settings.data.string() : folder.string());
            break;
        case app::StoreKind::memory: fmt::print("  Store    memory, everything is forgotten at the end\n"); break;
        case app::StoreKind::cql:
            fmt::print("  Store    cql, a quorum of the cluster has a write before it is answered\n");
            fmt::print("  Cluster  {}, keyspace {}\n", fmt::join(settings.cql.hosts, ", "), settings.cql.keyspace);
            break;
    }
    if (loaded.file) fmt::print("  Settings {}\n", loaded.file->string());
    fmt::print("  API      {}{}\n", url, url == base_url ? "" : " and every other address of this machine");
    fmt::print("  Docs     {}/docs\n", url);
    fmt::print("  Metrics  {}/metrics\n", url);
    fmt::print("\n  Shop       {}/shop\n  Dashboard  {}/dashboard\n", url, url);
    fmt::print("\nCtrl-C stops it.\n");
    std::fflush(stdout);
}

Exit serve(const SettingFlags& flags) {
    const auto loaded = app::load_settings(flags.sources());
    if (!loaded) {
        complain(loaded.error().message);
        return exit_usage;
    }
    const auto& settings = loaded->settings;
    const StopSignals signals;
    // A client that goes away is an error of one write, never the end of the process.
    std::signal(SIGPIPE, SIG_IGN);
    raise_open_files();
    const auto log = log::start(settings.log_level, settings.log_requests);
    for (const auto& warning : loaded->warnings) log::warn(warning);

    auto service = app::Service::start(settings);
    if (!service) {
        complain(service.error().message);
        return exit_failed;
    }
    print_banner(*loaded, (*service)->base_url());
    signals.wait();
    signals.end_at_once();
    log::info("stopping: running requests end, new ones are refused");
    (*service)->stop();
    service->reset();
    log::info("stopped");
    return exit_done;
}

}  // namespace

void add_serve(CLI::App& root, Exit& exit) {
    auto* command = root.add_subcommand("serve", "runs the service");
    command->footer(
        "\nSettings: flags over environment (CARTWHEEL_LISTEN, ...) over cartwheel.toml over defaults.\n"
        "SIGTERM and Ctrl-C stop it cleanly; a second one ends it at once.\n\n"
        "  cartwheel serve --sample                               try it out, with products in it\n"
        "  cartwheel serve --data /var/lib/cartwheel --threads 4\n"
        "  cartwheel serve --store memory --listen 127.0.0.1:0    a free port, nothing kept\n"
        "  CARTWHEEL_CACHE=1GiB cartwheel serve\n"
        "  cartwheel serve --store cql --host 10.0.0.1 --host 10.0.0.2   after `cartwheel schema`\n\n"
        "Exit codes: 0 stopped; 3 could not start; 4 ended at once; 64 wrong usage.");
    auto flags = std::make_shared<SettingFlags>(*command);
    command->callback([&exit, flags] { exit = serve(*flags); });
}

}  // namespace cartwheel::cli
