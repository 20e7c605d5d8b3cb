#include "tidy/tree.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

namespace tidy {
namespace {

const std::string root = CARTWHEEL_ROOT;

const std::vector<Source>& tree() {
    static const auto sources = read_tree(root);
    return sources;
}

const Source& architecture() {
    static const Source none{"ARCHITECTURE.md", ""};
    const auto found = std::ranges::find(tree(), none.path, &Source::path);
    return found == tree().end() ? none : *found;
}

/// One line for each, as compilers print it.
std::string listed(const Violations& violations) {
    std::ostringstream out;
    for (const auto& violation : violations) out << violation << '\n';
    return out.str();
}

/// Holds every file against one rule.
template <class Rule>
std::string broken(Rule rule) {
    std::string all;
    for (const auto& source : tree()) all += listed(rule(source));
    return all;
}

TEST(Tree, IsThere) {
    ASSERT_TRUE(std::ranges::count(tree(), "src/cartwheel/domain/cart.h", &Source::path)) << root;
    ASSERT_TRUE(std::ranges::count(tree(), "tests/tidy/tree_test.cpp", &Source::path)) << root;
    ASSERT_TRUE(std::ranges::count(library_folders(tree()), "engines/rocks"));
}

TEST(Tree, IncludesWhatTheTableAllows) { EXPECT_EQ(broken(includes_outside_the_table), ""); }

TEST(Tree, KeepsHeavyHeadersInTheirFolder) { EXPECT_EQ(broken(heavy_headers_outside_their_folder), ""); }

TEST(Tree, IncludesBeastInFewFiles) { EXPECT_EQ(listed(beast_in_many_files(tree())), ""); }

TEST(Tree, HasNoLongFiles) { EXPECT_EQ(broken(long_files), ""); }

TEST(Tree, NamesNoPathOfOneMachine) {
    const auto workplace = std::filesystem::path(root).parent_path().generic_string() + "/";
    // These are on every machine, and a checkout may be in them.
    const bool common = std::ranges::count(std::vector<std::string>{"//", "/tmp/", "/opt/", "/srv/", "/usr/src/"}, workplace);
    EXPECT_EQ(broken([&](const Source& source) { return machine_paths(source, common ? "/" : workplace); }), "");
}

TEST(Tree, HasNoUnfinishedWork) { EXPECT_EQ(broken(unfinished_work), ""); }

TEST(Tree, PrintsInCommandsOnly) { EXPECT_EQ(broken(prints_outside_commands), ""); }

TEST(Tree, HasTestsThatDoNotSleep) { EXPECT_EQ(broken(sleeps_in_tests), ""); }

TEST(Tree, HasItsFoldersInTheMap) { EXPECT_EQ(listed(folder_table_against(library_folders(tree()), architecture())), ""); }

TEST(Tree, HasAMapWhosePathsLeadSomewhere) {
    const auto exists = [](const std::string& path) { return std::filesystem::exists(std::filesystem::path(root) / path); };
    EXPECT_EQ(listed(paths_that_lead_nowhere(architecture(), exists)), "");
}

}  // namespace
}  // namespace tidy
