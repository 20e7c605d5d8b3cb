#include "tidy/tree.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace tidy {

namespace {

namespace fs = std::filesystem;

bool is_ours(const fs::path& folder) {
    static constexpr std::array others = {".git",          ".cache", ".idea",          ".vscode",      ".venv",
                                          ".pytest_cache", "build",  "cartwheel-data", "node_modules", "__pycache__"};
    return std::ranges::count(others, folder.filename().string()) == 0;
}

std::string read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

std::vector<Source> read_tree(const std::string& root) {
    std::vector<Source> tree;
    for (auto entry = fs::recursive_directory_iterator(root); entry != fs::recursive_directory_iterator(); ++entry) {
        if (entry->is_directory()) {
            if (!is_ours(entry->path())) entry.disable_recursion_pending();
            continue;
        }
        if (!entry->is_regular_file()) continue;
        auto text = read(entry->path());
        const bool binary = text.contains('\0');
        if (!binary) tree.push_back({fs::relative(entry->path(), root).generic_string(), std::move(text)});
    }
    std::ranges::sort(tree, {}, &Source::path);
    return tree;
}

std::vector<std::string> library_folders(const std::vector<Source>& tree) {
    static const std::string library_root = "src/cartwheel/";
    std::vector<std::string> folders;
    for (const auto& source : tree) {
        if (!source.path.starts_with(library_root) || (!source.path.ends_with(".h") && !source.path.ends_with(".cpp"))) continue;
        auto folder = fs::path(source.path.substr(library_root.size())).parent_path().generic_string();
        if (std::ranges::count(folders, folder) == 0) folders.push_back(std::move(folder));
    }
    return folders;
}

}  // namespace tidy
