#include "cartwheel/base/log.h"

#include <fmt/format.h>
#include <spdlog/async.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <string>

namespace cartwheel::log {
namespace {

constexpr std::array<const char*, 6> level_names{"trace", "debug", "info", "warn", "error", "off"};

// Read by every thread, set by `start` and by the owner's end, both while no other thread writes.
std::atomic<spdlog::async_logger*> current{nullptr};
std::atomic<Level> least{Level::info};
std::atomic<bool> keeps_requests{false};

spdlog::level::level_enum to_spdlog(Level level) {
    switch (level) {
        case Level::trace: return spdlog::level::trace;
        case Level::debug: return spdlog::level::debug;
        case Level::info: return spdlog::level::info;
        case Level::warn: return spdlog::level::warn;
        case Level::error: return spdlog::level::err;
        case Level::off: return spdlog::level::off;
    }
    return spdlog::level::off;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// A line break or an escape sequence from a request must not make a line of its own or paint the terminal.
std::string escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 16);
    for (const char c : text) {
        if (is_control(c)) fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
        else out += c;
    }
    return out;
}

void hand_over(spdlog::async_logger& logger, Level level, std::string_view text) {
    const auto as = to_spdlog(level);
    if (std::ranges::none_of(text, is_control)) return logger.log(as, spdlog::string_view_t(text.data(), text.size()));
    const auto safe = escaped(text);
    logger.log(as, spdlog::string_view_t(safe.data(), safe.size()));
}

}  // namespace

struct Running::Parts {
    std::shared_ptr<spdlog::details::thread_pool> pool;
    std::shared_ptr<spdlog::async_logger> logger;
};

Running::Running(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) { current.store(parts_->logger.get()); }
Running::Running(Running&&) noexcept = default;

Running::~Running() {
    if (!parts_) return;
    current.store(nullptr);
    const auto dropped = parts_->pool->overrun_counter();
    // The pool's end joins its thread, which first writes everything that waits. Only then is the logger nobody's.
    parts_->pool.reset();
    parts_->logger.reset();
    if (dropped > 0) last_words(fmt::format("{} log lines were dropped: nobody took them away in time", dropped));
}

std::optional<Level> parse_level(std::string_view name) noexcept {
    const auto at = std::ranges::find(level_names, name);
    if (at == level_names.end()) return std::nullopt;
    return static_cast<Level>(at - level_names.begin());
}

const char* name_of(Level level) noexcept { return level_names[static_cast<std::size_t>(level)]; }

Running start(Level level, bool requests, std::size_t queue_max) {
    auto parts = std::make_unique<Running::Parts>();
    parts->pool = std::make_shared<spdlog::details::thread_pool>(queue_max, 1);
    parts->logger = std::make_shared<spdlog::async_logger>("cartwheel", std::make_shared<spdlog::sinks::stderr_sink_st>(), parts->pool,
                                                           spdlog::async_overflow_policy::overrun_oldest);
    parts->logger->set_level(spdlog::level::trace);
    parts->logger->set_formatter(
        std::make_unique<spdlog::pattern_formatter>("%Y-%m-%dT%H:%M:%S.%eZ %-7l %v", spdlog::pattern_time_type::utc));
    least.store(level);
    keeps_requests.store(requests);
    return Running(std::move(parts));
}

bool enabled(Level level) noexcept { return level != Level::off && level >= least.load(std::memory_order_relaxed); }
bool requests_enabled() noexcept { return keeps_requests.load(std::memory_order_relaxed); }

void write(Level level, std::string_view text) {
    if (!enabled(level)) return;
    if (auto* logger = current.load(std::memory_order_acquire)) return hand_over(*logger, level, text);
    last_words(fmt::format("{:<7} {}", name_of(level), text));
}

void request(std::string_view text) {
    if (!requests_enabled()) return;
    if (auto* logger = current.load(std::memory_order_acquire)) hand_over(*logger, Level::info, text);
}

void last_words(std::string_view text) noexcept {
    try {
        auto line = escaped(text) + '\n';
        std::string_view left = line;
        while (!left.empty()) {
            const auto written = ::write(STDERR_FILENO, left.data(), left.size());
            if (written <= 0) return;
            left.remove_prefix(static_cast<std::size_t>(written));
        }
    } catch (...) {
        // There is nowhere left to say so.
    }
}

}  // namespace cartwheel::log
