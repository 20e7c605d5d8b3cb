#include "cartwheel/app/settings_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>

#include "cartwheel/app/settings.h"
#include "cartwheel/base/nearest.h"

namespace cartwheel::app {
namespace {

constexpr std::size_t file_bytes_max = std::size_t{1} << 20;

Result<std::string> read_text(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string text(file_bytes_max + 1, '\0');
    // A folder opens and then cannot be read.
    if (!in || (!in.read(text.data(), static_cast<std::streamsize>(text.size())) && !in.eof()))
        return fail(Error::invalid(
            fmt::format("{}: the settings file cannot be read ({}); name another with --config", file.string(), std::strerror(errno))));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > file_bytes_max) return fail(Error::invalid(fmt::format("{}: over 1 MiB is no settings file", file.string())));
    return text;
}

std::optional<std::string> text_of(const toml::node& value, Unit unit) {
    if (const auto* text = value.as_string()) return text->get();
    if (const auto* number = value.as_integer()) return std::to_string(number->get());
    if (const auto* answer = value.as_boolean()) return std::string(answer->get() ? "true" : "false");
    const auto* list = value.as_array();
    if (list == nullptr || unit != Unit::hosts) return std::nullopt;
    std::string texts;
    for (const auto& one : *list) {
        const auto* text = one.as_string();
        if (text == nullptr) return std::nullopt;
        if (!texts.empty()) texts += ',';
        texts += text->get();
    }
    return texts;
}

std::string_view name_of_section(Section section) { return name_of(section); }

std::string suggestion(std::string_view name, Section section) {
    std::vector<std::string> known;
    for (const auto& setting : settings_table())
        if (setting.section == section) known.emplace_back(setting.name);
    auto text = did_you_mean(name, known);
    if (!text.empty()) return text;
    for (const auto& setting : settings_table())
        if (setting.section != section && setting.name == name)
            return setting.section == Section::top ? "; it belongs above the first [section]"
                                                   : fmt::format("; it belongs below [{}]", name_of(setting.section));
    return "; `cartwheel serve --help` lists all";
}

Result<void> read_section(const toml::table& table, Section section, const std::string& file, std::vector<WrittenSetting>& written) {
    for (const auto& [key, value] : table) {
        const std::string name(key.str());
        const auto path = section == Section::top ? name : fmt::format("{}.{}", name_of(section), name);
        const auto place = fmt::format("{}:{}: {}", file, key.source().begin.line, path);
        const auto below = std::ranges::find(named_sections, name, &name_of_section);
        if (section == Section::top && below != named_sections.end() && value.is_table()) {
            TRY_VOID(read_section(*value.as_table(), *below, file, written));
            continue;
        }
        const auto* setting = find_setting(path);
        if (setting == nullptr || setting->section != section)
            return fail(Error::invalid(fmt::format("{}: there is no such setting{}", place, suggestion(name, section))));
        auto as_text = text_of(value, setting->unit);
        if (!as_text)
            return fail(Error::invalid(fmt::format("{}: a value is a text in quotes, a whole number, true or false{}", place,
                                                   setting->unit == Unit::hosts ? ", or a list of texts" : "")));
        written.push_back({path, *std::move(as_text), place});
    }
    return {};
}

}  // namespace

Result<std::vector<WrittenSetting>> read_settings_file(const std::filesystem::path& file) {
    TRY(const auto text, read_text(file));
    toml::table document;
    try {
        document = toml::parse(text, file.string());
    } catch (const toml::parse_error& error) {
        return fail(
            Error::invalid(fmt::format("{}:{}: {}; mend this line", file.string(), error.source().begin.line, error.description())));
    }
    std::vector<WrittenSetting> written;
    TRY_VOID(read_section(document, Section::top, file.string(), written));
    return written;
}

}  // namespace cartwheel::app
