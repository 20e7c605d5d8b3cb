#pragma once
// What a long command says while it runs: one line that is rewritten on a terminal, a plain line once a second elsewhere, a JSON object
// once a second with --json. One thread. Nothing fails: a closed output says nothing.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>

namespace cartwheel::cli {

enum class ReportStyle : std::uint8_t { text, json };

class Progress {
public:
    Progress(std::FILE* out, ReportStyle style);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Whether it is time for another line: four times a second on a terminal, else once.
    bool is_due() const noexcept;

    /// Shows `line`: text, or a JSON object with --json.
    void show(std::string_view line);

    /// Shows `line`, in text alone, as the last of its kind: it stays.
    void settle(std::string_view line);

    /// A line that stays, above the one that is rewritten.
    void say(std::string_view line);

    bool is_json() const noexcept { return style_ == ReportStyle::json; }

private:
    void erase_line();

    std::FILE* out_;
    ReportStyle style_;
    bool terminal_;
    bool line_open_ = false;  // a line without its end stands on the terminal
    std::chrono::steady_clock::time_point shown_;
};

/// 21300 as "21,300".
std::string with_commas(std::uint64_t number);

/// "0.01 s", "12.3 s", "4 min 05 s".
std::string in_words(std::chrono::duration<double> time);

}  // namespace cartwheel::cli
