#include "cartwheel/cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

namespace cartwheel::cli {

using namespace std::chrono_literals;

Progress::Progress(std::FILE* out, ReportStyle style)
    : out_(out),
      style_(style),
      terminal_(style == ReportStyle::text && isatty(fileno(out)) != 0),
      shown_(std::chrono::steady_clock::now()) {}

bool Progress::is_due() const noexcept { return std::chrono::steady_clock::now() - shown_ >= (terminal_ ? 250ms : 1000ms); }

void Progress::erase_line() {
    if (!line_open_) return;
    std::fputs("\r\x1b[K", out_);
    line_open_ = false;
}

void Progress::show(std::string_view line) {
    erase_line();
    fmt::print(out_, "{}", line);
    if (terminal_) line_open_ = true;
    else std::fputc('\n', out_);
    std::fflush(out_);
    shown_ = std::chrono::steady_clock::now();
}

void Progress::settle(std::string_view line) {
    if (is_json()) return;
    say(line);
}

void Progress::say(std::string_view line) {
    erase_line();
    fmt::print(out_, "{}\n", line);
    std::fflush(out_);
}

std::string with_commas(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
    return digits;
}

std::string in_words(std::chrono::duration<double> time) {
    const double seconds = time.count();
    if (seconds < 10) return fmt::format("{:.2f} s", seconds);
    if (seconds < 120) return fmt::format("{:.1f} s", seconds);
    const auto whole = static_cast<long>(seconds);
    return fmt::format("{} min {:02} s", whole / 60, whole % 60);
}

}  // namespace cartwheel::cli
