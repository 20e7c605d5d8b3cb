#include "cartwheel/app/settings_sources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/temporary_folder.h"

namespace cartwheel::app {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

WrittenSetting flag(std::string name, std::string text) { return {name, std::move(text), "--" + name}; }

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

TEST(SettingSources, OpenAccessHasToBeAskedFor) {
    EXPECT_THAT(refusal({{flag("listen", "0.0.0.0:0")}, {}, {}}), HasSubstr("--allow-open-access"));
    EXPECT_TRUE(load_settings({{flag("listen", "0.0.0.0:0"), flag("allow_open_access", "true")}, {}, {}}));
}

}  // namespace
}  // namespace cartwheel::app
