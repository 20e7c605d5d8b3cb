#pragma once
// The table of products: plain rows, written by this service and by others. On Cassandra a product and its rows of the change log are
// in one logged batch, so that both are there in the end or neither; ScyllaDB writes the log itself.
// A row without a price (or with one that is no price of the shop's) is no product: passed over in lists, not found when read. A missing
// name or picture is an empty text.
// Made once after connecting, then immutable; any thread. Errors of all: those of the statements (errors.h).

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cartwheel/base/task.h"
#include "cartwheel/changes/change_time.h"
#include "cartwheel/engines/cql/commit_clock.h"
#include "cartwheel/engines/cql/driver.h"
#include "cartwheel/engines/cql/keyspace.h"
#include "cartwheel/engines/cql/row_values.h"
#include "cartwheel/engines/cql/statement_defaults.h"
#include "cartwheel/store/store.h"

namespace cartwheel::engines::cql {

class ProductTable {
public:
    static Task<Result<ProductTable>> prepare(Driver& driver, Keyspace keyspace, StatementDefaults defaults);

    /// Errors: not_found.
    Task<Result<domain::Product>> read(domain::ProductId id) const;
    /// Those of `ids` that exist, in the order of `ids`. A statement for each 100.
    Task<Result<std::vector<domain::Product>>> read_all(std::vector<domain::ProductId> ids) const;
    /// In the order of the hashes of their ids.
    Task<Result<store::ProductPage>> page(store::ProductPageRequest request) const;

    struct Put {
        /// An error when some were not written, or perhaps not; those that were stay.
        Result<store::ProductTally> tally;
        std::optional<domain::Commit> commit;  ///< what was certainly written, if anything
    };
    /// As Store::put_products says. Its time is later than that of every write it replaces.
    Task<Result<Put>> put(std::vector<domain::Product> products, store::ProductWrite mode, CommitClock& clock) const;
    /// Nothing when it was not there.
    Task<Result<std::optional<domain::Commit>>> remove(domain::ProductId id, CommitClock& clock) const;

private:
    /// A row as it was found.
    struct Found {
        domain::Product product;
        Time written_at;  ///< its newest cell
    };
    /// A statement, or a logged batch of several products with their rows of the log.
    struct Write {
        std::vector<domain::RowChange> changes;
        std::vector<BatchItem> items;
        std::size_t bytes = 0;
    };

    ProductTable(Driver& driver, PriceForm price) : driver_(&driver), price_(price) {}

    Task<Result<std::vector<Found>>> find(std::vector<domain::ProductId> ids) const;
    Task<Result<std::vector<Found>>> find_some(std::vector<domain::ProductId> ids) const;
    /// `tally` when those that were created are there. A removal by a clock that is ahead outlasts what is written before its time, and
    /// shows by nothing else: an answer that says "done" would be wrong.
    Task<Result<store::ProductTally>> seen(std::vector<domain::ProductId> created, store::ProductTally tally) const;
    std::optional<domain::Product> read_product(Cells& cells) const;

    std::vector<Write> writes_of(Time time, const changes::CommitId& commit_id, std::vector<domain::RowChange> changes) const;
    BatchItem statement_of(const domain::RowChange& change, Time time) const;
    Task<Answer> send(std::vector<BatchItem> items) const;
    /// Fails without a try once `failed`, which the first failure sets.
    Task<Result<void>> write(std::vector<BatchItem> items, bool* failed) const;

    Driver* driver_;
    PriceForm price_;
    BatchOptions batch_;
    Statement select_, select_some_, select_first_, select_next_;
    Statement insert_, update_, delete_;
    Statement log_;  ///< on Cassandra
};

}  // namespace cartwheel::engines::cql
