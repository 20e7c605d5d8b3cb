#include "cartwheel/base/log.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

namespace cartwheel::log {
namespace {

using ::testing::internal::CaptureStderr;
using ::testing::internal::GetCapturedStderr;

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at);
        lines.push_back(text.substr(at, end - at));
        at = end == std::string::npos ? text.size() : end + 1;
    }
    return lines;
}

TEST(Log, LevelsHaveNames) {
    EXPECT_EQ(parse_level("warn"), Level::warn);
    EXPECT_EQ(parse_level("loud"), std::nullopt);
    EXPECT_STREQ(name_of(Level::debug), "debug");
}

TEST(Log, LinesOfTheLevelAndAboveAreKept) {
    CaptureStderr();
    {
        const auto log = start(Level::warn, false);
        EXPECT_FALSE(enabled(Level::info));
        EXPECT_TRUE(enabled(Level::error));
        info("not this");
        warn("but this");
        error("and this");
        request("not asked for");
    }
    const auto lines = lines_of(GetCapturedStderr());
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_THAT(lines[0], ::testing::MatchesRegex("....-..-..T..:..:..\\....Z warning but this"));
    EXPECT_THAT(lines[1], ::testing::HasSubstr("error   and this"));
}

TEST(Log, OffKeepsNothing) {
    CaptureStderr();
    {
        const auto log = start(Level::off, false);
        error("lost");
    }
    EXPECT_EQ(GetCapturedStderr(), "");
}

TEST(Log, RequestsAreKeptWhenAskedForWhateverTheLevel) {
    CaptureStderr();
    {
        const auto log = start(Level::error, true);
        EXPECT_TRUE(requests_enabled());
        request("GET / 200");
    }
    EXPECT_THAT(GetCapturedStderr(), ::testing::HasSubstr("GET / 200\n"));
}

TEST(Log, ALineStaysALine) {
    CaptureStderr();
    {
        const auto log = start(Level::info, false);
        info("GET /\r\nfake \x1b[2J line");
    }
    const auto lines = lines_of(GetCapturedStderr());
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_THAT(lines[0], ::testing::HasSubstr("GET /\\x0d\\x0afake \\x1b[2J line"));
}

TEST(Log, WithoutAnOwnerLinesAreWrittenAtOnce) {
    CaptureStderr();
    {
        const auto log = start(Level::info, false);
    }
    error("no log any more");
    EXPECT_EQ(GetCapturedStderr(), "error   no log any more\n");
}

TEST(Log, LastWordsGoPastTheQueue) {
    CaptureStderr();
    const auto log = start(Level::off, false);
    last_words("the disk failed");
    EXPECT_EQ(GetCapturedStderr(), "the disk failed\n");
}

TEST(Log, NobodyWaitsForALogThatNobodyReads) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    const int real = ::dup(STDERR_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    std::jthread reader;
    {
        const auto log = start(Level::info, false, 64);
        // Far more than a pipe takes; without the bound this would not return.
        const std::string text(1000, 'x');
        for (int i = 0; i < 10'000; ++i) info(text);
        // From here on somebody reads, so that the log can end.
        reader = std::jthread([&] {
            std::array<char, 65536> taken{};
            while (::read(ends[0], taken.data(), taken.size()) > 0) {
            }
        });
    }
    ::dup2(real, STDERR_FILENO);
    ::close(ends[1]);
    reader.join();
    ::close(ends[0]);
    ::close(real);
}

}  // namespace
}  // namespace cartwheel::log
