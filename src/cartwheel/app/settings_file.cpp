#include "cartwheel/app/settings_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
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

std::optional<std::string> text_of(const toml::node& value) {
    if (const auto* text = value.as_string()) return text->get();
    if (const auto* number = value.as_integer()) return std::to_string(number->get());
    if (const auto* answer = value.as_boolean()) return std::string(answer->get() ? "true" : "false");
    return std::nullopt;
}

std::string suggestion(std::string_view name) {
    std::vector<std::string> known;
    for (const auto& setting : settings_table()) known.emplace_back(setting.name);
    auto text = did_you_mean(name, known);
    return text.empty() ? "; `cartwheel serve --help` lists all" : text;
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
    for (const auto& [key, value] : document) {
        const std::string name(key.str());
        const auto place = fmt::format("{}:{}: {}", file.string(), key.source().begin.line, name);
        if (name == "cql")
            return fail(Error::invalid(fmt::format("{}: this build has no cluster engine (cql); take the section out", place)));
        if (std::ranges::find(settings_table(), name, &Setting::name) == settings_table().end())
            return fail(Error::invalid(fmt::format("{}: there is no such setting{}", place, suggestion(name))));
        auto as_text = text_of(value);
        if (!as_text) return fail(Error::invalid(fmt::format("{}: a value is a text in quotes, a whole number, true or false", place)));
        written.push_back({name, *std::move(as_text), place});
    }
    return written;
}

}  // namespace cartwheel::app
