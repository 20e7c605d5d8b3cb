#pragma once
// The table of contents of the API.

#include "cartwheel/api/carts.h"
#include "cartwheel/api/changes.h"
#include "cartwheel/api/health.h"
#include "cartwheel/api/orders.h"
#include "cartwheel/api/pages.h"
#include "cartwheel/api/product_csv.h"
#include "cartwheel/api/products.h"
#include "cartwheel/api/query.h"

namespace cartwheel::api {

/// What the handlers work with; it must outlive them.
struct ApiParts {
    store::Store& store;
    store::ProductIndex& index;
    changes::Feed& feed;
    query::Queries& queries;
    const Clock& clock;
};

/// What they are told.
struct ApiSettings {
    domain::Currency currency = domain::Currency::usd();
    ChangesSettings changes;
};

/// All that is served. Made in order, destroyed in reverse.
class Api {
public:
    Api(ApiParts parts, ApiSettings settings, ServiceFacts facts);

    const http::Router& router() const noexcept { return router_; }
    ChangesFigures changes_figures() const { return changes_.figures(); }

    /// The API description (OpenAPI 3.1).
    boost::json::object description() const;

private:
    void add_routes();

    HomeApi home_;
    ProductApi products_;
    ProductCsvApi product_csv_;
    CartApi carts_;
    OrderApi orders_;
    ChangesApi changes_;
    QueryApi queries_;
    HealthApi health_;
    http::Router router_;
    reflect::Schemas schemas_;
};

}  // namespace cartwheel::api
