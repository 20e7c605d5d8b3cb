#include "cartwheel/app/settings_sources.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <initializer_list>
#include <string_view>

#include "cartwheel/base/nearest.h"

namespace cartwheel::app {
namespace {

constexpr std::string_view prefix = "CARTWHEEL_";
constexpr std::string_view file_variable = "CARTWHEEL_CONFIG";
constexpr std::string_view server_variable = "CARTWHEEL_SERVER";  // where the data commands find their server; means nothing to one

Result<void> apply(Settings& settings, const WrittenSetting& written) {
    auto result = find_setting(written.path)->set(settings, written.text);
    if (!result) return fail(Error::invalid(fmt::format("{}: {}", written.place, result.error().message)));
    return {};
}

bool says(const std::vector<WrittenSetting>& source, std::string_view path) {
    return std::ranges::any_of(source, [&](const WrittenSetting& written) { return written.path == path && !written.text.empty(); });
}

/// What may be given as it is or in a file of its own.
struct Password {
    std::string_view path;
    std::string_view file_path;
    std::string_view whose;
    std::string& (*value)(Settings& settings);
    const std::filesystem::path& (*file)(const Settings& settings);
};
constexpr std::array passwords{
    Password{"cql.password", "cql.password_file", "the cluster's", [](Settings& s) -> std::string& { return s.cql.password; },
             [](const Settings& s) -> const std::filesystem::path& { return s.cql_password_file; }},
    Password{"kafka.password", "kafka.password_file", "Kafka's", [](Settings& s) -> std::string& { return s.kafka.password; },
             [](const Settings& s) -> const std::filesystem::path& { return s.kafka_password_file; }},
};
bool says_password(const std::vector<WrittenSetting>& source) {
    return std::ranges::any_of(passwords, [&](const Password& password) { return says(source, password.path); });
}

Result<void> apply_all(Settings& settings, const std::vector<WrittenSetting>& source) {
    // Which of them is meant cannot be known.
    for (const auto& password : passwords)
        if (says(source, password.path) && says(source, password.file_path))
            return fail(Error::invalid(
                fmt::format("{} password and a file with it are both given in one place; take one of them out", password.whose)));
    for (const auto& written : source) TRY_VOID(apply(settings, written));
    return {};
}

bool others_may_read(const std::filesystem::path& file) {
    struct stat status{};
    return ::stat(file.c_str(), &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0;
}

/// Takes a password out of its file, once.
Result<void> read_password(LoadedSettings& loaded, const Password& password) {
    const auto& file = password.file(loaded.settings);
    if (file.empty()) return {};
    constexpr std::size_t bytes_max = 1'024;
    std::ifstream in(file, std::ios::binary);
    std::string text(bytes_max + 1, '\0');
    if (!in || (!in.read(text.data(), static_cast<std::streamsize>(text.size())) && !in.eof()))
        return fail(Error::invalid(fmt::format("{}: the password file cannot be read ({})", file.string(), std::strerror(errno))));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > bytes_max) return fail(Error::invalid(fmt::format("{}: over 1 KiB is no password", file.string())));
    // Editors and echo end a file with a line end, which belongs to no password.
    if (text.ends_with('\n')) text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
    if (text.empty()) return fail(Error::invalid(fmt::format("{}: the password file is empty", file.string())));
    password.value(loaded.settings) = std::move(text);
    if (others_may_read(file))
        loaded.warnings.push_back(
            fmt::format("{} holds a password and can be read by other users; run: chmod 600 {}", file.string(), file.string()));
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
        else from_environment.push_back({setting->path(), text, name});
    }
    std::error_code unreadable;
    if (!loaded.file && std::filesystem::exists(default_settings_file, unreadable)) loaded.file = default_settings_file;

    std::vector<WrittenSetting> from_file;
    if (loaded.file) {
        TRY(from_file, read_settings_file(*loaded.file));
    }
    for (const auto* source : std::initializer_list<const std::vector<WrittenSetting>*>{&from_file, &from_environment, &sources.flags}) {
        TRY_VOID(apply_all(loaded.settings, *source));
        for (const auto& written : *source) loaded.given.push_back(written.path);
    }
    TRY_VOID(check(loaded.settings));
    for (const auto& password : passwords) TRY_VOID(read_password(loaded, password));
    if (loaded.file && says_password(from_file) && others_may_read(*loaded.file))
        loaded.warnings.push_back(fmt::format("{} holds a password and can be read by other users; run: chmod 600 {}",
                                              loaded.file->string(), loaded.file->string()));
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
