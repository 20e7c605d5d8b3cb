#include "cartwheel/app/settings_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <string>

#include "cartwheel/app/settings.h"
#include "support/temporary_folder.h"

namespace cartwheel::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string refusal(const std::string& text) {
    const test::TemporaryFolder folder;
    const auto result = read_settings_file(folder.file("cartwheel.toml", text));
    if (result) return "";
    EXPECT_EQ(result.error().code, ErrorCode::invalid);
    EXPECT_EQ(result.error().message.find('\n'), std::string::npos);
    return result.error().message;
}

TEST(SettingsFile, TakesTextNumbersAndAnswers) {
    const test::TemporaryFolder folder;
    const auto written = read_settings_file(folder.file("shop.toml", "# mine\nlisten = \"[::1]:80\"\nthreads = 3\n\nsample = true\n"));
    ASSERT_TRUE(written) << written.error().message;
    std::map<std::string, WrittenSetting> by_name;
    for (const auto& one : *written) by_name[one.name] = one;
    ASSERT_EQ(by_name.size(), 3u);
    EXPECT_EQ(by_name["listen"].text, "[::1]:80");
    EXPECT_EQ(by_name["threads"].text, "3");
    EXPECT_EQ(by_name["sample"].text, "true");
    EXPECT_THAT(by_name["threads"].place, HasSubstr("shop.toml:3: threads"));
}

TEST(SettingsFile, AnUnknownNameIsRefusedWithTheNearest) {
    EXPECT_THAT(refusal("\nqueue_mx = 3\n"), AllOf(HasSubstr("cartwheel.toml:2: queue_mx"), HasSubstr("did you mean queue_max?")));
    EXPECT_THAT(refusal("idle-timeout = \"3s\"\n"), HasSubstr("did you mean idle_timeout?"));
    EXPECT_THAT(refusal("weather = \"fine\"\n"), HasSubstr("serve --help"));
    EXPECT_THAT(refusal("[server]\nlisten = \"127.0.0.1:1\"\n"), HasSubstr("server"));
}

TEST(SettingsFile, AClusterSectionIsRefusedAsMissingFromThisBuild) {
    EXPECT_THAT(refusal("[cql]\nhost = \"127.0.0.1\"\n"), HasSubstr("no cluster engine"));
}

TEST(SettingsFile, WhatIsNoTomlIsRefusedWithItsLine) {
    EXPECT_THAT(refusal("threads = 3\nlisten = 127.0.0.1:80\n"), HasSubstr("cartwheel.toml:2: "));
    EXPECT_THAT(refusal("threads = 3\nthreads = 4\n"), HasSubstr("cartwheel.toml:2: "));
    EXPECT_THAT(refusal("data = \"\xff\"\n"), HasSubstr("cartwheel.toml:1: "));
}

TEST(SettingsFile, AValueOfAnotherShapeIsRefused) {
    for (const char* text : {"threads = 1.5\n", "listen = [\"127.0.0.1:1\"]\n", "sample = 2026-01-01\n", "[data]\nfolder = \"x\"\n"})
        EXPECT_THAT(refusal(text), HasSubstr("a text in quotes")) << text;
}

TEST(SettingsFile, AMissingFileAndAFolderAreRefused) {
    const test::TemporaryFolder folder;
    for (const auto& path : {folder.path("none.toml"), folder.path()}) {
        const auto result = read_settings_file(path);
        ASSERT_FALSE(result);
        EXPECT_THAT(result.error().message, AllOf(HasSubstr(path), HasSubstr("cannot be read")));
    }
}

TEST(SettingsFile, TheOneThatIsShippedListsEverySettingAtItsDefault) {
    const auto written = read_settings_file(CARTWHEEL_SHOWN_SETTINGS);
    ASSERT_TRUE(written) << written.error().message;
    std::map<std::string, std::string> shown;
    for (const auto& one : *written) shown[one.name] = one.text;

    const Settings defaults;
    std::map<std::string, std::string> expected;
    for (const auto& row : settings_table()) expected[std::string(row.name)] = row.show(defaults);
    EXPECT_EQ(shown, expected);
}

TEST(SettingsFile, TheOneThatIsShippedSaysOfEachWhatItIsAndItsUnit) {
    std::ifstream in(CARTWHEEL_SHOWN_SETTINGS);
    std::map<std::string, std::string> above;
    std::string comment;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("# ")) comment += line.substr(2) + "\n";
        if (const auto equals = line.find(" = "); equals != std::string::npos && !line.starts_with('#'))
            above[line.substr(0, equals)] = comment;
        if (!line.starts_with('#')) comment.clear();
    }
    for (const auto& row : settings_table()) {
        const std::string name(row.name);
        EXPECT_EQ(above[name], std::string(row.help) + " (" + std::string(describe(row.unit)) + ")\n") << name;
    }
}

}  // namespace
}  // namespace cartwheel::app
