#include "cartwheel/cli/import_state.h"

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cartwheel/reflect/json.h"

namespace cartwheel::cli {
namespace {

std::optional<std::uint64_t> number(const reflect::JsonValue& object, std::string_view name) {
    const auto value = object.member(name);
    if (!value) return std::nullopt;
    std::uint64_t out = 0;
    const auto text = value->text();
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (status != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return out;
}

}  // namespace

std::string import_state_path(const std::string& file) { return std::filesystem::path(file).filename().string() + ".import-state"; }

Result<std::optional<ImportState>> load_import_state(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        if (errno == ENOENT) return std::optional<ImportState>();
        return fail(Error::unavailable(fmt::format("cannot read {}: {}", path, std::strerror(errno))));
    }
    std::ostringstream text;
    text << in.rdbuf();
    const auto source = std::move(text).str();
    const auto document = reflect::JsonDocument::parse(source);
    const auto broken = [&] { return fail(Error::invalid(fmt::format("{} is broken; remove it and import from the beginning", path))); };
    if (!document) return broken();
    const auto offset = number(document->root(), "offset");
    const auto hash = number(document->root(), "hash");
    if (!offset || !hash) return broken();
    return ImportState{*offset, *hash};
}

Result<void> save_import_state(const std::string& path, const ImportState& state) {
    const auto fresh = path + ".new";
    const auto failed = [&] { return fail(Error::unavailable(fmt::format("cannot write {}: {}", path, std::strerror(errno)))); };
    std::FILE* const file = std::fopen(fresh.c_str(), "we");
    if (file == nullptr) return failed();
    fmt::print(file, "{{\"offset\":{},\"hash\":\"{}\"}}\n", state.offset, state.hash);  // all digits of the hash, as text
    if (std::fclose(file) != 0 || std::rename(fresh.c_str(), path.c_str()) != 0) return failed();
    return {};
}

}  // namespace cartwheel::cli
