#pragma once
// Where settings come from: flags over environment over settings file over defaults. Reads that file,
// and the one with the cluster's password, once, on the calling thread.

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cartwheel/app/settings.h"
#include "cartwheel/app/settings_file.h"

namespace cartwheel::app {

/// Read when it exists and no other is named.
inline constexpr const char* default_settings_file = "cartwheel.toml";

struct SettingSources {
    std::vector<WrittenSetting> flags;
    std::vector<std::pair<std::string, std::string>> environment;  ///< variables that begin with CARTWHEEL_
    std::optional<std::filesystem::path> file;                     ///< named by a flag; it must exist
};

struct LoadedSettings {
    Settings settings;
    std::optional<std::filesystem::path> file;  ///< the one that was read
    std::vector<std::string> given;             ///< paths of the settings that some source names
    std::vector<std::string> warnings;          ///< a line each
};

/// Errors: invalid, as one line that names the flag, the variable, or the file and its line.
Result<LoadedSettings> load_settings(const SettingSources& sources);

/// The CARTWHEEL_ variables of this process.
std::vector<std::pair<std::string, std::string>> cartwheel_environment();

}  // namespace cartwheel::app
