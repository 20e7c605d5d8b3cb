#include "tidy/rules.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <optional>
#include <regex>

namespace tidy {

namespace {

using namespace std::string_view_literals;

struct Folder {
    std::string_view name;
    std::vector<std::string_view> may_include;  ///< beside itself and base
};

// Below src/cartwheel. A folder that is not here may include nothing but base.
const std::vector<Folder>& folders() {
    static const std::vector<Folder> table = {
        {"base", {}},
        {"assets", {}},
        {"reflect", {}},
        {"csv", {"reflect"}},
        {"domain", {}},
        {"store", {"domain"}},
        {"changes", {"store", "domain", "reflect"}},
        {"query", {"changes", "store", "domain", "reflect"}},
        {"engines/memory", {"store", "domain", "reflect", "changes"}},
        {"engines/rocks", {"store", "domain", "reflect", "changes"}},
        {"engines/cql", {"store", "domain", "reflect", "changes"}},
        {"http", {"reflect"}},
        {"client", {"reflect"}},
        {"api", {"http", "domain", "store", "changes", "query", "reflect", "csv", "assets"}},
        {"app",
         {"api", "http", "client", "changes", "query", "engines/memory", "engines/rocks", "engines/cql", "store", "domain", "reflect",
          "csv", "assets"}},
        {"cli", {"app", "client", "query", "reflect", "domain", "csv", "assets"}},
    };
    return table;
}

struct HeavyHeader {
    std::string_view start;                ///< of what stands in the include
    std::vector<std::string_view> places;  ///< starts of paths below src/cartwheel
};

const std::vector<HeavyHeader>& heavy_headers() {
    static const std::vector<HeavyHeader> table = {
        {"boost/beast", {"http/", "client/"}}, {"rocksdb/", {"engines/rocks/"}}, {"sqlite3", {"query/"}},
        {"cql_bridge/", {"engines/cql/"}},     {"librdkafka/", {"changes/"}},    {"prometheus/", {"http/", "app/"}},
        {"spdlog/", {"base/log.", "app/"}},
    };
    return table;
}

constexpr std::size_t lines_max = 500;
constexpr std::size_t beast_files_max = 4;  // the parser, the connection, who owns connections, and the client
constexpr std::string_view library_root = "src/cartwheel/";

bool is_cpp(std::string_view path) { return path.ends_with(".cpp") || path.ends_with(".h"); }

bool is_code(std::string_view path) {
    static constexpr std::array endings = {".cpp"sv, ".h"sv, ".py"sv, ".cmake"sv, "CMakeLists.txt"sv, ".js"sv, ".sh"sv, ".rs"sv};
    return std::ranges::any_of(endings, [&](std::string_view ending) { return path.ends_with(ending); });
}

/// Calls `look` with each line and its number.
template <class Look>
void each_line(std::string_view text, Look look) {
    int number = 0;
    while (!text.empty()) {
        const auto end = text.find('\n');
        look(++number, text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
}

struct Include {
    int line;
    bool quoted;
    std::string name;
};

std::vector<Include> includes_of(const Source& source) {
    static const std::regex pattern(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
    std::vector<Include> found;
    each_line(source.text, [&](int number, std::string_view line) {
        std::match_results<std::string_view::const_iterator> match;
        if (std::regex_search(line.begin(), line.end(), match, pattern)) found.push_back({number, match[1] == "\"", match[2]});
    });
    return found;
}

std::optional<std::string_view> below(std::string_view root, std::string_view path) {
    if (!path.starts_with(root)) return std::nullopt;
    return path.substr(root.size());
}

/// The folder of a path below src/cartwheel: `engines/rocks` of `engines/rocks/codec.h`, none of a file beside the folders.
std::string_view folder_of(std::string_view path) {
    const auto end = path.rfind('/');
    return end == std::string_view::npos ? "" : path.substr(0, end);
}

/// Those lines of `source` that `pattern` is found in.
Violations lines_with(const Source& source, const std::regex& pattern, const std::string& what) {
    Violations found;
    each_line(source.text, [&](int number, std::string_view line) {
        if (std::regex_search(line.begin(), line.end(), pattern)) found.push_back({source.path, number, what});
    });
    return found;
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (!std::isalnum(static_cast<unsigned char>(c)) && c != '/') out += '\\';
        out += c;
    }
    return out;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

/// The first cell of a row of a Markdown table, without backticks; none where the line is no row.
std::optional<std::string> first_cell(std::string_view line) {
    line = trimmed(line);
    if (!line.starts_with('|')) return std::nullopt;
    std::string cell(trimmed(line.substr(1, line.find('|', 1) - 1)));
    std::erase(cell, '`');
    return cell;
}

/// Whether a word in backticks is a path of this project rather than a route, an option, a media type or something that is built.
bool is_path(const std::string& word) {
    static const std::regex shape(R"([\w.][\w./-]*)");
    static const std::regex ending(R"(\.(cpp|h|md|py|txt|cmake|json|toml|csv|js|html|svg|rs|sh)$)");
    static const std::regex elsewhere(R"(^(build|cartwheel-data|application|text|image|boost|rocksdb|prometheus|spdlog)/)");
    if (!std::regex_match(word, shape) || std::regex_search(word, elsewhere)) return false;
    return word.contains('/') || std::regex_search(word, ending);
}

bool leads_somewhere(const std::string& path, const std::function<bool(const std::string&)>& exists) {
    for (const std::string root : {"", "src/", "src/cartwheel/"}) {
        // The walk through a request names a header and its source as one.
        for (const std::string ending : {"", ".h", ".cpp", ".py"}) {
            if (exists(root + path + ending)) return true;
        }
    }
    return false;
}

}  // namespace

Violations includes_outside_the_table(const Source& source) {
    const auto place = below(library_root, source.path);
    if (!place || !is_cpp(source.path)) return {};
    const auto from = folder_of(*place);
    const auto row = std::ranges::find(folders(), from, &Folder::name);

    Violations found;
    for (const auto& include : includes_of(source)) {
        const auto target = below("cartwheel/", include.name);
        if (!target) {
            if (include.quoted && include.name.ends_with(".h")) {
                found.push_back({source.path, include.line, "\"" + include.name + "\" is to be named from src/: \"cartwheel/...\""});
            }
            continue;
        }
        const auto to = folder_of(*target);
        if (to == from || to == "base") continue;
        if (row != folders().end() && std::ranges::count(row->may_include, to)) continue;
        found.push_back(
            {source.path, include.line,
             std::string(from) + " may not include " + std::string(to) + " (" + include.name + "); the table is in tests/tidy/rules.cpp"});
    }
    return found;
}

Violations heavy_headers_outside_their_folder(const Source& source) {
    const auto place = below(library_root, source.path);
    if (!place || !is_cpp(source.path)) return {};
    Violations found;
    for (const auto& include : includes_of(source)) {
        for (const auto& [start, places] : heavy_headers()) {
            if (!include.name.starts_with(start)) continue;
            if (std::ranges::any_of(places, [&](std::string_view allowed) { return place->starts_with(allowed); })) continue;
            std::string where;
            for (const auto allowed : places) where += (where.empty() ? "" : ", ") + std::string(allowed);
            found.push_back({source.path, include.line, "<" + include.name + "> belongs to " + where + " only"});
        }
    }
    return found;
}

Violations beast_in_many_files(std::span<const Source> sources) {
    // Those that pass Beast on: in a round each of their includers is found, until a round finds no more.
    std::map<std::string, std::string> through;  // path, and the include that brings Beast there
    for (bool more = true; more;) {
        more = false;
        for (const auto& source : sources) {
            if (!source.path.starts_with(library_root) || !is_cpp(source.path) || through.contains(source.path)) continue;
            for (const auto& include : includes_of(source)) {
                if (!include.name.starts_with("boost/beast") && !through.contains("src/" + include.name)) continue;
                through.emplace(source.path, include.name);
                more = true;
                break;
            }
        }
    }
    std::erase_if(through, [](const auto& entry) { return entry.first.ends_with(".h"); });
    if (through.size() <= beast_files_max) return {};

    Violations found;
    for (const auto& [path, include] : through) {
        found.push_back({path, 0,
                         "compiles Beast through " + include + ", as " + std::to_string(through.size()) + " sources do; " +
                             std::to_string(beast_files_max) + " may"});
    }
    return found;
}

Violations long_files(const Source& source) {
    if (!is_code(source.path)) return {};
    const auto lines = static_cast<std::size_t>(std::ranges::count(source.text, '\n'));
    if (lines <= lines_max) return {};
    return {{source.path, 0, std::to_string(lines) + " lines; a file has " + std::to_string(lines_max) + " at most"}};
}

Violations machine_paths(const Source& source, std::string_view workplace) {
    // Written apart, so that this file keeps its own rule.
    std::string roots =
        "/ho"
        "me/|/ro"
        "ot/|/Us"
        "ers/";
    if (std::ranges::count(workplace, '/') > 1) roots += "|" + escaped(workplace);
    // Not in the middle of a path or an address.
    return lines_with(source, std::regex("(^|[^\\w.~})/-])(" + roots + ")"), "a path of one machine");
}

Violations unfinished_work(const Source& source) {
    static const std::regex pattern(
        "\\b(TO"
        "DO|FIX"
        "ME|X"
        "XX)\\b");
    return lines_with(source, pattern, "unfinished; do it, or write it down as an issue");
}

Violations prints_outside_commands(const Source& source) {
    const auto place = below(library_root, source.path);
    if (!place || !is_cpp(source.path) || place->starts_with("cli/")) return {};
    static const std::regex pattern(R"(\bstd::(cout|cerr|clog|puts|printf)\b|(^|[^\w:])(printf|puts)\s*\(|\bfmt::print\s*\()");
    return lines_with(source, pattern, "only commands (cli/) write to the terminal");
}

Violations sleeps_in_tests(const Source& source) {
    if (!source.path.starts_with("tests/") || !is_code(source.path)) return {};
    static const std::regex pattern(
        "\\bsl"
        "eep_(for|until)\\b|\\btime\\.sl"
        "eep\\b|\\bu?sl"
        "eep\\s*\\(");
    return lines_with(source, pattern, "a test waits for its condition, with a deadline");
}

Violations folder_table_against(std::span<const std::string> folders, const Source& map) {
    struct Row {
        int line;
        std::string folder;
    };
    std::vector<Row> rows;
    int heading = 0;
    bool inside = false;
    each_line(map.text, [&](int number, std::string_view line) {
        const auto cell = first_cell(line);
        if (!cell) {
            inside = false;
        } else if (*cell == "folder") {
            inside = true;
            heading = number;
        } else if (inside && cell->find_first_not_of("-: ") != std::string::npos) {
            auto folder = *cell;
            if (folder.ends_with('/')) folder.pop_back();
            if (const auto place = below(library_root, folder)) folder = std::string(*place);
            rows.push_back({number, std::move(folder)});
        }
    });
    if (heading == 0) return {{map.path, 0, "has no table whose first column is called folder"}};

    Violations found;
    for (const auto& folder : folders) {
        if (std::ranges::count(rows, folder, &Row::folder)) continue;
        found.push_back({map.path, heading, "the folder table lacks " + folder});
    }
    for (const auto& row : rows) {
        if (std::ranges::count(folders, row.folder) == 0) found.push_back({map.path, row.line, "there is no folder " + row.folder});
    }
    return found;
}

Violations paths_that_lead_nowhere(const Source& map, const std::function<bool(const std::string&)>& exists) {
    static const std::regex in_backticks("`([^`]+)`");
    static const std::regex first_word(R"(^\s*([\w.][\w./-]*/[\w.-]+)(\s|$))");
    Violations found;
    bool in_code = false;
    each_line(map.text, [&](int number, std::string_view view) {
        const std::string line(view);
        if (trimmed(view).starts_with("```")) {
            in_code = !in_code;
            return;
        }
        const auto& pattern = in_code ? first_word : in_backticks;
        for (std::sregex_iterator match(line.begin(), line.end(), pattern), end; match != end; ++match) {
            const std::string word = (*match)[1];
            if (is_path(word) && !leads_somewhere(word, exists)) found.push_back({map.path, number, word + " does not exist"});
        }
    });
    return found;
}

}  // namespace tidy
