#include "cartwheel/client/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <string>

#include "client/scripted.h"

namespace cartwheel::client {
namespace {

using boost::asio::ip::tcp;
using testing::HasSubstr;
using namespace std::chrono_literals;

constexpr const char* empty_ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

TEST(Client, SendsRequestsOverOneConnection) {
    Scripted server({{"HTTP/1.1 200 OK\r\nX-Tea: green\r\nContent-Length: 5\r\n\r\nhello", empty_ok}});
    Client client(server.address());
    const auto first = client.send({.target = "/a", .headers = {{"X-Request-Id", "7"}}});
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ(first->status, 200U);
    EXPECT_EQ(first->body, "hello");
    EXPECT_EQ(first->header("x-tea"), "green");
    EXPECT_TRUE(client.send({.target = "/b"}));
    const auto heads = server.heads();
    EXPECT_THAT(heads, HasSubstr("GET /a HTTP/1.1\r\nHost: " + server.address().authority() + "\r\nX-Request-Id: 7\r\n\r\n"));
    EXPECT_THAT(heads, HasSubstr("GET /b HTTP/1.1\r\n"));
}

TEST(Client, AsksAgainWhenAnIdleConnectionWasClosed) {
    Scripted server({{empty_ok}, {empty_ok}});
    Client client(server.address());
    EXPECT_TRUE(client.send({}));
    EXPECT_TRUE(client.send({}));
}

TEST(Client, DoesNotAskAgainWhatMayNotBeRepeated) {
    Scripted server({{empty_ok}, {empty_ok}});
    Client client(server.address());
    EXPECT_TRUE(client.send({}));
    const auto answer = client.send({.method = "POST", .repeatable = false});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
    EXPECT_TRUE(client.send({}));
}

TEST(Client, StreamsABodyToASink) {
    Scripted server({{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"}});
    Client client(server.address());
    std::string got;
    const auto answer = client.download({}, [&](std::string_view piece) {
        got += piece;
        return Result<void>();
    });
    ASSERT_TRUE(answer);
    EXPECT_EQ(got, "abcdefg");
    EXPECT_EQ(answer->body, "");
}

TEST(Client, NoticesABodyThatEndsTooSoon) {
    Scripted server({{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"}});
    Client client(server.address());
    const auto answer = client.download({}, [](std::string_view) { return Result<void>(); });
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
}

TEST(Client, SaysThatNobodyAnswers) {
    Address address{"127.0.0.1", 0};
    {
        boost::asio::io_context context;
        address.port = tcp::acceptor(context, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)).local_endpoint().port();
    }
    const auto answer = Client(address).send({});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().message, "no server answers at " + address.url() + "; start one with: cartwheel serve");
}

TEST(Client, GivesUpOnASilentServer) {
    Scripted server({{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", empty_ok}});
    Client client(server.address(), {.answer = 50ms});
    const auto answer = client.send({});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::deadline);
}

TEST(Client, TellsWhatDoesNotSpeakHttp) {
    Scripted server({{"SSH-2.0-OpenSSH_9.2\r\n\r\n"}});
    const auto answer = Client(server.address()).send({});
    ASSERT_FALSE(answer);
    EXPECT_THAT(answer.error().message, HasSubstr("does not speak HTTP"));
}

TEST(DetailOf, IsWhatThePersonShouldRead) {
    EXPECT_EQ(detail_of({.status = 404, .body = R"({"detail":"Not Found"})"}), "Not Found");
    EXPECT_EQ(detail_of({.status = 422, .body = R"({"detail":[{"msg":"x"}]})"}), R"(status 422: [{"msg":"x"}])");
    EXPECT_EQ(detail_of({.status = 502, .body = "<html>"}), "status 502");
}

}  // namespace
}  // namespace cartwheel::client
