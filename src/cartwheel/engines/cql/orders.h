#pragma once
// Orders, and the rows of `cart` that tell a user's carts and which of them became orders. Written by statements that may be repeated, in
// any order and by several processes: what a commit owes to these two tables.
// Made once after connecting, then immutable; any thread. Errors of all: those of the statements (errors.h).

#include <optional>
#include <vector>

#include "cartwheel/base/task.h"
#include "cartwheel/engines/cql/driver.h"
#include "cartwheel/engines/cql/keyspace.h"
#include "cartwheel/engines/cql/statement_defaults.h"
#include "cartwheel/store/store.h"

namespace cartwheel::engines::cql {

class OrderTable {
public:
    static Task<Result<OrderTable>> prepare(Driver& driver, Keyspace keyspace, StatementDefaults defaults);

    /// What writes the orders and the rows of `cart` that the commit changes: each a statement of its own. The rows of `cart` are written
    /// at the commit's time, so that one that comes late does not undo a later commit's.
    std::vector<BatchItem> owed_by(const domain::Commit& commit) const;

    Task<Result<store::OrderPage>> page(domain::UserId user, store::OrderPageRequest request) const;
    /// Errors: not_found.
    Task<Result<domain::Order>> one(domain::UserId user, domain::OrderId id) const;

private:
    explicit OrderTable(Driver& driver) : driver_(&driver) {}

    Task<Result<std::vector<domain::Order>>> read(Statement statement, Values values) const;

    Driver* driver_;
    Statement insert_, open_cart_, change_cart_;
    Statement select_newest_, select_rest_of_moment_, select_older_;
    Statement select_moment_, select_one_;
};

}  // namespace cartwheel::engines::cql
