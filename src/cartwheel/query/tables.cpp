#include "cartwheel/query/tables.h"

#include <algorithm>
#include <array>

#include "cartwheel/query/log_table.h"
#include "cartwheel/query/shop_tables.h"

namespace cartwheel::query {

std::span<const Table> tables() {
    static const std::array all = {product_table(),
                                   cart_table(),
                                   cart_items_table(),
                                   orders_table(),
                                   order_items_table(),
                                   log_table(domain::Table::product),
                                   log_table(domain::Table::cart),
                                   log_table(domain::Table::cart_items),
                                   log_table(domain::Table::orders)};
    return all;
}

const Table* find_table(std::string_view name) {
    const auto found = std::ranges::find(tables(), name, &Table::name);
    return found == tables().end() ? nullptr : &*found;
}

}  // namespace cartwheel::query
