#include "cartwheel/base/nearest.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cartwheel {
namespace {

const std::vector<std::string> flags{"--listen", "--queue-max", "--queue-wait-max", "--cache", "--sample", "--idle-timeout"};

TEST(Nearest, ForgivesASlipOfTheFinger) {
    EXPECT_EQ(nearest("--listn", flags), "--listen");
    EXPECT_EQ(nearest("--lsiten", flags), "--listen");
    EXPECT_EQ(nearest("--quee-max", flags), "--queue-max");
    EXPECT_EQ(nearest("--caches", flags), "--cache");
    EXPECT_EQ(nearest("--simple", flags), "--sample");
}

TEST(Nearest, CaseAndTheKindOfDashCountForNothing) {
    EXPECT_EQ(nearest("--QUEUE_MAX", flags), "--queue-max");
    EXPECT_EQ(nearest("--queue_wait_max", flags), "--queue-wait-max");
}

TEST(Nearest, TakesAPartForTheWhole) { EXPECT_EQ(nearest("timeout", flags), "--idle-timeout"); }

TEST(Nearest, WhatIsFarFromAllIsNoneOfThem) {
    EXPECT_EQ(nearest("--weather", flags), std::nullopt);
    EXPECT_EQ(nearest("", flags), std::nullopt);
    EXPECT_EQ(nearest("x", {}), std::nullopt);
}

TEST(Nearest, ASuggestionIsAQuestion) {
    EXPECT_EQ(did_you_mean("listne", std::vector<std::string>{"listen"}, "--"), "; did you mean --listen?");
    EXPECT_EQ(did_you_mean("weather", flags), "");
}

}  // namespace
}  // namespace cartwheel
