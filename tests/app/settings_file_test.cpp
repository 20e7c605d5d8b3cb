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
    for (const auto& one : *written) by_name[one.path] = one;
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

TEST(SettingsFile, TheClusterHasASectionOfItsOwn) {
    const test::TemporaryFolder folder;
    const auto written = read_settings_file(
        folder.file("shop.toml", "threads = 3\n[cql]\nhost = [\"10.0.0.1\", \"ten:9043\"]\nqueue_max = 7\nkeyspace = \"shop\"\n"));
    ASSERT_TRUE(written) << written.error().message;
    std::map<std::string, WrittenSetting> by_path;
    for (const auto& one : *written) by_path[one.path] = one;
    ASSERT_EQ(by_path.size(), 4u);
    EXPECT_EQ(by_path["cql.host"].text, "10.0.0.1,ten:9043");
    EXPECT_EQ(by_path["cql.queue_max"].text, "7");
    EXPECT_EQ(by_path["cql.keyspace"].text, "shop");
    EXPECT_THAT(by_path["cql.queue_max"].place, HasSubstr("shop.toml:4: cql.queue_max"));
}

TEST(SettingsFile, AnUnknownNameOfTheClusterIsRefusedWithTheNearest) {
    EXPECT_THAT(refusal("[cql]\nhst = \"127.0.0.1\"\n"), AllOf(HasSubstr("cartwheel.toml:2: cql.hst"), HasSubstr("did you mean host?")));
    EXPECT_THAT(refusal("[cql]\nthreads = 3\n"), HasSubstr("it belongs above the first [section]"));
    EXPECT_THAT(refusal("keyspace = \"shop\"\n"), HasSubstr("it belongs below [cql]"));
    EXPECT_THAT(refusal("cql = 3\n"), HasSubstr("cartwheel.toml:1: cql"));
    EXPECT_THAT(refusal("\"cql.host\" = \"127.0.0.1\"\n"), HasSubstr("there is no such setting"));
    EXPECT_THAT(refusal("[cql.cql]\nhost = \"127.0.0.1\"\n"), HasSubstr("cql.cql"));
}

TEST(SettingsFile, WhatIsNoTomlIsRefusedWithItsLine) {
    EXPECT_THAT(refusal("threads = 3\nlisten = 127.0.0.1:80\n"), HasSubstr("cartwheel.toml:2: "));
    EXPECT_THAT(refusal("threads = 3\nthreads = 4\n"), HasSubstr("cartwheel.toml:2: "));
    EXPECT_THAT(refusal("data = \"\xff\"\n"), HasSubstr("cartwheel.toml:1: "));
}

TEST(SettingsFile, AValueOfAnotherShapeIsRefused) {
    for (const char* text : {"threads = 1.5\n", "listen = [\"127.0.0.1:1\"]\n", "sample = 2026-01-01\n", "[data]\nfolder = \"x\"\n",
                             "cql.host = [1, 2]\n", "cql.user = [\"x\"]\n"})
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
    for (const auto& one : *written) shown[one.path] = one.text;

    const Settings defaults;
    std::map<std::string, std::string> expected;
    for (const auto& row : settings_table()) expected[row.path()] = row.show(defaults);
    EXPECT_EQ(shown, expected);
}

TEST(SettingsFile, TheOneThatIsShippedSaysOfEachWhatItIsAndItsUnit) {
    std::ifstream in(CARTWHEEL_SHOWN_SETTINGS);
    std::map<std::string, std::string> above;
    std::string comment;
    std::string section;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("# ")) comment += line.substr(2) + "\n";
        if (line.starts_with('[')) section = line.substr(1, line.find(']') - 1) + ".";
        if (const auto equals = line.find(" = "); equals != std::string::npos && !line.starts_with('#'))
            above[section + line.substr(0, equals)] = comment;
        if (!line.starts_with('#')) comment.clear();
    }
    for (const auto& row : settings_table()) {
        EXPECT_EQ(above[row.path()], std::string(row.help) + " (" + std::string(describe(row.unit)) + ")\n") << row.path();
    }
}

}  // namespace
}  // namespace cartwheel::app
