// Runs the statements of tests/sql; tests/sql/README.md says how they are written.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "cartwheel/engines/memory/memory_store.h"
#include "query/sql_shop.h"

namespace cartwheel::test {
namespace {

struct Block {
    int line = 0;                   ///< where it begins
    std::string kind;               ///< shop, query, error
    std::vector<std::string> body;  ///< before ----
    std::vector<std::string> expected;
};

std::vector<Block> read_blocks(const std::string& path) {
    std::ifstream in(path);
    std::vector<Block> blocks;
    bool is_inside = false;
    bool is_expected = false;
    int number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (line.empty()) {
            is_inside = false;
            continue;
        }
        if (!is_inside) {
            if (line.starts_with('#')) continue;
            blocks.push_back({number, line.substr(0, line.find(' ')), {}, {}});
            is_inside = true;
            is_expected = false;
        } else if (line == "----") {
            is_expected = true;
        } else {
            (is_expected ? blocks.back().expected : blocks.back().body).push_back(line);
        }
    }
    return blocks;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) text += line + "\n";
    return text;
}

std::vector<std::string> files() {
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator(CARTWHEEL_SQL_TESTS))
        if (entry.path().extension() == ".sqltest") paths.push_back(entry.path().string());
    std::ranges::sort(paths);
    return paths;
}

class SqlFile : public testing::TestWithParam<std::string> {};

TEST_P(SqlFile, GivesWhatItSays) {
    SqlShop shop(+[](const Clock& clock) -> std::unique_ptr<store::Store> { return engines::memory::make_store(clock); });
    const auto blocks = read_blocks(GetParam());
    EXPECT_FALSE(blocks.empty());
    for (const auto& block : blocks) {
        SCOPED_TRACE(GetParam() + ":" + std::to_string(block.line));
        if (block.kind == "shop") {
            for (const auto& line : block.body) shop.tell(line);
            continue;
        }
        ASSERT_TRUE(block.kind == "query" || block.kind == "error") << block.kind;
        const auto answer = shop.ask(joined(block.body));
        if (block.kind == "query") {
            if (!answer) ADD_FAILURE() << answer.error().message;
            else EXPECT_EQ(joined(lines_of(*answer)), joined(block.expected));
            continue;
        }
        ASSERT_FALSE(answer) << joined(lines_of(*answer));
        EXPECT_EQ(answer.error().code, ErrorCode::invalid);
        EXPECT_EQ(answer.error().message + "\n", joined(block.expected));
    }
}

INSTANTIATE_TEST_SUITE_P(All, SqlFile, testing::ValuesIn(files()), [](const auto& info) {
    auto name = std::filesystem::path(info.param).stem().string();
    std::ranges::replace_if(name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
    return name;
});

}  // namespace
}  // namespace cartwheel::test
