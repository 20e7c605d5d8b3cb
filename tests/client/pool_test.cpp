#include "cartwheel/client/pool.h"

#include <gtest/gtest.h>

#include "client/scripted.h"
#include "support/run_task.h"

namespace cartwheel::client {
namespace {

std::string answer(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// Three requests at the same time; their answers in the order of the requests.
Task<std::vector<std::string>> three_at_once(Address address) {
    const auto executor = (co_await boost::asio::this_coro::executor);
    Pool pool(executor, address, 1);
    std::vector<std::string> bodies(3);
    std::size_t left = 3;
    Completion<int> done;
    const auto ask = [](Pool& from, std::string& body, std::size_t& asked, Completion<int>& when_done) -> Task<void> {
        const auto got = co_await from.send({});
        body = got.response ? got.response->body : got.response.error().message;
        if (--asked == 0) when_done.resume(0);
    };
    EXPECT_TRUE(co_await Completion<int>::wait([&](Completion<int> completion) {
        done = std::move(completion);
        for (auto& body : bodies) boost::asio::co_spawn(executor, ask(pool, body, left, done), test::detail::rethrow);
    }));
    co_return bodies;
}

TEST(Pool, LetsRequestsWaitForAFreeConnectionInLine) {
    Scripted server({{answer("a"), answer("b"), answer("c")}});
    EXPECT_EQ(test::run_task(three_at_once(server.address())), (std::vector<std::string>{"a", "b", "c"}));
}

TEST(Pool, OpensAConnectionAnewThatBroke) {
    Scripted server({{answer("a")}, {answer("b"), answer("c")}});
    EXPECT_EQ(test::run_task(three_at_once(server.address())), (std::vector<std::string>{"a", "b", "c"}));
}

}  // namespace
}  // namespace cartwheel::client
