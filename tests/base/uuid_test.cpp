#include "cartwheel/base/uuid.h"

#include <gtest/gtest.h>

#include <set>

namespace cartwheel {
namespace {

constexpr auto canonical = "dc87a43f-53b2-48a2-9003-2654345b6647";

TEST(Uuid, AllFormsThatPythonTakesAreTheSame) {
    for (const auto* text :
         {canonical, "DC87A43F-53B2-48A2-9003-2654345B6647", "dc87a43f53b248a290032654345b6647", "{dc87a43f-53b2-48a2-9003-2654345b6647}",
          "urn:uuid:dc87a43f-53b2-48a2-9003-2654345b6647", "dc87-a43f53b248a290032654345b6647-"}) {
        const auto uuid = Uuid::parse(text);
        ASSERT_TRUE(uuid) << text;
        EXPECT_EQ(uuid->text(), canonical) << text;
    }
}

TEST(Uuid, WhatIsNoneIsRefused) {
    for (const auto* text :
         {"", "-", "1", "dc87a43f-53b2-48a2-9003-2654345b664", "dc87a43f-53b2-48a2-9003-2654345b66470",
          "gc87a43f-53b2-48a2-9003-2654345b6647", " dc87a43f-53b2-48a2-9003-2654345b6647", "dc87a43f_53b2-48a2-9003-2654345b6647"})
        EXPECT_FALSE(Uuid::parse(text)) << text;
    EXPECT_FALSE(Uuid::parse(std::string(1'000'000, '-'))) << "however long";
}

TEST(Uuid, OrderIsThatOfTheText) {
    EXPECT_LT(*Uuid::parse("00000000-0000-0000-0000-000000000001"), *Uuid::parse("00000000-0000-0000-0000-000000000002"));
    EXPECT_LT(*Uuid::parse("7fffffff-0000-0000-0000-000000000000"), *Uuid::parse("80000000-0000-0000-0000-000000000000"));
}

TEST(Uuid, RandomOnesAreOfVersionFourAndDiffer) {
    std::set<Uuid> seen;
    for (int i = 0; i < 1000; ++i) {
        const auto uuid = Uuid::random();
        EXPECT_EQ(uuid.bytes()[6] >> 4, 4);
        EXPECT_EQ(uuid.bytes()[8] >> 6, 2);
        seen.insert(uuid);
    }
    EXPECT_EQ(seen.size(), 1000U);
}

}  // namespace
}  // namespace cartwheel
