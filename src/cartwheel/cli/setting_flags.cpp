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
        case app::Unit::file: return "FILE";
        case app::Unit::bytes: return "SIZE";
        case app::Unit::duration: return "DURATION";
        case app::Unit::currency: return "CODE";
        case app::Unit::hosts: return "HOST[:PORT],...";
        case app::Unit::text: return "TEXT";
    }
    return "";
}

}  // namespace

SettingFlags::SettingFlags(CLI::App& command, Which which) {
    config_ =
        command.add_option("--config")->description("settings file; without it ./cartwheel.toml, when there is one")->type_name("FILE");
    config_->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    const app::Settings defaults;
    for (const auto& setting : app::settings_table()) {
        const bool of_cluster = setting.section == app::Section::cql;
        if (setting.flag().empty()) continue;
        if (which == Which::where_the_cluster_is && (!of_cluster || setting.flag_form != app::FlagForm::name)) continue;
        const bool is_switch = setting.unit == app::Unit::yes_or_no;
        auto* option =
            is_switch ? command.add_flag(setting.flag()) : command.add_option(setting.flag())->type_name(type_name(setting.unit));
        const auto standard = setting.show(defaults);
        option->description(is_switch || standard.empty() ? std::string(setting.help) : fmt::format("{} [{}]", setting.help, standard));
        if (of_cluster && which == Which::all) option->group("The cluster, with --store cql");
        if (setting.section == app::Section::changes) option->group("Changes, for those who follow them");
        if (setting.section == app::Section::kafka) option->group("Kafka, with --kafka-brokers");
        // The last one counts, so that a script can add a flag behind those it was given. Hosts are gathered.
        option->multi_option_policy(setting.unit == app::Unit::hosts ? CLI::MultiOptionPolicy::TakeAll : CLI::MultiOptionPolicy::TakeLast);
        flags_.push_back({&setting, option});
    }
}

app::SettingSources SettingFlags::sources() const {
    app::SettingSources sources;
    sources.environment = app::cartwheel_environment();
    if (config_->count() > 0) sources.file = config_->results().back();
    for (const auto& [setting, option] : flags_)
        if (option->count() > 0) {
            const auto& texts = option->results();
            auto text = setting->unit == app::Unit::hosts ? fmt::format("{}", fmt::join(texts, ",")) : texts.back();
            sources.flags.push_back({setting->path(), std::move(text), setting->flag()});
        }
    return sources;
}

}  // namespace cartwheel::cli
