#pragma once
// What every file of the project keeps, as functions from a file's text to what it breaks; no I/O. tree_test.cpp holds them against
// the project itself, rules_test.cpp against made-up files. Who may include whom is the table at the top of rules.cpp.

#include <functional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tidy {

struct Source {
    std::string path;  ///< from the root of the project, with forward slashes
    std::string text;
};

struct Violation {
    std::string path;
    int line;  ///< from 1; 0 where the file as a whole is meant
    std::string what;

    friend bool operator==(const Violation&, const Violation&) = default;
    friend std::ostream& operator<<(std::ostream& out, const Violation& violation) {
        return out << violation.path << ':' << violation.line << ": " << violation.what;
    }
};
using Violations = std::vector<Violation>;

/// Includes between folders of src/cartwheel that the table does not allow, and such as do not start at src/.
Violations includes_outside_the_table(const Source& source);

/// Beast, RocksDB, prometheus-cpp, spdlog and their like: each is included in the folder that wraps it only.
Violations heavy_headers_outside_their_folder(const Source& source);

/// Beast is the dearest header to compile, so four sources do, directly or by a header that includes it.
Violations beast_in_many_files(std::span<const Source> sources);

Violations long_files(const Source& source);

/// Paths that exist on one machine only: below a home folder, or below `workplace`, the folder that this checkout is in.
Violations machine_paths(const Source& source, std::string_view workplace);

Violations unfinished_work(const Source& source);

/// The library answers and logs; only commands write to the terminal.
Violations prints_outside_commands(const Source& source);

/// A test waits for a condition with a deadline; one that sleeps is slow on a fast machine and fails on a slow one.
Violations sleeps_in_tests(const Source& source);

/// `folders` are those below src/cartwheel that hold sources. The table meant is the one whose first column is called "folder".
Violations folder_table_against(std::span<const std::string> folders, const Source& map);

/// Paths in backticks, and at the start of a line in a code block, that `exists` does not know under the root, src or src/cartwheel.
Violations paths_that_lead_nowhere(const Source& map, const std::function<bool(const std::string&)>& exists);

}  // namespace tidy
