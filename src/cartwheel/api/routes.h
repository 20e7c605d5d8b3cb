#pragma once
// The table of contents of the API.

#include "cartwheel/api/carts.h"
#include "cartwheel/api/health.h"
#include "cartwheel/api/orders.h"
#include "cartwheel/api/pages.h"
#include "cartwheel/api/product_csv.h"
#include "cartwheel/api/products.h"

namespace cartwheel::api {

/// All that is served. Made in order, destroyed in reverse; the store, the index and the clock must outlive it.
class Api {
public:
    Api(store::Store& store, store::ProductIndex& index, const Clock& clock, domain::Currency currency, ServiceFacts facts);

    const http::Router& router() const noexcept { return router_; }

    /// The API description (OpenAPI 3.1).
    boost::json::object description() const;

private:
    void add_routes();

    HomeApi home_;
    ProductApi products_;
    ProductCsvApi product_csv_;
    CartApi carts_;
    OrderApi orders_;
    HealthApi health_;
    http::Router router_;
    reflect::Schemas schemas_;
};

}  // namespace cartwheel::api
