#include "cartwheel/app/settings_sources.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "cartwheel/base/nearest.h"

namespace cartwheel::app {
namespace {

constexpr std::string_view prefix = "CARTWHEEL_";
constexpr std::string_view file_variable = "CARTWHEEL_CONFIG";
constexpr std::string_view server_variable = "CARTWHEEL_SERVER";  // where the data commands find their server; means nothing to one

Result<void> apply(Settings& settings, const WrittenSetting& written) {
    const auto setting = std::ranges::find(settings_table(), written.name, &Setting::name);
    auto result = setting->set(settings, written.text);
    if (!result) return fail(Error::invalid(fmt::format("{}: {}", written.place, result.error().message)));
    return {};
}

std::string unknown_variable(const std::string& name) {
    std::vector<std::string> known{std::string(file_variable), std::string(server_variable)};
    for (const auto& setting : settings_table()) known.push_back(setting.variable());
    return fmt::format("{}: there is no such setting, so it is ignored{}", name, did_you_mean(name, known));
}

}  // namespace

Result<LoadedSettings> load_settings(const SettingSources& sources) {
    LoadedSettings loaded;
    loaded.file = sources.file;
    std::vector<WrittenSetting> from_environment;
    for (const auto& [name, text] : sources.environment) {
        // An empty variable is the usual way to take one back.
        if (text.empty() || name == server_variable) continue;
        if (name == file_variable) {
            if (!loaded.file) loaded.file = text;
            continue;
        }
        const auto setting = std::ranges::find_if(settings_table(), [&](const Setting& candidate) { return candidate.variable() == name; });
        if (setting == settings_table().end()) loaded.warnings.push_back(unknown_variable(name));
        else from_environment.push_back({std::string(setting->name), text, name});
    }
    std::error_code unreadable;
    if (!loaded.file && std::filesystem::exists(default_settings_file, unreadable)) loaded.file = default_settings_file;

    std::vector<WrittenSetting> from_file;
    if (loaded.file) {
        TRY(from_file, read_settings_file(*loaded.file));
    }
    for (const auto* source : std::initializer_list<const std::vector<WrittenSetting>*>{&from_file, &from_environment, &sources.flags})
        for (const auto& written : *source) TRY_VOID(apply(loaded.settings, written));
    TRY_VOID(check(loaded.settings));
    return loaded;
}

std::vector<std::pair<std::string, std::string>> cartwheel_environment() {
    std::vector<std::pair<std::string, std::string>> found;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view variable = *entry;
        const auto equals = variable.find('=');
        if (equals == std::string_view::npos || !variable.starts_with(prefix)) continue;
        found.emplace_back(variable.substr(0, equals), variable.substr(equals + 1));
    }
    return found;
}

}  // namespace cartwheel::app
