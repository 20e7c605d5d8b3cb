#pragma once
// Log lines on standard error: time in UTC, level, text. Any thread may write and none waits for it: lines go through a bounded queue
// whose oldest are dropped when nobody takes them away, so a stuck terminal or pipe never holds up a request.
// The process has one log; `start` gives its owner, made first and destroyed last in main. Without one, lines are written at once.
// Nothing fails. Control characters in a text are escaped, so a line stays a line.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace cartwheel::log {

enum class Level : std::uint8_t { trace, debug, info, warn, error, off };

/// Nothing when there is no such level.
std::optional<Level> parse_level(std::string_view name) noexcept;
const char* name_of(Level level) noexcept;

/// Keeps the log's queue and thread. Its end writes what still waits; no other thread may write by then.
class Running {
public:
    Running(Running&&) noexcept;
    Running& operator=(Running&&) = delete;
    ~Running();

private:
    struct Parts;
    explicit Running(std::unique_ptr<Parts> parts);
    friend Running start(Level level, bool requests, std::size_t queue_max);
    std::unique_ptr<Parts> parts_;
};

/// From now on lines of `level` and above are kept, and request lines when `requests` is set.
[[nodiscard]] Running start(Level level, bool requests, std::size_t queue_max = 8192);

/// Whether a line of `level` would be kept: ask before building a costly text.
bool enabled(Level level) noexcept;
bool requests_enabled() noexcept;

void write(Level level, std::string_view text);
inline void debug(std::string_view text) { write(Level::debug, text); }
inline void info(std::string_view text) { write(Level::info, text); }
inline void warn(std::string_view text) { write(Level::warn, text); }
inline void error(std::string_view text) { write(Level::error, text); }

/// A line about one request, whatever the level. Kept only when `requests_enabled`.
void request(std::string_view text);

/// For a process that is about to end itself: written before this returns, past the queue.
void last_words(std::string_view text) noexcept;

}  // namespace cartwheel::log
