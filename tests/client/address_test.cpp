#include "cartwheel/client/address.h"

#include <gtest/gtest.h>

namespace cartwheel::client {
namespace {

TEST(Address, IsAHostAndAPort) {
    EXPECT_EQ(Address::parse("http://127.0.0.1:8000"), (Address{"127.0.0.1", 8000}));
    EXPECT_EQ(Address::parse("http://shop.example/"), (Address{"shop.example", 80}));
    EXPECT_EQ(Address::parse("http://[::1]:8000"), (Address{"::1", 8000}));
}

TEST(Address, IsWrittenAsAHostHeaderWantsIt) {
    EXPECT_EQ((Address{"::1", 8000}.authority()), "[::1]:8000");
    EXPECT_EQ((Address{"shop.example", 80}.url()), "http://shop.example");
}

TEST(Address, RefusesEverythingElse) {
    for (const char* text : {"", "127.0.0.1:8000", "localhost", "ftp://a", "https://a", "http://", "http://a/shop", "http://a?b",
                             "http://a:0", "http://a:99999", "http://me@a"})
        EXPECT_FALSE(Address::parse(text)) << text;
}

TEST(PathSegment, EncodesWhatIsNotPlain) { EXPECT_EQ(path_segment("a b/ä~1"), "a%20b%2F%C3%A4~1"); }

}  // namespace
}  // namespace cartwheel::client
