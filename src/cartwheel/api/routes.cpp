#include "cartwheel/api/routes.h"

#include <boost/json/serialize.hpp>

namespace cartwheel::api {

namespace {

ServiceFacts with_version(ServiceFacts facts) {
    facts.info.version = CARTWHEEL_VERSION;
    return facts;
}

}  // namespace

Api::Api(ApiParts parts, ApiSettings settings, ServiceFacts facts)
    : products_(parts.store, parts.index),
      product_csv_(parts.store),
      carts_(parts.store, parts.clock, settings.currency),
      orders_(parts.store),
      changes_(parts.feed, parts.clock, settings.changes),
      queries_(parts.queries),
      health_(with_version(std::move(facts))) {
    add_routes();
    health_.set_description(boost::json::serialize(description()));
}

/// Of two routes that fit a path the first counts. Operation ids and tags are the sample application's where it has the operation.
void Api::add_routes() {
    constexpr bool streams_body = true;
    http::Routes routes(router_, schemas_);

    // Before the route with a product's id, which would take their names for one.
    routes.get("/products/export",
               {"export_products", "products", "All products as CSV",
                "By id, under the header id,img,name,price. What it gives imports again to the same."},
               product_csv_, &ProductCsvApi::export_products);
    routes.add(
        http::Method::post, "/products/import",
        {"import_products", "products", "Products from CSV",
         "RFC 4180 in UTF-8, of any length; the header names the columns, in any order. Valid rows are stored in batches of up to 5,000, each on "
         "disk before the next; the others are reported, with the first 100 of their errors or as many as `errors` says. With `dry_run` nothing is "
         "stored."},
        product_csv_, &ProductCsvApi::import_products, streams_body);

    routes.get("/products/{product_id}", {"product_products__product_id__get", "products", "Read a product"}, products_, &ProductApi::read);
    routes.get("/cart/{user_id}", {"cart_cart__user_id__get", "cart", "Read a user's active cart"}, carts_, &CartApi::read);
    routes.post("/cart/{user_id}",
                {"add_to_cart_cart__user_id__post", "cart", "Put a product in the cart",
                 "Opens a cart when there is none, and sets the quantity when the product is in it already."},
                carts_, &CartApi::put_item);
    routes.remove("/cart/{user_id}", {"delete_from_cart_cart__user_id__delete", "cart", "Take a product out of the cart"}, carts_,
                  &CartApi::remove_item);
    routes.post(
        "/cart/{user_id}/checkout",
        {"checkout_cart__user_id__checkout_post", "cart", "Check the cart out",
         "Answers with the order; its prices stay as they are now. With `total` the cart is bought for that sum or not at all: 409 when a "
         "price has changed since it was reckoned."},
        carts_, &CartApi::check_out);
    routes.put("/cart/{user_id}/items/{product_id}", {"put_cart_item", "cart", "Put a product in the cart at a quantity"}, carts_,
               &CartApi::put_item_at);
    routes.remove("/cart/{user_id}/items/{product_id}", {"delete_cart_item", "cart", "Take a product out of the cart"}, carts_,
                  &CartApi::remove_item_at);

    routes.get(
        "/products",
        {"products_products_get", "products", "List products",
         "By id, a page at a time: the Link header holds the address of the next page. `q` finds products whose names hold every word."},
        products_, &ProductApi::list);
    routes.post("/products", {"upload_product_products_post", "products", "Upload a product, replacing the one with its id"}, products_,
                &ProductApi::upload);
    routes.put("/products/{product_id}", {"update_product_products__product_id__put", "products", "Replace or create a product"}, products_,
               &ProductApi::update);
    routes.remove("/products/{product_id}", {"delete_product_products__product_id__delete", "products", "Delete a product"}, products_,
                  &ProductApi::remove);

    routes.get("/orders/{user_id}", {"list_orders", "orders", "List a user's orders, newest first"}, orders_, &OrderApi::list);
    routes.get("/orders/{user_id}/{order_id}", {"read_order", "orders", "Read an order"}, orders_, &OrderApi::read);

    routes.get(
        "/changes",
        {"follow_changes", "changes", "Follow what changes in the shop",
         "Server-Sent Events: each has the cursor behind it as its id, insert, update or delete as its kind, and the change as JSON. "
         "`after` is beginning, now (which it is when left out) or such an id; with `until=now` the stream ends at what is newest "
         "when it begins. A cursor ahead of the shop's newest change is refused."},
        changes_, &ChangesApi::follow);

    routes.post("/query",
                {"query", "query", "Ask in SQL",
                 "One SELECT over the tables product, cart, cart_items, orders, order_items, over their change logs such as "
                 "cart_items_scylla_cdc_log, and over views; as SQL or as CQL. It sees one moment of the shop, and has 5 seconds. On a "
                 "cluster the statement goes there as it is."},
                queries_, &QueryApi::answer);

    routes.get("/", {"home__get", "home", "Greet; a browser gets the shop"}, home_, &HomeApi::home);
    routes.get("/health/live", {"health_live", "service", "Whether the process runs"}, health_, &HealthApi::live);
    routes.get("/health/ready", {"health_ready", "service", "Whether requests are served"}, health_, &HealthApi::ready);
    routes.get("/info", {"info", "service", "What this server is"}, health_, &HealthApi::info);
    routes.get("/metrics", {"metrics", "service", "Figures in the text format of Prometheus"}, health_, &HealthApi::metrics);
    routes.get("/openapi.json", {.hidden = true}, health_, &HealthApi::description);
    add_asset_routes(router_);
}

boost::json::object Api::description() const {
    return http::describe_api(router_, schemas_, "Cartwheel", CARTWHEEL_VERSION,
                              "Shopping carts, right and fast. Serves the API of ScyllaDB's shopping-cart sample application, and more.");
}

}  // namespace cartwheel::api
