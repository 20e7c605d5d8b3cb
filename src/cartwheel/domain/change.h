#pragma once
// What a commit changed, row by row: the tables are those of the sample application, and `orders`.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cartwheel/base/time.h"
#include "cartwheel/domain/order.h"
#include "cartwheel/domain/product.h"
#include "cartwheel/domain/quantity.h"
#include "cartwheel/domain/user_id.h"

namespace cartwheel::domain {

/// A row of `cart`: one of a user's carts, over or not.
struct CartRow {
    UserId user_id;
    CartId cart_id;
    bool is_active;

    friend bool operator==(const CartRow&, const CartRow&) = default;
};

/// A row of `cart_items`.
struct CartItemRow {
    UserId user_id;
    CartId cart_id;
    ProductId product_id;
    Quantity quantity;

    friend bool operator==(const CartItemRow&, const CartItemRow&) = default;
};

/// A row of one of the tables; the table is told by its type. The numbers are stored: append only.
using Row = std::variant<Product, CartRow, CartItemRow, Order>;

enum class Table : std::uint8_t { product = 0, cart = 1, cart_items = 2, orders = 3 };
std::string_view name_of(Table table) noexcept;

enum class Operation : std::uint8_t { insert = 2, update = 1, remove = 3 };  ///< numbered as ScyllaDB's cdc$operation
std::string_view name_of(Operation operation) noexcept;

/// Putting a product into a cart is an insert also when it replaces a quantity, as the sample's INSERT is; its `before` tells.
struct RowChange {
    Operation operation;
    std::optional<Row> before;  ///< none when there was no such row
    std::optional<Row> after;   ///< none after a removal

    Table table() const noexcept { return static_cast<Table>((after ? *after : *before).index()); }

    friend bool operator==(const RowChange&, const RowChange&) = default;
};

/// The position of a commit in a store's change log, rising: from 1 without gaps in a store of one process, in a cluster the commit's
/// time in microseconds since 1970.
using Seq = std::uint64_t;

/// What was made durable as one step.
struct Commit {
    Seq seq;
    Time time;
    std::vector<RowChange> changes;  ///< at least one
    /// In a cluster, where a commit may come into the log twice at different times after a failure: equal in both. 0: `seq` tells it.
    std::uint64_t mark = 0;

    friend bool operator==(const Commit&, const Commit&) = default;
};

}  // namespace cartwheel::domain
