#include "cartwheel/http/request_parser.h"

#include <gmock/gmock.h>

namespace cartwheel::http {
namespace {

using State = HeadScanner::State;

/// What the scanner says when `text` arrives one byte at a time.
State scan_slowly(std::string_view text) {
    HeadScanner scanner;
    auto state = State::incomplete;
    for (std::size_t size = 1; size <= text.size() && state == State::incomplete; ++size) state = scanner.scan(text.substr(0, size));
    return state;
}

int status_of(std::string_view head) {
    Request request;
    return RequestParser(request).read_head(head);
}

TEST(HeadScanner, FindsTheEndHoweverTheBytesArrive) {
    const std::string_view head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    HeadScanner scanner;
    EXPECT_EQ(scanner.scan(std::string(head) + "GET /"), State::complete);
    EXPECT_EQ(scanner.head_bytes(), head.size());
    EXPECT_EQ(scan_slowly(head), State::complete);
}

TEST(HeadScanner, RefusesWhatNoHeadMayHold) {
    for (const std::string_view head :
         {"GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\rHost: a\r\n\r\n", "GET / HTTP/1.1\r\nA: b\x01\r\n\r\n",
          "GET / HTTP/1.1\r\n\tA: b\r\n\r\n", "\tGET / HTTP/1.1\r\n\r\n", "GET /\x7f HTTP/1.1\r\n\r\n"})
        EXPECT_EQ(scan_slowly(head), State::malformed) << head;
}

TEST(HeadScanner, LimitsTheTargetAndTheHeaders) {
    EXPECT_EQ(HeadScanner().scan("GET /" + std::string(target_bytes_max + 100, 'a')), State::target_too_long);
    EXPECT_EQ(HeadScanner().scan("GET / HTTP/1.1\r\nA: " + std::string(headers_bytes_max + 1, 'a')), State::headers_too_large);
}

TEST(RequestParser, TakesARequestApart) {
    Request request;
    const std::string_view head =
        "POST /a%20b?x=1 HTTP/1.1\r\nHost: shop:8000\r\nContent-Length: 12\r\nExpect: 100-continue\r\nConnection: x, Close\r\n\r\n";
    ASSERT_EQ(RequestParser(request).read_head(head), 0);
    EXPECT_EQ(request.method, Method::post);
    EXPECT_EQ(request.raw_path, "/a%20b");
    EXPECT_EQ(request.query, "x=1");
    EXPECT_EQ(request.host, "shop:8000");
    EXPECT_EQ(request.content_length, 12U);
    EXPECT_TRUE(request.expects_continue);
    EXPECT_FALSE(request.keep_alive);
}

TEST(RequestParser, AnAbsoluteTargetReplacesTheHost) {
    Request request;
    ASSERT_EQ(RequestParser(request).read_head("GET http://other:1/p?q HTTP/1.1\r\nHost: a\r\n\r\n"), 0);
    EXPECT_EQ(request.host, "other:1");
    EXPECT_EQ(request.raw_path, "/p");
}

TEST(RequestParser, RefusesWhatCouldBeReadInTwoWays) {
    for (const std::string_view fields :
         {"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "Content-Length: 1\r\nContent-Length: 2\r\n", "Content-Length: +1\r\n",
          "Content-Length: 1, 1\r\n", "Transfer-Encoding: gzip, chunked\r\n",
          "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "Host: b\r\n", "A : b\r\n", "A: b\r\n c\r\n"})
        EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n"), 400) << fields;
}

TEST(RequestParser, WantsOneValidHost) {
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\n\r\n"), 400);
    EXPECT_EQ(status_of("GET / HTTP/1.0\r\n\r\n"), 0);
    for (const auto* host : {"", "a b", "a/b", "a:65536", "a:x", "[::1", "[zz]", "a%zz", "a@b"})
        EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n"), 400) << host;
    for (const auto* host : {"a", "a:", "a:65535", "127.0.0.1:80", "[::1]:8000", "a-b.c_d~e"})
        EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n"), 0) << host;
}

}  // namespace
}  // namespace cartwheel::http
