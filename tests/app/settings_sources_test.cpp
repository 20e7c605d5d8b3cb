#include "cartwheel/app/settings_sources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "support/temporary_folder.h"

namespace cartwheel::app {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

WrittenSetting flag(std::string path, std::string text) { return {path, std::move(text), find_setting(path)->flag()}; }

std::string refusal(const SettingSources& sources) {
    const auto loaded = load_settings(sources);
    return loaded ? "" : loaded.error().message;
}

TEST(SettingSources, FlagsWinOverEnvironmentOverFileOverDefaults) {
    const test::TemporaryFolder folder;
    SettingSources sources;
    sources.file = folder.file("shop.toml", "threads = 1\nqueue_max = 1\ncurrency = \"CHF\"\n");
    sources.environment = {{"CARTWHEEL_THREADS", "2"}, {"CARTWHEEL_QUEUE_MAX", "2"}};
    sources.flags = {flag("threads", "3")};
    const auto loaded = load_settings(sources);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->settings.threads, 3u);
    EXPECT_EQ(loaded->settings.queue_max, 2u);
    EXPECT_EQ(loaded->settings.currency, "CHF");
    EXPECT_EQ(loaded->settings.requests_max, Settings{}.requests_max);
    EXPECT_EQ(loaded->file, sources.file);
    EXPECT_THAT(loaded->warnings, IsEmpty());
}

TEST(SettingSources, AnErrorNamesWhereItStands) {
    const test::TemporaryFolder folder;
    SettingSources file;
    file.file = folder.file("shop.toml", "\ncache = \"lots\"\n");
    EXPECT_THAT(refusal(file), AllOf(HasSubstr("shop.toml:2: cache: "), HasSubstr("256MiB")));
    EXPECT_THAT(refusal({{}, {{"CARTWHEEL_CACHE", "lots"}}, {}}), HasSubstr("CARTWHEEL_CACHE: \"lots\""));
    EXPECT_THAT(refusal({{flag("cache", "lots")}, {}, {}}), HasSubstr("--cache: \"lots\""));
}

TEST(SettingSources, AWrongValueIsRefusedEvenWhereAFlagReplacesIt) {
    EXPECT_THAT(refusal({{flag("threads", "2")}, {{"CARTWHEEL_THREADS", "two"}}, {}}), HasSubstr("CARTWHEEL_THREADS"));
}

TEST(SettingSources, AnUnknownVariableIsWarnedAboutAndIgnored) {
    const auto loaded = load_settings({{}, {{"CARTWHEEL_LISTN", "x"}, {"CARTWHEEL_SERVER", "http://127.0.0.1:1"}}, {}});
    ASSERT_TRUE(loaded);
    EXPECT_THAT(loaded->warnings, ElementsAre(AllOf(HasSubstr("CARTWHEEL_LISTN"), HasSubstr("did you mean CARTWHEEL_LISTEN?"))));
}

TEST(SettingSources, AnEmptyVariableIsNone) {
    const auto loaded = load_settings({{}, {{"CARTWHEEL_THREADS", ""}}, {}});
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->settings.threads, 0u);
}

TEST(SettingSources, TheFileMayBeNamedByAVariableAndByAFlagBeforeThat) {
    const test::TemporaryFolder folder;
    const auto one = folder.file("one.toml", "threads = 1\n");
    const auto two = folder.file("two.toml", "threads = 2\n");
    EXPECT_EQ(load_settings({{}, {{"CARTWHEEL_CONFIG", one}}, {}})->settings.threads, 1u);
    EXPECT_EQ(load_settings({{}, {{"CARTWHEEL_CONFIG", one}}, two})->settings.threads, 2u);
    EXPECT_THAT(refusal({{}, {}, folder.path("none.toml")}), HasSubstr("none.toml"));
}

TEST(SettingSources, AClusterIsNamedBySectionVariablesAndFlags) {
    const test::TemporaryFolder folder;
    SettingSources sources;
    sources.file = folder.file("shop.toml", "[cql]\nhost = [\"a\", \"b:1\"]\nkeyspace = \"one\"\nqueue_max = 1\n");
    sources.environment = {{"CARTWHEEL_CQL_KEYSPACE", "two"}, {"CARTWHEEL_CQL_QUEUE_MAX", "2"}};
    sources.flags = {flag("cql.queue_max", "3")};
    const auto loaded = load_settings(sources);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_THAT(loaded->settings.cql.hosts, ElementsAre("a", "b:1"));
    EXPECT_EQ(loaded->settings.cql.keyspace, "two");
    EXPECT_EQ(loaded->settings.cql.queue_max, 3u);
    EXPECT_EQ(loaded->settings.queue_max, Settings{}.queue_max);
}

TEST(SettingSources, APasswordComesFromItsFileWithoutTheLineEnd) {
    const test::TemporaryFolder folder;
    const auto file = folder.file("password", " ge heim \n");
    std::filesystem::permissions(file, std::filesystem::perms::owner_read);
    const auto loaded = load_settings({{flag("cql.user", "shop"), flag("cql.password_file", file)}, {{"CARTWHEEL_CQL_PASSWORD", "x"}}, {}});
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->settings.cql.password, " ge heim ");
    EXPECT_THAT(loaded->warnings, IsEmpty());
}

TEST(SettingSources, APasswordFileThatIsNoneIsRefused) {
    const test::TemporaryFolder folder;
    const auto said = [](const std::string& file) {
        return refusal({{flag("cql.user", "shop"), flag("cql.password_file", file)}, {}, {}});
    };
    EXPECT_THAT(said(folder.path("none")), AllOf(HasSubstr("none: "), HasSubstr("cannot be read")));
    EXPECT_THAT(said(folder.path()), HasSubstr("cannot be read"));
    EXPECT_THAT(said(folder.file("empty", "\n")), HasSubstr("is empty"));
    EXPECT_THAT(said(folder.file("long", std::string(2'000, 'x'))), HasSubstr("is no password"));
}

TEST(SettingSources, APasswordThatOthersMayReadIsWarnedAbout) {
    const test::TemporaryFolder folder;
    const auto file = folder.file("password", "geheim");
    const auto settings = folder.file("shop.toml", "[cql]\nuser = \"shop\"\npassword = \"geheim\"\n");
    for (const auto& path : {file, settings}) std::filesystem::permissions(path, std::filesystem::perms{0640});
    for (const SettingSources& sources :
         {SettingSources{{flag("cql.user", "shop"), flag("cql.password_file", file)}, {}, {}}, SettingSources{{}, {}, settings}}) {
        const auto loaded = load_settings(sources);
        ASSERT_TRUE(loaded) << loaded.error().message;
        EXPECT_EQ(loaded->settings.cql.password, "geheim");
        EXPECT_THAT(loaded->warnings, ElementsAre(AllOf(HasSubstr("chmod 600"), ::testing::Not(HasSubstr("geheim")))));
    }
}

TEST(SettingSources, TwoPasswordsInOnePlaceAreRefused) {
    EXPECT_THAT(refusal({{}, {{"CARTWHEEL_CQL_PASSWORD", "geheim"}, {"CARTWHEEL_CQL_PASSWORD_FILE", "x"}}, {}}),
                AllOf(HasSubstr("take one of them out"), ::testing::Not(HasSubstr("geheim"))));
}

TEST(SettingSources, OpenAccessHasToBeAskedFor) {
    EXPECT_THAT(refusal({{flag("listen", "0.0.0.0:0")}, {}, {}}), HasSubstr("--allow-open-access"));
    EXPECT_TRUE(load_settings({{flag("listen", "0.0.0.0:0"), flag("allow_open_access", "true")}, {}, {}}));
}

}  // namespace
}  // namespace cartwheel::app
