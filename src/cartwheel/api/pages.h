#pragma once
// The files that the binary carries, served over HTTP: storefront, dashboard, start page, API pages, pictures of the sample catalogue.

#include "cartwheel/assets/assets.h"
#include "cartwheel/http/binding.h"

namespace cartwheel::api {

/// One file, compressed where the client takes it, 304 where the client has it.
class AssetHandler final : public http::Handler {
public:
    explicit AssetHandler(const assets::Asset& asset) : asset_(asset) {}
    Task<void> run(http::Exchange& exchange) override;

private:
    const assets::Asset& asset_;
};

/// `/`: the sample's greeting, or for a browser the storefront, and the start page where there is none.
class HomeApi {
public:
    Task<Result<http::Written>> home(http::Exchange* exchange);
};

/// Adds a route for every file but the one of `/`, and for every address that a page's script knows.
void add_asset_routes(http::Router& router);

}  // namespace cartwheel::api
