#include "cartwheel/api/pages.h"

#include <array>

#include "cartwheel/api/bindings.h"
#include "cartwheel/base/text.h"

namespace cartwheel::api {
namespace {

/// Whether Accept-Encoding (RFC 9110, section 12.5.3) takes gzip: it is named, and not with a weight of zero.
bool takes_gzip(const http::Request& request) {
    auto list = request.header("accept-encoding").value_or("");
    while (!list.empty()) {
        const auto comma = list.find(',');
        auto item = list.substr(0, comma);
        list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
        while (item.starts_with(' ')) item.remove_prefix(1);
        const auto name = item.substr(0, item.find_first_of("; "));
        if (!equal_ignoring_case(name, "gzip") && name != "*") continue;
        const auto weight = item.find("q=0");
        return weight == std::string_view::npos || item.find_first_of("123456789", weight + 3) != std::string_view::npos;
    }
    return false;
}

void write_asset(http::Exchange& exchange, const assets::Asset& asset) {
    auto& response = exchange.response;
    const bool gzip = takes_gzip(exchange.request);
    const auto tag = gzip ? asset.gzip_etag : asset.identity_etag;
    response.add_header("ETag", std::string(tag));
    response.add_header("Vary", "Accept-Encoding");
    response.add_header("Cache-Control", asset.immutable ? "public, max-age=31536000, immutable" : "no-cache");
    response.add_header("X-Content-Type-Options", "nosniff");
    if (asset.content_type.starts_with("text/html")) {
        response.add_header("Content-Security-Policy", std::string(asset.styles_inline ? assets::content_security_policy_with_styles
                                                                                       : assets::content_security_policy));
        response.add_header("Referrer-Policy", "same-origin");
    }
    if (const auto known = exchange.request.header("if-none-match"); known && holds_tag(*known, tag)) {
        response.status = 304;
        response.content_type = {};
        return;
    }
    response.content_type = asset.content_type;
    if (gzip) response.add_header("Content-Encoding", "gzip");
    response.body = gzip ? std::string(asset.gzip) : assets::identity(asset);
}

/// Addresses that a page's own script tells apart. The path of a page itself is among the assets.
struct View {
    std::string_view pattern;
    std::string_view page;
};
constexpr std::array views = {
    View{"/shop/products/{product_id}", "/shop"},
    View{"/shop/orders", "/shop"},
    View{"/shop/orders/{order_id}", "/shop"},
    View{"/dashboard/{view}", "/dashboard"},
};

/// A browser names text/html first among what it accepts.
bool is_browser(const http::Request& request) { return request.header("accept").value_or("").starts_with("text/html"); }

}  // namespace

Task<void> AssetHandler::run(http::Exchange& exchange) {
    write_asset(exchange, asset_);
    co_return;
}

Task<Result<http::Written>> HomeApi::home(http::Exchange* exchange) {
    const auto* page = assets::find("/");
    if (page != nullptr && is_browser(exchange->request)) {
        write_asset(*exchange, *page);
    } else {
        exchange->response.body = R"({"Hello World!":"Cartwheel keeps shopping carts. The API is described at /docs."})";
        exchange->response.add_header("Vary", "Accept");
    }
    co_return http::Written{};
}

void add_asset_routes(http::Router& router) {
    const auto add = [&](std::string_view pattern, const assets::Asset& asset) {
        router.add({http::Method::get,
                    std::string(pattern),
                    {},
                    false,
                    std::make_unique<AssetHandler>(asset),
                    http::Operation{.text = {.hidden = true}, .parameters = {}, .request_body = {}, .responses = {}}});
    };
    for (const auto& asset : assets::all())
        if (asset.path != "/") add(asset.path, asset);
    for (const auto& view : views)
        if (const auto* page = assets::find(view.page)) add(view.pattern, *page);
}

}  // namespace cartwheel::api
