#pragma once
// What every command has in common. A command is one file with `void add_<name>(CLI::App& root, Exit& exit)`: it adds a subcommand
// whose callback does the work on the calling thread and leaves the process's exit code in `exit`. main.cpp lists them all.
// Errors go to stderr as one line that says what to do. Exceptions are caught in main.

#include <string_view>

namespace CLI {
class App;
}

namespace cartwheel::cli {

using Exit = int;
inline constexpr Exit exit_done = 0;
inline constexpr Exit exit_some_rejected = 1;      ///< done, with rejected rows
inline constexpr Exit exit_too_many_rejected = 2;  ///< stopped, too many rejected
inline constexpr Exit exit_failed = 3;
inline constexpr Exit exit_interrupted = 4;
inline constexpr Exit exit_usage = 64;  ///< EX_USAGE of sysexits.h

/// Prints "cartwheel: <message>" on stderr, as one line.
void complain(std::string_view message);

void add_serve(CLI::App& root, Exit& exit);
void add_import(CLI::App& root, Exit& exit);
void add_export(CLI::App& root, Exit& exit);
void add_copy(CLI::App& root, Exit& exit);
void add_changes(CLI::App& root, Exit& exit);
void add_query(CLI::App& root, Exit& exit);
void add_simulate(CLI::App& root, Exit& exit);
void add_schema(CLI::App& root, Exit& exit);
void add_doctor(CLI::App& root, Exit& exit);
void add_openapi(CLI::App& root, Exit& exit);

/// What --version prints: version, commit, compiler, engines.
std::string_view version_text();

}  // namespace cartwheel::cli
