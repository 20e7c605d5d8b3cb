#pragma once
// cartwheel.toml as a list of names and texts, each with the place where it stands. Reads once, on the calling thread.
// The only file with toml++ is the .cpp beside this.

#include <filesystem>
#include <string>
#include <vector>

#include "cartwheel/base/error.h"

namespace cartwheel::app {

/// A setting as somebody wrote it down.
struct WrittenSetting {
    std::string path;   ///< one of the table's
    std::string text;   ///< not checked yet
    std::string place;  ///< for messages: "cartwheel.toml:12: queue_max", "--queue-max"
};

/// Errors: invalid, with file, line, name and what to do: not readable, no TOML, a name that the table does not have, a value that is
/// neither text, whole number nor true or false (or, for hosts, a list of texts). What a value is never stands in them.
Result<std::vector<WrittenSetting>> read_settings_file(const std::filesystem::path& file);

}  // namespace cartwheel::app
