#pragma once
// A commit as rows of ScyllaDB's change log, and back: each change is the row before it (preimage), what was done (delta), and the row
// after it (postimage). Within a stream and a time all preimages come first, then the deltas, then the postimages; so they are paired by
// key, as whoever reads ScyllaDB's own log has to. Values, pure.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "cartwheel/changes/change_time.h"
#include "cartwheel/domain/change.h"

namespace cartwheel::changes {

/// `cdc$operation`. Read rows may hold others.
enum class LogOperation : std::int8_t { preimage = 0, update = 1, insert = 2, row_delete = 3, partition_delete = 4, postimage = 9 };

// A table's columns in its log. None: null.

struct ProductColumns {
    std::optional<domain::ProductId> id;
    std::optional<std::string> name;
    std::optional<Money> price;
    std::optional<std::string> image;

    friend bool operator==(const ProductColumns&, const ProductColumns&) = default;
};

struct CartColumns {
    std::optional<domain::UserId> user_id;
    std::optional<domain::CartId> cart_id;
    std::optional<bool> is_active;
    std::optional<Time> ordered_at;  ///< when it became an order

    friend bool operator==(const CartColumns&, const CartColumns&) = default;
};

struct CartItemColumns {
    std::optional<domain::UserId> user_id;
    std::optional<domain::CartId> cart_id;
    std::optional<domain::ProductId> product_id;
    std::optional<std::int32_t> quantity;

    friend bool operator==(const CartItemColumns&, const CartItemColumns&) = default;
};

struct OrderColumns {
    std::optional<domain::UserId> user_id;
    std::optional<Time> placed_at;
    std::optional<domain::OrderId> order_id;
    std::optional<domain::Currency> currency;
    std::optional<std::vector<domain::OrderLine>> lines;
    std::optional<Money> total;

    friend bool operator==(const OrderColumns&, const OrderColumns&) = default;
};

/// In the order of domain::Row, so that the table is told by the type.
using LogColumns = std::variant<ProductColumns, CartColumns, CartItemColumns, OrderColumns>;

struct LogRow {
    ChangeTime time;
    std::int32_t batch_seq_no = 0;  ///< from 0 within stream and time
    LogOperation operation = LogOperation::insert;
    bool is_end_of_batch = false;  ///< the last of stream and time
    LogColumns columns;

    domain::Table table() const noexcept { return static_cast<domain::Table>(columns.index()); }

    friend bool operator==(const LogRow&, const LogRow&) = default;
};

/// What one commit adds to one partition of one table's log.
struct LogPartition {
    domain::Table table;
    Stream stream;
    std::vector<LogRow> rows;  ///< by batch_seq_no
};

/// The rows of a commit that changes these rows, each at most once.
std::vector<LogPartition> rows_of(Time time, const CommitId& id, std::span<const domain::RowChange> changes);

/// A commit as the log tells it.
struct LoggedCommit {
    ChangeTime time;
    std::vector<domain::RowChange> changes;  ///< at least one; by table in the order cart, cart_items, product, orders
};

/// The commits of these rows in the order of their times. Rows of one table and time are in the order of `rows` (put one stream's behind
/// another's), in which the changes stay. Passed over is what is no change of the shop: ranges, a removal without the row before it, rows
/// that lack a column that they cannot be without. A delta without a postimage stands for what it wrote.
std::vector<LoggedCommit> commits_of(std::vector<LogRow> rows);

}  // namespace cartwheel::changes
