#include "cartwheel/cli/query_prompt.h"

#include <editline/readline.h>
#include <fmt/format.h>

#include <algorithm>
#include <clocale>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <vector>

#include "cartwheel/base/nearest.h"
#include "cartwheel/base/text.h"
#include "cartwheel/query/functions.h"
#include "cartwheel/query/statement.h"
#include "cartwheel/query/tables.h"

namespace cartwheel::cli {
namespace {

constexpr const char* greeting =
    "SQL over the shop's tables and their change logs; a statement ends with a semicolon.\n"
    "\\d lists the tables, \\d NAME shows one, \\? helps, \\q leaves.\n";
constexpr const char* help =
    "A statement may go over several lines and ends with a semicolon.\n"
    "  \\d        the tables and views\n"
    "  \\d NAME   the columns of one\n"
    "  \\c        drops the lines typed so far\n"
    "  \\q        leaves, as Ctrl-D does\n"
    "Tab completes names; the arrow keys bring earlier lines back. On a cluster there are its own tables alone, and its own CQL.\n";
constexpr int history_lines_max = 1'000;

struct Freeing {
    void operator()(char* text) const noexcept { std::free(text); }  // NOLINT(cppcoreguidelines-no-malloc): readline's own
};
using Line = std::unique_ptr<char, Freeing>;

const std::vector<std::string>& known_words() {
    static const auto words = [] {
        std::vector<std::string> all = {"SELECT",
                                        "FROM",
                                        "WHERE",
                                        "GROUP BY",
                                        "ORDER BY",
                                        "LIMIT",
                                        "HAVING",
                                        "JOIN",
                                        "LEFT JOIN",
                                        "AND",
                                        "OR",
                                        "NOT",
                                        "IN",
                                        "LIKE",
                                        "BETWEEN",
                                        "AS",
                                        "ALLOW FILTERING",
                                        "DISTINCT",
                                        "count(",
                                        "sum(",
                                        "avg(",
                                        "min(",
                                        "max(",
                                        "round(",
                                        "CASE",
                                        "WITH",
                                        "OVER",
                                        "NULL",
                                        "true",
                                        "false",
                                        "ecommerce",
                                        "DESC",
                                        "USING",
                                        "WINDOW"};
        for (const auto& table : query::tables()) {
            all.push_back(table.name);
            for (const auto& column : table.columns) all.push_back(column.name);
        }
        for (const auto& view : query::views()) all.emplace_back(view.name);
        for (const auto name : query::function_names()) all.push_back(std::string(name) + "(");
        std::ranges::sort(all);
        const auto repeated = std::ranges::unique(all);
        all.erase(repeated.begin(), repeated.end());
        return all;
    }();
    return words;
}

/// readline asks for one match after the other; `state` is 0 for the first.
char* next_match(const char* begun, int state) {
    static std::size_t at = 0;
    if (state == 0) at = 0;
    const std::string_view start = begun;
    for (const auto& words = known_words(); at < words.size();) {
        const auto& word = words[at++];
        if (equal_ignoring_case(std::string_view(word).substr(0, start.size()), start)) return strdup(word.c_str());
    }
    return nullptr;
}

char** complete(const char* begun, int, int) {
    rl_attempted_completion_over = 1;  // no file names
    return rl_completion_matches(begun, next_match);
}

/// Beside what other programs remember; none where there is no home.
std::filesystem::path history_file() {
    const char* state = std::getenv("XDG_STATE_HOME");
    const char* home = std::getenv("HOME");
    std::filesystem::path folder;
    if (state != nullptr && *state == '/') folder = state;
    else if (home != nullptr && *home == '/') folder = std::filesystem::path(home) / ".local" / "state";
    else return {};
    return folder / "cartwheel" / "query_history";
}

class History {
public:
    History() : file_(history_file()) {
        using_history();
        stifle_history(history_lines_max);
        if (!file_.empty()) read_history(file_.c_str());
    }
    History(const History&) = delete;
    History& operator=(const History&) = delete;
    ~History() = default;

    /// Kept at once, as Ctrl-C ends the program.
    void add(const std::string& line) {
        if (line.empty() || line == last_) return;
        add_history(line.c_str());
        last_ = line;
        if (file_.empty()) return;
        std::error_code error;
        std::filesystem::create_directories(file_.parent_path(), error);
        if (!error) write_history(file_.c_str());
    }

private:
    std::filesystem::path file_;
    std::string last_;
};

std::string trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\n");
    if (begin == std::string_view::npos) return {};
    return std::string(text.substr(begin, text.find_last_not_of(" \t\n;") + 1 - begin));
}

}  // namespace

std::string describe_tables() {
    std::string out = "Tables in ecommerce\n";
    for (const auto& table : query::tables()) {
        out += "  " + table.name + "(";
        for (const auto& column : table.columns) out += (&column == &table.columns.front() ? "" : ", ") + column.name;
        out += ")\n";
    }
    out += "Views\n";
    for (const auto& view : query::views()) out += fmt::format("  {}({})\n      {}\n", view.name, view.columns, view.about);
    return out;
}

std::string describe_table(const std::string& name) {
    auto bare = name;
    if (const auto schema = std::string(query::keyspace) + "."; bare.starts_with(schema)) bare.erase(0, schema.size());
    if (const auto* table = query::find_table(bare)) {
        std::string out;
        for (const auto& column : table->columns)
            out += fmt::format("  {:<28} {}{}\n", column.name, column.type, column.is_key ? ", key" : "");
        return out;
    }
    for (const auto& view : query::views())
        if (view.name == bare) return fmt::format("  {}({})\n{}\n{}\n", view.name, view.columns, view.about, view.select);
    std::vector<std::string> known;
    for (const auto& table : query::tables()) known.push_back(table.name);
    for (const auto& view : query::views()) known.emplace_back(view.name);
    return fmt::format("There is no table {}{}.\n", name, did_you_mean(bare, known));
}

void prompt_for_statements(const std::function<void(const std::string& statement)>& run) {
    std::setlocale(LC_CTYPE, "");
    static char program[] = "cartwheel";
    static char breaks[] = " \t\n\"'`><=;|&{(,.+-*/";
    rl_readline_name = program;
    rl_basic_word_break_characters = breaks;
    rl_attempted_completion_function = complete;
    History history;
    fmt::print("{}", greeting);
    std::string typed;
    while (true) {
        const Line line(readline(typed.empty() ? "cartwheel> " : "      ...> "));
        if (!line) break;
        history.add(line.get());
        const auto word = trimmed(line.get());
        if (word.starts_with('\\')) {
            typed.clear();
            if (word == "\\q") return;
            if (word == "\\c") continue;
            if (word == "\\d") fmt::print("{}", describe_tables());
            else if (word.starts_with("\\d ")) fmt::print("{}", describe_table(trimmed(word.substr(3))));
            else fmt::print("{}", help);
            continue;
        }
        if (typed.empty() && (word == "exit" || word == "quit")) {
            return;
        }
        typed += typed.empty() ? line.get() : std::string("\n") + line.get();
        auto pieces = query::split(typed);
        for (const auto& statement : pieces.statements) run(statement);
        typed = trimmed(pieces.rest).empty() ? std::string() : std::move(pieces.rest);
    }
    fmt::print("\n");
}

}  // namespace cartwheel::cli
