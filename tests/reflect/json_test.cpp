#include "cartwheel/reflect/json.h"

#include <gmock/gmock.h>

namespace cartwheel::reflect {
namespace {

std::string again(std::string_view text) {
    const auto document = JsonDocument::parse(text);
    if (!document) return "error at " + std::to_string(document.error().offset);
    std::string out;
    document->root().append_to(out);
    return out;
}

TEST(Json, NumbersKeepTheirDigits) {
    EXPECT_EQ(again("[79.61, 1e400, 0.10, 123456789012345678901234567890, -0]"), "[79.61,1e400,0.10,123456789012345678901234567890,-0]");
}

TEST(Json, StringsAreUnescapedAndEscapedAgain) {
    const std::string text = R"({"a\u00e9":"\ud83d\ude00 \"\\\/\b\f\n\r\t\u0001"})";
    EXPECT_EQ(again(text), "{\"a\xc3\xa9\":\"\xf0\x9f\x98\x80 \\\"\\\\/\\b\\f\\n\\r\\t\\u0001\"}");
}

TEST(Json, OfARepeatedMemberTheLastCounts) {
    const auto document = JsonDocument::parse(R"({"a":1,"b":{"a":9},"a":2})");
    ASSERT_TRUE(document);
    EXPECT_EQ(document->root().member("a")->text(), "2");
}

TEST(Json, MembersOfInnerObjectsAreNotTheOuterOnes) {
    const auto document = JsonDocument::parse(R"({"b":{"a":9}})");
    ASSERT_TRUE(document);
    EXPECT_FALSE(document->root().member("a"));
}

TEST(Json, ADocumentMayBeMoved) {
    auto document = JsonDocument::parse(R"(["\u0061bc","plain"])");
    ASSERT_TRUE(document);
    const auto moved = std::move(*document);
    std::string out;
    moved.root().append_to(out);
    EXPECT_EQ(out, R"(["abc","plain"])");
}

TEST(Json, ErrorsNameTheStartOfTheWrongToken) {
    EXPECT_EQ(again("nope"), "error at 0");
    EXPECT_EQ(again("{\"a\": nope}"), "error at 6");
    EXPECT_EQ(again("[1] x"), "error at 4");
}

TEST(Json, WhatIsNoJsonIsRefused) {
    for (const auto* text : {"", " ", "{", "{\"a\":}", "[1,]", "NaN", "Infinity", "'a'", "01", "+1", ".5", "\"\x01\"", "{\"a\":1 // no\n}"})
        EXPECT_TRUE(again(text).starts_with("error")) << text;
}

TEST(Json, DepthIsLimited) {
    EXPECT_TRUE(again(std::string(JsonDocument::depth_max + 1, '[') + std::string(JsonDocument::depth_max + 1, ']')).starts_with("error"));
    EXPECT_EQ(again(std::string(20, '[') + std::string(20, ']')), std::string(20, '[') + std::string(20, ']'));
}

}  // namespace
}  // namespace cartwheel::reflect
