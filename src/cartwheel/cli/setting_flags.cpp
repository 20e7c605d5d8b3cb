#include "cartwheel/cli/setting_flags.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

namespace cartwheel::cli {
namespace {

const char* type_name(app::Unit unit) {
    switch (unit) {
        case app::Unit::address: return "ADDRESS:PORT";
        case app::Unit::yes_or_no: return "";
        case app::Unit::count: return "N";
        case app::Unit::choice: return "WORD";
        case app::Unit::folder: return "FOLDER";
        case app::Unit::bytes: return "SIZE";
        case app::Unit::duration: return "DURATION";
        case app::Unit::currency: return "CODE";
    }
    return "";
}

}  // namespace

SettingFlags::SettingFlags(CLI::App& command) {
    config_ =
        command.add_option("--config")->description("settings file; without it ./cartwheel.toml, when there is one")->type_name("FILE");
    const app::Settings defaults;
    for (const auto& setting : app::settings_table()) {
        const bool is_switch = setting.unit == app::Unit::yes_or_no;
        auto* option =
            is_switch ? command.add_flag(setting.flag()) : command.add_option(setting.flag())->type_name(type_name(setting.unit));
        option->description(is_switch ? std::string(setting.help) : fmt::format("{} [{}]", setting.help, setting.show(defaults)));
        flags_.push_back({&setting, option});
    }
    // The last one counts, so that a script can add a flag behind those it was given.
    for (auto* option : command.get_options()) option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

app::SettingSources SettingFlags::sources() const {
    app::SettingSources sources;
    sources.environment = app::cartwheel_environment();
    if (config_->count() > 0) sources.file = config_->results().back();
    for (const auto& [setting, option] : flags_)
        if (option->count() > 0) sources.flags.push_back({std::string(setting->name), option->results().back(), setting->flag()});
    return sources;
}

}  // namespace cartwheel::cli
