#include "cartwheel/http/router.h"

#include <gmock/gmock.h>

namespace cartwheel::http {
namespace {

Router router_with(std::initializer_list<std::pair<Method, std::string_view>> routes) {
    Router router;
    for (const auto& [method, pattern] : routes)
        router.add({.method = method,
                    .pattern = std::string(pattern),
                    .segments = {},
                    .streams_body = false,
                    .handler = nullptr,
                    .operation = {}});
    return router;
}

/// "pattern first second" of the route that is found, or "none".
std::string found(const Router& router, Method method, std::string_view path) {
    const auto match = router.find(method, path);
    if (!match) return "none";
    auto out = match->route->pattern;
    for (const auto parameter : match->parameters)
        if (!parameter.empty()) (out += ' ') += parameter;
    return out;
}

TEST(Router, FindsByWholeSegments) {
    const auto router = router_with({{Method::get, "/"}, {Method::get, "/cart/{user}"}, {Method::put, "/cart/{user}/items/{id}"}});
    EXPECT_EQ(found(router, Method::get, "/"), "/");
    EXPECT_EQ(found(router, Method::head, "/cart/u"), "/cart/{user} u");
    EXPECT_EQ(found(router, Method::put, "/cart/u/items/7"), "/cart/{user}/items/{id} u 7");
    for (const auto* path : {"", "/cart", "/cart/", "/cart/u/", "/cart/u/items", "/cartoon/u", "//cart/u", "*"})
        EXPECT_EQ(found(router, Method::get, path), "none") << path;
}

TEST(Router, OfTwoThatFitTheFirstCounts) {
    const auto router = router_with({{Method::get, "/products/export"}, {Method::get, "/products/{id}"}});
    EXPECT_EQ(found(router, Method::get, "/products/export"), "/products/export");
    EXPECT_EQ(found(router, Method::get, "/products/1"), "/products/{id} 1");
}

TEST(Router, AllowNamesEveryMethodOfAPath) {
    const auto router = router_with({{Method::get, "/p"}, {Method::post, "/p"}, {Method::delete_, "/p/{id}"}});
    EXPECT_EQ(router.allowed("/p"), "GET, HEAD, POST");
    EXPECT_EQ(router.allowed("/p/1"), "DELETE");
    EXPECT_EQ(router.allowed("/q"), "");
}

TEST(Router, RedirectsOneSlashTooManyOrTooFew) {
    const auto router = router_with({{Method::get, "/p"}, {Method::get, "/q/"}});
    Request request;
    request.host = "shop:1";
    request.raw_path = "/p/";
    request.query = "a=b";
    EXPECT_EQ(router.slash_redirect(request), "http://shop:1/p?a=b");
    request.raw_path = "/p//";
    EXPECT_FALSE(router.slash_redirect(request));
    request.raw_path = "/";
    EXPECT_FALSE(router.slash_redirect(request));
}

}  // namespace
}  // namespace cartwheel::http
