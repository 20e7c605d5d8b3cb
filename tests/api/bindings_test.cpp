#include "cartwheel/api/bindings.h"

#include <gmock/gmock.h>

namespace cartwheel::api {
namespace {

TEST(IfMatch, HoldsForThePresentTagAlone) {
    const domain::CartState cart{7, domain::Cart{domain::CartId::random(), {}}};
    EXPECT_TRUE(IfMatch{}.holds(cart));
    EXPECT_TRUE(IfMatch{"*"}.holds(cart));
    EXPECT_TRUE(IfMatch{"\"7\""}.holds(cart));
    EXPECT_TRUE(IfMatch{"\"1\" , \"7\""}.holds(cart));
    for (const auto* tags : {"\"8\"", "W/\"7\"", "7", "", "\"7"}) EXPECT_FALSE(IfMatch{tags}.holds(cart)) << tags;
}

TEST(IfMatch, NeverHoldsWithoutACart) {
    const domain::CartState none{7, std::nullopt};
    EXPECT_TRUE(IfMatch{}.holds(none));
    EXPECT_FALSE(IfMatch{"*"}.holds(none));
    EXPECT_FALSE(IfMatch{"\"7\""}.holds(none));
}

TEST(Tags, AreComparedWeaklyAndMayHoldCommas) {
    EXPECT_TRUE(holds_tag("*", "\"a\""));
    EXPECT_TRUE(holds_tag("\"x,y\", W/\"a\"", "\"a\""));
    EXPECT_FALSE(holds_tag("\"x,\"a\"", "\"a\""));
    EXPECT_FALSE(holds_tag("a", "\"a\""));
}

}  // namespace
}  // namespace cartwheel::api
