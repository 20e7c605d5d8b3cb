#include "tidy/rules.h"

#include <gmock/gmock.h>

namespace tidy {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

auto at(int line) { return Field(&Violation::line, line); }
auto says(int line, const std::string& words) { return testing::AllOf(at(line), Field(&Violation::what, HasSubstr(words))); }

TEST(Includes, OfAFolderThatTheTableAllowsPass) {
    const Source source{"src/cartwheel/store/store.h",
                        "#pragma once\n#include <span>\n#include \"cartwheel/base/error.h\"\n#include \"cartwheel/domain/cart.h\"\n"
                        "#include \"cartwheel/store/commit.h\"\n"};
    EXPECT_THAT(includes_outside_the_table(source), IsEmpty());
}

TEST(Includes, OfAnotherFolderAreNamedWithTheirLine) {
    const Source source{"src/cartwheel/domain/cart.cpp", "#include \"cartwheel/domain/cart.h\"\n\n#include \"cartwheel/store/store.h\"\n"};
    EXPECT_THAT(includes_outside_the_table(source), ElementsAre(says(3, "domain may not include store")));
    EXPECT_EQ(includes_outside_the_table(source).front().path, source.path);
}

TEST(Includes, OfAnEngineAreForTheCompositionRootAlone) {
    const std::string text = "#include \"cartwheel/engines/rocks/rocks_store.h\"\n";
    EXPECT_THAT(includes_outside_the_table({"src/cartwheel/app/service.cpp", text}), IsEmpty());
    for (const auto* path :
         {"src/cartwheel/api/carts.cpp", "src/cartwheel/cli/serve.cpp", "src/cartwheel/engines/memory/memory_store.cpp"}) {
        EXPECT_THAT(includes_outside_the_table({path, text}), ElementsAre(at(1))) << path;
    }
}

TEST(Includes, OfCommandsAreForNobody) {
    EXPECT_THAT(includes_outside_the_table({"src/cartwheel/app/service.cpp", "#include \"cartwheel/cli/command.h\"\n"}),
                ElementsAre(at(1)));
}

TEST(Includes, FromAFolderThatTheTableLacksAreOfBaseOnly) {
    const Source source{"src/cartwheel/novel/thing.cpp", "#include \"cartwheel/base/text.h\"\n#include \"cartwheel/csv/reader.h\"\n"};
    EXPECT_THAT(includes_outside_the_table(source), ElementsAre(at(2)));
}

TEST(Includes, StartAtTheIncludeRoot) {
    const Source source{"src/cartwheel/domain/cart.cpp", "#include \"cart.h\"\n#include \"../store/store.h\"\n#include \"table.inc\"\n"};
    EXPECT_THAT(includes_outside_the_table(source), ElementsAre(says(1, "from src/"), says(2, "from src/")));
}

TEST(Includes, InAWordOrACommentAreNone) {
    const Source source{"src/cartwheel/domain/cart.cpp", "// #include \"cartwheel/store/store.h\"\nint include;\n"};
    EXPECT_THAT(includes_outside_the_table(source), IsEmpty());
}

TEST(Includes, OfTestsAreFree) {
    EXPECT_THAT(includes_outside_the_table({"tests/domain/cart_test.cpp", "#include \"cartwheel/api/routes.h\"\n"}), IsEmpty());
}

TEST(HeavyHeaders, StayInTheirFolder) {
    struct Case {
        std::string include, home, elsewhere;
    };
    for (const auto& [include, home, elsewhere] : {
             Case{"boost/beast/http.hpp", "http/connection.cpp", "api/carts.cpp"},
             Case{"boost/beast.hpp", "client/client.cpp", "cli/import.cpp"},
             Case{"rocksdb/db.h", "engines/rocks/database.cpp", "engines/memory/memory_store.cpp"},
             Case{"sqlite3.h", "query/tables.cpp", "store/codec.cpp"},
             Case{"librdkafka/rdkafka.h", "changes/kafka.cpp", "api/changes.cpp"},
             Case{"prometheus/registry.h", "http/metrics.cpp", "store/store.h"},
             Case{"spdlog/spdlog.h", "base/log.cpp", "base/text.cpp"},
         }) {
        const std::string text = "\n#include <" + include + ">\n";
        EXPECT_THAT(heavy_headers_outside_their_folder({"src/cartwheel/" + home, text}), IsEmpty()) << include;
        EXPECT_THAT(heavy_headers_outside_their_folder({"src/cartwheel/" + elsewhere, text}), ElementsAre(says(2, include)));
    }
}

TEST(Beast, IsCompiledByFourSources) {
    const std::string beast = "#include <boost/beast/core.hpp>\n";
    std::vector<Source> sources = {{"src/cartwheel/client/client.cpp", beast},
                                   {"src/cartwheel/http/connection.cpp", beast},
                                   {"src/cartwheel/http/parser.h", beast},
                                   {"src/cartwheel/http/parser.cpp", "#include \"cartwheel/http/parser.h\"\n"},
                                   {"src/cartwheel/http/worker.cpp", "#include \"cartwheel/http/parser.h\"\n"},
                                   {"src/cartwheel/http/listener.cpp", "#include <vector>\n"}};
    EXPECT_THAT(beast_in_many_files(sources), IsEmpty());
    sources.back().text = beast;
    EXPECT_THAT(beast_in_many_files(sources), testing::SizeIs(5));
}

TEST(Beast, IsFoundBehindHeadersOfHeaders) {
    std::vector<Source> sources = {{"src/cartwheel/http/a.h", "#include \"cartwheel/http/b.h\"\n"},
                                   {"src/cartwheel/http/b.h", "#include <boost/beast.hpp>\n"}};
    for (const auto* name : {"one", "two", "three", "four", "five"}) {
        sources.push_back({std::string("src/cartwheel/http/") + name + ".cpp", "#include \"cartwheel/http/a.h\"\n"});
    }
    EXPECT_THAT(beast_in_many_files(sources), testing::Contains(says(0, "through cartwheel/http/a.h, as 5 sources do")));
}

TEST(LongFiles, AreThoseOfMoreThan500Lines) {
    const std::string lines(500, '\n');
    EXPECT_THAT(long_files({"src/cartwheel/domain/cart.cpp", lines}), IsEmpty());
    EXPECT_THAT(long_files({"src/cartwheel/domain/cart.cpp", lines + "\n"}), ElementsAre(says(0, "501 lines")));
    EXPECT_THAT(long_files({"tests/system/server.py", lines + "\n"}), ElementsAre(at(0)));
    EXPECT_THAT(long_files({"tests/system/parity/sample.json", lines + "\n"}), IsEmpty());
}

TEST(MachinePaths, AreThoseOfAHomeOrOfTheWorkplace) {
    const std::string home =
                          "/ho"
                          "me/someone/shop",
                      root =
                          "/ro"
                          "ot/.cache";
    EXPECT_THAT(machine_paths({"README.md", "first\nsee " + home + "\n"}, "/srv/builds/"), ElementsAre(at(2)));
    EXPECT_THAT(machine_paths({"README.md", "`" + root + "`\n"}, "/srv/builds/"), ElementsAre(at(1)));
    EXPECT_THAT(machine_paths({"README.md", home + "\n"}, "/srv/builds/"), ElementsAre(at(1)));
    EXPECT_THAT(machine_paths({"README.md", "ROOT=/srv/builds/shop\n"}, "/srv/builds/"), ElementsAre(at(1)));
}

TEST(MachinePaths, AreNotPartsOfOtherPaths) {
    const Source source{"README.md",
                        "src/ho"
                        "me/page.html, http://localhost:8000/ro"
                        "ot/, /var/lib/cartwheel, ./ro"
                        "ot/x\n"};
    EXPECT_THAT(machine_paths(source, "/"), IsEmpty());
}

TEST(UnfinishedWork, IsNamed) {
    EXPECT_THAT(unfinished_work({"src/cartwheel/api/carts.cpp",
                                 "int a;\n// TO"
                                 "DO later\n// FIX"
                                 "ME\n"}),
                ElementsAre(at(2), at(3)));
    EXPECT_THAT(unfinished_work({"src/cartwheel/api/carts.cpp", "// todos are for others, AUTODOC too\n"}), IsEmpty());
}

TEST(Prints, AreForCommands) {
    const std::string text = "void f() {\n    std::cout << 1;\n    fmt::print(\"x\");\n    std::snprintf(b, 1, \"x\");\n}\n";
    EXPECT_THAT(prints_outside_commands({"src/cartwheel/app/service.cpp", text}), ElementsAre(at(2), at(3)));
    EXPECT_THAT(prints_outside_commands({"src/cartwheel/cli/serve.cpp", text}), IsEmpty());
}

TEST(Sleeps, HaveNoPlaceInTests) {
    EXPECT_THAT(sleeps_in_tests({"tests/http/listener_test.cpp",
                                 "std::this_thread::sl"
                                 "eep_for(1s);\n"}),
                ElementsAre(at(1)));
    EXPECT_THAT(sleeps_in_tests({"tests/system/test_crash.py",
                                 "import time\ntime.sl"
                                 "eep(1)\n"}),
                ElementsAre(at(2)));
    EXPECT_THAT(sleeps_in_tests({"bench/run.py",
                                 "time.sl"
                                 "eep(1)\n"}),
                IsEmpty());
    EXPECT_THAT(sleeps_in_tests({"tests/http/listener_test.cpp", "// asleep (for good)\n"}), IsEmpty());
}

const Source map{"ARCHITECTURE.md",
                 "# The map\n\n| folder | what |\n|---|---|\n| `base/` | ground |\n| `src/cartwheel/engines/rocks/` | disk |\n\n"
                 "| command | what |\n|---|---|\n| `serve` | serves |\n"};

TEST(FolderTable, ThatNamesEveryFolderPasses) {
    EXPECT_THAT(folder_table_against(std::vector<std::string>{"base", "engines/rocks"}, map), IsEmpty());
}

TEST(FolderTable, LacksANewFolder) {
    EXPECT_THAT(folder_table_against(std::vector<std::string>{"base", "csv", "engines/rocks"}, map), ElementsAre(says(3, "lacks csv")));
}

TEST(FolderTable, HasNoRowForAFolderThatIsGone) {
    EXPECT_THAT(folder_table_against(std::vector<std::string>{"base"}, map), ElementsAre(says(6, "no folder engines/rocks")));
}

TEST(FolderTable, HasToBeThere) {
    EXPECT_THAT(folder_table_against(std::vector<std::string>{"base"}, {"ARCHITECTURE.md", "# The map\n"}), ElementsAre(at(0)));
}

TEST(Paths, ThatExistUnderOneOfTheRootsPass) {
    const auto exists = [](const std::string& path) {
        return path == "tests/tidy/rules.cpp" || path == "src/cartwheel/domain/cart.h" || path == "README.md";
    };
    const Source text{
        "ARCHITECTURE.md",
        "See `tests/tidy/rules.cpp`, `cartwheel/domain/cart.h`, `domain/cart.h`, `domain/cart` and `README.md`.\n"
        "Not paths: `GET /carts/{id}`, `/docs`, `make test`, `text/csv`, `build/release/cartwheel`, `std::span`, `--data`, `4.5`.\n"
        "```\ndomain/cart     the rules\nmake run\n  <- anything/here goes\n```\n"};
    EXPECT_THAT(paths_that_lead_nowhere(text, exists), IsEmpty());
}

TEST(Paths, ThatDoNotExistAreNamed) {
    const auto nothing = [](const std::string&) { return false; };
    const Source text{"ARCHITECTURE.md", "First `docs/adr/0001.md`,\nthen `cart.h` and `store/`.\n```\nhttp/listener   accepts\n```\n"};
    EXPECT_THAT(paths_that_lead_nowhere(text, nothing),
                ElementsAre(says(1, "docs/adr/0001.md"), says(2, "cart.h"), says(2, "store/"), says(4, "http/listener")));
}

}  // namespace
}  // namespace tidy
