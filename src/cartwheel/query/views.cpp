// The shop's usual questions. What they ask of the log goes back as far as the log is kept.

#include <array>

#include "cartwheel/query/tables.h"

namespace cartwheel::query {

std::span<const View> views() {
    static constexpr std::array all = {
        View{
            .name = "abandoned_carts",
            .columns = "user_id, cart_id, last_change, products, quantity, value",
            .select = R"(
    WITH touched AS MATERIALIZED (
        SELECT cart_id, max("cdc$time" COLLATE timeuuid) AS last
        FROM cart_items_scylla_cdc_log WHERE "cdc$operation" IN (2, 3) GROUP BY cart_id)
    SELECT item.user_id, item.cart_id, toTimestamp(touched.last), count(*), sum(item.product_quantity), sum(product.price * item.product_quantity)
    FROM cart_items AS item
    LEFT JOIN touched ON touched.cart_id = item.cart_id
    LEFT JOIN product ON product.id = item.product_id
    WHERE touched.last IS NULL OR toUnixTimestamp(touched.last) < toUnixTimestamp(now()) - 3600000
    GROUP BY item.user_id, item.cart_id)",
            .about =
                "Active carts with something in them that nobody has touched for an hour. last_change is null where the log is too young to tell."},
        View{.name = "best_sellers",
             .columns = "product_id, name, orders, quantity, revenue",
             .select = R"(
    SELECT item.product_id, coalesce(product.name, max(item.name)), count(*), sum(item.quantity), sum(item.total)
    FROM order_items AS item LEFT JOIN product ON product.id = item.product_id
    GROUP BY item.product_id
    ORDER BY sum(item.quantity) DESC, item.product_id)",
             .about = "What is ordered most, by quantity."},
        View{.name = "second_thoughts",
             .columns = "user_id, cart_id, product_id, put_at, removed_at, put_again_at",
             .select = R"(
    WITH removed AS MATERIALIZED (
        SELECT DISTINCT cart_id, product_id FROM cart_items_scylla_cdc_log WHERE "cdc$operation" = 3),
    steps AS (
        SELECT user_id, cart_id, product_id, "cdc$operation" AS step, "cdc$time" AS time,
               lead("cdc$operation") OVER later AS next_step, lead("cdc$time") OVER later AS next_time,
               lead("cdc$operation", 2) OVER later AS third_step, lead("cdc$time", 2) OVER later AS third_time
        FROM cart_items_scylla_cdc_log CROSS JOIN removed USING (cart_id, product_id) WHERE "cdc$operation" IN (2, 3)
        WINDOW later AS (PARTITION BY cart_id, product_id ORDER BY "cdc$time" COLLATE timeuuid))
    SELECT user_id, cart_id, product_id, toTimestamp(time), toTimestamp(next_time),
           CASE third_step WHEN 2 THEN toTimestamp(third_time) END
    FROM steps WHERE step = 2 AND next_step = 3)",
             .about = "Each time that a product was put into a cart and taken out again; put_again_at tells of a third thought."},
        View{.name = "put_to_order",
             .columns = "product_id, name, carts, ordered, rate",
             .select = R"(
    WITH puts AS (
        SELECT DISTINCT product_id, cart_id FROM cart_items_scylla_cdc_log WHERE "cdc$operation" = 2),
    sold AS MATERIALIZED (SELECT DISTINCT product_id, order_id FROM order_items)
    SELECT puts.product_id, product.name, count(*), count(sold.order_id), round(1.0 * count(sold.order_id) / count(*), 4)
    FROM puts
    LEFT JOIN sold ON sold.product_id = puts.product_id AND sold.order_id = puts.cart_id
    LEFT JOIN product ON product.id = puts.product_id
    GROUP BY puts.product_id)",
             .about = "Into how many carts a product was put, and how many of these were ordered with it."},
        View{.name = "carts_with_products",
             .columns = "product_id, name, carts, quantity",
             .select = R"(
    SELECT item.product_id, product.name, count(*), sum(item.product_quantity)
    FROM cart_items AS item LEFT JOIN product ON product.id = item.product_id
    GROUP BY item.product_id)",
             .about = "How many active carts hold a product now, and how much of it."}};
    return all;
}

}  // namespace cartwheel::query
