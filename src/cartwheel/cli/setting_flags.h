#pragma once
// The settings as flags of a command, out of the table of app/settings. Points into its command.

#include <cstdint>
#include <vector>

#include "cartwheel/app/settings_sources.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace cartwheel::cli {

class SettingFlags {
public:
    enum class Which : std::uint8_t { all, where_the_cluster_is };

    explicit SettingFlags(CLI::App& command, Which which = Which::all);

    /// The flags that were given, and this process's environment.
    app::SettingSources sources() const;

private:
    struct Flag {
        const app::Setting* setting;
        CLI::Option* option;  ///< the command's
    };
    std::vector<Flag> flags_;
    CLI::Option* config_;
};

}  // namespace cartwheel::cli
