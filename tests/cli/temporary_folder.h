#pragma once
// A folder that a test works in, gone with it. The process's working folder is that folder meanwhile.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace cartwheel::test {

class WorkingFolder {
public:
    WorkingFolder() : before_(std::filesystem::current_path()) {
        std::string name = (std::filesystem::temp_directory_path() / "cartwheel-test-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) std::abort();
        path_ = name;
        std::filesystem::current_path(path_);
    }
    WorkingFolder(const WorkingFolder&) = delete;
    WorkingFolder& operator=(const WorkingFolder&) = delete;
    ~WorkingFolder() {
        std::filesystem::current_path(before_);
        std::filesystem::remove_all(path_);
    }

    static void write(const std::string& name, const std::string& text) { std::ofstream(name, std::ios::binary) << text; }
    static std::string read(const std::string& name) {
        std::ostringstream out;
        out << std::ifstream(name, std::ios::binary).rdbuf();
        return std::move(out).str();
    }
    /// How many files there are whose names begin so.
    std::size_t count(const std::string& start) const {
        std::size_t found = 0;
        for (const auto& entry : std::filesystem::directory_iterator(path_))
            found += entry.path().filename().string().starts_with(start) ? 1 : 0;
        return found;
    }

private:
    std::filesystem::path before_;
    std::filesystem::path path_;
};

}  // namespace cartwheel::test
