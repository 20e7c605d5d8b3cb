#pragma once
// The shop as it is: products, carts, their lines, orders, their lines.

#include "cartwheel/query/table.h"

namespace cartwheel::query {

Table product_table();
/// A user's active cart, and those that became orders.
Table cart_table();
/// The lines of active carts; those of the others are in order_items.
Table cart_items_table();
Table orders_table();
Table order_items_table();

}  // namespace cartwheel::query
