#include "cartwheel/app/units.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cartwheel::app {
namespace {

using std::chrono::milliseconds;

TEST(Units, SizesTakeBinaryAndDecimalUnitsAndBareBytes) {
    EXPECT_EQ(parse_bytes("0"), 0u);
    EXPECT_EQ(parse_bytes("1000"), 1000u);
    EXPECT_EQ(parse_bytes("7B"), 7u);
    EXPECT_EQ(parse_bytes("64KiB"), 65'536u);
    EXPECT_EQ(parse_bytes("256 MiB"), 268'435'456u);
    EXPECT_EQ(parse_bytes("1GiB"), 1'073'741'824u);
    EXPECT_EQ(parse_bytes("3kB"), 3'000u);
    EXPECT_EQ(parse_bytes("2MB"), 2'000'000u);
    EXPECT_EQ(parse_bytes("1GB"), 1'000'000'000u);
}

TEST(Units, WhatIsNoSizeIsRefusedWithAnExample) {
    for (const char* text : {"", "MiB", "-1", "1.5GiB", "12mib", "1 TiB", "18446744073709551616", "18446744073709551615KiB", "1MiB "}) {
        const auto bytes = parse_bytes(text);
        ASSERT_FALSE(bytes) << text;
        EXPECT_EQ(bytes.error().code, ErrorCode::invalid);
        EXPECT_NE(bytes.error().message.find("256MiB"), std::string::npos) << bytes.error().message;
    }
}

TEST(Units, ASizeIsShownAsItIsTaken) {
    EXPECT_EQ(show_bytes(std::size_t{256} << 20), "256MiB");
    EXPECT_EQ(show_bytes(1536), "1536B");
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, std::size_t{1024}, std::size_t{3} << 30, std::size_t{1'000'000}})
        EXPECT_EQ(parse_bytes(show_bytes(bytes)), bytes);
}

TEST(Units, DurationsNeedAUnit) {
    EXPECT_EQ(parse_duration("500ms"), milliseconds(500));
    EXPECT_EQ(parse_duration("10s"), milliseconds(10'000));
    EXPECT_EQ(parse_duration("2m"), milliseconds(120'000));
    EXPECT_EQ(parse_duration("24h"), milliseconds(86'400'000));
    for (const char* text : {"", "10", "s", "1.5s", "-1s", "0s", "0ms", "25h", "1d", "10 seconds"}) {
        const auto duration = parse_duration(text);
        ASSERT_FALSE(duration) << text;
        EXPECT_EQ(duration.error().code, ErrorCode::invalid);
    }
}

TEST(Units, ADurationIsShownAsItIsTaken) {
    EXPECT_EQ(show_duration(milliseconds(75'000)), "75s");
    EXPECT_EQ(show_duration(milliseconds(1'500)), "1500ms");
    EXPECT_EQ(show_duration(milliseconds(7'200'000)), "2h");
}

TEST(Units, CountsKeepTheirRange) {
    EXPECT_EQ(parse_count("1", 1, 10), 1u);
    EXPECT_EQ(parse_count("10", 1, 10), 10u);
    for (const char* text : {"", "0", "11", "+1", "1e1", "0x1", " 1", "1 ", "ten", "99999999999999999999"})
        EXPECT_FALSE(parse_count(text, 1, 10)) << text;
}

TEST(Units, HostsAreNamesAndAddressesWithOrWithoutPorts) {
    using List = std::vector<std::string>;
    EXPECT_EQ(parse_hosts("127.0.0.1"), List({"127.0.0.1"}));
    EXPECT_EQ(parse_hosts("node-1.example.com:9043, [::1]:9042,::1,[fe80::1]"),
              List({"node-1.example.com:9043", "[::1]:9042", "::1", "[fe80::1]"}));
    for (const char* text : {"", ",", "a,", "a b", "a:", "a:0", "a:65536", "a:b", ":9042", "http://a", "[::1", "[::1]9042", "[]:1"})
        EXPECT_FALSE(parse_hosts(text)) << text;
}

TEST(Units, AnswersAreYesOrNo) {
    for (const char* text : {"true", "yes", "on", "1"}) EXPECT_EQ(parse_yes_or_no(text), true) << text;
    for (const char* text : {"false", "no", "off", "0"}) EXPECT_EQ(parse_yes_or_no(text), false) << text;
    for (const char* text : {"", "TRUE", "y", "2"}) EXPECT_FALSE(parse_yes_or_no(text)) << text;
}

}  // namespace
}  // namespace cartwheel::app
