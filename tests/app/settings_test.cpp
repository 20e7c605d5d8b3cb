#include "cartwheel/app/settings.h"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <string>

namespace cartwheel::app {
namespace {

const Setting& setting(std::string_view path) {
    const auto* found = find_setting(path);
    if (found == nullptr) throw std::out_of_range(std::string(path));
    return *found;
}

std::string refusal(std::string_view name, std::string_view text) {
    Settings settings;
    const auto result = setting(name).set(settings, text);
    return result ? "" : result.error().message;
}

TEST(Settings, EachHasOneNameOneFlagAndOneVariable) {
    std::set<std::string> seen;
    for (const auto& row : settings_table()) {
        EXPECT_TRUE(seen.insert(row.path()).second) << row.path();
        EXPECT_TRUE(seen.insert(row.variable()).second) << row.path();
        EXPECT_TRUE(row.flag().empty() || seen.insert(row.flag()).second) << row.path();
    }
    EXPECT_EQ(setting("queue_wait_max").flag(), "--queue-wait-max");
    EXPECT_EQ(setting("queue_wait_max").variable(), "CARTWHEEL_QUEUE_WAIT_MAX");
    EXPECT_EQ(setting("cql.host").flag(), "--host");
    EXPECT_EQ(setting("cql.host").variable(), "CARTWHEEL_CQL_HOST");
    EXPECT_EQ(setting("cql.queue_max").flag(), "--cql-queue-max");
    EXPECT_EQ(setting("cql.queue_max").variable(), "CARTWHEEL_CQL_QUEUE_MAX");
}

TEST(Settings, APasswordHasNoFlagAndIsNeverShown) {
    const auto& password = setting("cql.password");
    EXPECT_EQ(password.flag(), "");
    Settings settings;
    ASSERT_TRUE(password.set(settings, "geheim"));
    EXPECT_EQ(settings.cql.password, "geheim");
    for (const auto& row : settings_table()) EXPECT_EQ(row.show(settings).find("geheim"), std::string::npos) << row.path();
}

TEST(Settings, WhoGivesKafkaAPasswordOrCertificatesMeansThemToBeUsed) {
    const auto said = [](std::initializer_list<std::pair<std::string_view, std::string_view>> given) {
        Settings settings;
        EXPECT_TRUE(setting("kafka.brokers").set(settings, "127.0.0.1:9092"));
        for (const auto& [path, text] : given) EXPECT_TRUE(setting(path).set(settings, text)) << path;
        const auto result = check(settings);
        return result ? "" : result.error().message;
    };
    EXPECT_EQ(said({}), "");
    EXPECT_NE(said({{"kafka.user", "shop"}, {"kafka.password", "geheim"}}).find("--kafka-security"), std::string::npos);
    EXPECT_NE(said({{"kafka.security", "sasl_ssl"}, {"kafka.user", "shop"}}).find("--kafka-password-file"), std::string::npos);
    EXPECT_NE(said({{"kafka.ca_file", "ca.pem"}}).find("--kafka-security"), std::string::npos);
    EXPECT_EQ(said({{"kafka.security", "sasl_ssl"}, {"kafka.user", "shop"}, {"kafka.password", "x"}, {"kafka.ca_file", "ca.pem"}}), "");
}

TEST(Settings, ChangesMayBeKeptForAllTime) {
    Settings settings;
    ASSERT_TRUE(setting("changes.retention").set(settings, "0"));
    EXPECT_EQ(settings.changes.retention.count(), 0);
    EXPECT_EQ(setting("changes.retention").show(settings), "0");
    ASSERT_TRUE(setting("changes.retention").set(settings, "720h"));
    EXPECT_EQ(settings.changes.retention, std::chrono::hours(720));
    for (const char* text : {"0s", "-1h", "7", "9000h", "forever"}) EXPECT_NE(refusal("changes.retention", text), "") << text;
}

TEST(Settings, ATopicsPrefixIsOfTheCharactersThatTopicsMayHave) {
    EXPECT_EQ(refusal("kafka.topic_prefix", "shop-1.eu_west"), "");
    for (const char* text : {"", "a b", "a/b", "\xc3\xa4"}) EXPECT_NE(refusal("kafka.topic_prefix", text), "") << text;
}

TEST(Settings, OfPasswordAndItsFileTheLaterCounts) {
    Settings settings;
    ASSERT_TRUE(setting("cql.password").set(settings, "one"));
    ASSERT_TRUE(setting("cql.password_file").set(settings, ""));
    EXPECT_EQ(settings.cql.password, "one");
    ASSERT_TRUE(setting("cql.password_file").set(settings, "two"));
    EXPECT_EQ(settings.cql.password, "");
    ASSERT_TRUE(setting("cql.password").set(settings, "three"));
    EXPECT_EQ(settings.cql_password_file, "");
}

TEST(Settings, UserAndPasswordCertificateAndKeyGoTogether) {
    const auto said = [](std::initializer_list<std::pair<std::string_view, std::string_view>> given) {
        Settings settings;
        for (const auto& [path, text] : given) EXPECT_TRUE(setting(path).set(settings, text));
        const auto result = check(settings);
        return result ? "" : result.error().message;
    };
    EXPECT_NE(said({{"cql.user", "shop"}}).find("--password-file"), std::string::npos);
    EXPECT_NE(said({{"cql.password", "geheim"}}).find("--user"), std::string::npos);
    EXPECT_EQ(said({{"cql.password", "geheim"}}).find("geheim"), std::string::npos);
    EXPECT_EQ(said({{"cql.user", "shop"}, {"cql.password_file", "x"}}), "");
    EXPECT_NE(said({{"cql.ca_file", "a"}, {"cql.key_file", "x"}}).find("--certificate-file"), std::string::npos);
    EXPECT_NE(said({{"cql.certificate_file", "a"}, {"cql.key_file", "x"}}).find("--ca-file"), std::string::npos);
    EXPECT_EQ(said({{"cql.ca_file", "a"}, {"cql.certificate_file", "a"}, {"cql.key_file", "x"}}), "");
}

TEST(Settings, EachTakesWhatItShows) {
    const Settings defaults;
    for (const auto& row : settings_table()) {
        Settings settings;
        EXPECT_TRUE(row.set(settings, row.show(defaults))) << row.name;
        EXPECT_EQ(row.show(settings), row.show(defaults)) << row.name;
    }
}

// A row with a neighbour's member would pass every other test.
TEST(Settings, EachChangesItselfAlone) {
    for (const auto& row : settings_table()) {
        Settings settings;
        std::string other;
        for (const char* text : {"true", "7", "777", "7MiB", "7s", "127.0.0.7:7", "memory", "EUR", "debug", "global", "legacy", "ssl"}) {
            if (row.set(settings, text)) {
                other = text;
                break;
            }
        }
        ASSERT_NE(other, "") << row.name;
        for (const auto& peer : settings_table())
            EXPECT_EQ(peer.show(settings) == peer.show(Settings{}), peer.path() != row.path()) << row.path() << " and " << peer.path();
    }
}

TEST(Settings, ListenTakesAddressesOfBothFamilies) {
    for (const char* text : {"127.0.0.1:8000", "0.0.0.0:0", "[::1]:65535", "[::]:80"}) {
        const auto address = ListenAddress::parse(text);
        ASSERT_TRUE(address) << text;
        EXPECT_EQ(address->text(), text);
    }
    EXPECT_EQ(ListenAddress::parse("localhost:80")->text(), "127.0.0.1:80");
}

TEST(Settings, WhatIsNoListenAddressIsRefused) {
    for (const char* text : {"", "8000", ":8000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0:80",
                             "example.com:80", "::1:80", "[::1]", "[127.0.0.1]:80", "http://127.0.0.1:80", "127.0.0.1:80 "}) {
        EXPECT_NE(refusal("listen", text).find("such as 127.0.0.1:8000"), std::string::npos) << text;
    }
}

TEST(Settings, OnlyLoopbackIsOpenWithoutBeingAskedTwice) {
    for (const char* text : {"127.0.0.1:1", "127.8.9.10:1", "[::1]:1"}) {
        Settings settings;
        ASSERT_TRUE(setting("listen").set(settings, text));
        EXPECT_TRUE(check(settings)) << text;
    }
    for (const char* text : {"0.0.0.0:1", "192.0.2.1:1", "[::]:1", "[::ffff:192.0.2.1]:1"}) {
        Settings settings;
        ASSERT_TRUE(setting("listen").set(settings, text));
        const auto result = check(settings);
        ASSERT_FALSE(result) << text;
        EXPECT_EQ(result.error().code, ErrorCode::invalid);
        EXPECT_NE(result.error().message.find("--allow-open-access"), std::string::npos);
        settings.allow_open_access = true;
        EXPECT_TRUE(check(settings)) << text;
    }
}

TEST(Settings, ClusterEngineIsTakenWhereItIsBuiltIn) {
#ifdef CARTWHEEL_CQL
    EXPECT_EQ(refusal("store", "cql"), "");
#else
    EXPECT_NE(refusal("store", "cql").find("no cluster engine"), std::string::npos);
#endif
    EXPECT_NE(refusal("store", "sqlite").find("rocks, memory or cql"), std::string::npos);
}

TEST(Settings, ValuesOutOfRangeAreRefused) {
    EXPECT_NE(refusal("cache", "1KiB"), "");
    EXPECT_NE(refusal("cache", "2048GiB"), "");
    EXPECT_NE(refusal("queue_max", "0"), "");
    EXPECT_NE(refusal("threads", "1025"), "");
    EXPECT_NE(refusal("header_timeout", "0s"), "");
    EXPECT_NE(refusal("currency", "usd"), "");
    EXPECT_NE(refusal("currency", "EURO"), "");
    EXPECT_NE(refusal("log_level", "loud"), "");
    EXPECT_NE(refusal("data", ""), "");
    EXPECT_NE(refusal("sample", "maybe"), "");
    EXPECT_NE(refusal("cql.host", ""), "");
    EXPECT_NE(refusal("cql.keyspace", "my-shop"), "");
    EXPECT_NE(refusal("cql.keyspace", ""), "");
    EXPECT_NE(refusal("cql.keyspace", std::string(49, 'k')), "");
    EXPECT_NE(refusal("cql.consistency", "quorum"), "");
    EXPECT_NE(refusal("cql.in_flight_max", "127"), "") << "an import would never have room for its statements";
}

}  // namespace
}  // namespace cartwheel::app
