#include "cartwheel/http/message.h"

#include <gmock/gmock.h>

namespace cartwheel::http {
namespace {

TEST(Message, DecodesPercentEscapes) {
    EXPECT_EQ(percent_decoded("a%20b%E2%82%ac+", false), "a b\xe2\x82\xac+");
    EXPECT_EQ(percent_decoded("a+b", true), "a b");
    for (const auto* broken : {"%", "%2", "%zz", "a%2"}) EXPECT_FALSE(percent_decoded(broken, false)) << broken;
}

TEST(Message, EncodesAllButUnreservedCharacters) { EXPECT_EQ(percent_encoded("a b/\xe2\x82\xac-._~"), "a%20b%2F%E2%82%AC-._~"); }

TEST(Message, OfARepeatedQueryParameterTheLastCounts) {
    Request request;
    request.query = "limit=1&x&li%6dit=2&&=3";
    EXPECT_EQ(request.query_parameter("limit"), "2");
    EXPECT_EQ(request.query_parameter("x"), "");
    EXPECT_FALSE(request.query_parameter("y"));
}

TEST(Message, QueryParametersAreAlwaysUtf8) {
    Request request;
    request.query = "q=a%FFb";
    EXPECT_EQ(request.query_parameter("q"),
              "a\xef\xbf\xbd"
              "b");
}

TEST(Message, HeadersAreFoundWhateverTheirCase) {
    Request request;
    request.headers = {{"X-One", "1"}, {"x-one", "2"}};
    EXPECT_EQ(request.header("X-ONE"), "2");
    EXPECT_FALSE(request.header("x-two"));
}

}  // namespace
}  // namespace cartwheel::http
