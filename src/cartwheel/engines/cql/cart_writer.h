#pragma once
// The only writer of `cart_items`: reads a user's partition, lets the domain decide, and writes the outcome by one conditional batch that
// is applied only while the partition's version is still the one read. All or nothing, whatever else happens in the cluster (Paxos).
// Thread-safe; owned by the store, made anew with each set of prepared statements.

#include <chrono>

#include "cartwheel/engines/cql/cart_partition.h"
#include "cartwheel/engines/cql/commit_clock.h"
#include "cartwheel/engines/cql/driver.h"
#include "cartwheel/engines/cql/keyspace.h"
#include "cartwheel/engines/cql/statement_defaults.h"
#include "cartwheel/store/store.h"

namespace cartwheel::engines::cql {

class Delivery;
class ProductTable;

/// The statements about `cart_items`, prepared.
struct CartStatements {
    static Task<Result<CartStatements>> prepare(Driver& driver, Keyspace keyspace, StatementDefaults defaults);

    // Reads come in two kinds: by quorum, and by consensus, which also decides what a lost writer left undecided.
    struct Reads {
        Statement partition;
        Statement partition_and_answer;  ///< with the answer kept for one key; none where the cluster does not know how
        Statement answers;               ///< all of a user's
        Statement lines;  ///< of one cart
    };
    Reads by_quorum;
    Reads by_consensus;
    Statement intent;
    Statement sweep;  ///< heads with an intent or without, in pages

    Statement advance_first, advance;  ///< head of the next version
    Statement touch_first, touch;      ///< head of the same version, for an answer kept without a change
    Statement put_line, drop_line, drop_cart, keep_answer;
    Statement clear_intent;
    BatchOptions conditional;
};

class CartWriter {
public:
    CartWriter(Driver& driver, const CartStatements& statements, const ProductTable& products, Delivery& delivery, CommitClock& clock,
               Dialect dialect)
        : driver_(driver), statements_(statements), products_(products), delivery_(delivery), clock_(clock), dialect_(dialect) {}

    using Deadline = std::chrono::steady_clock::time_point;
    struct Written {
        store::CartOutcome outcome;
        std::optional<domain::Commit> commit;  ///< when it changed something
    };

    /// As Store::update_cart says. The user's turn is the caller's affair.
    Task<Result<Written>> update(domain::UserId user, std::optional<store::RequestKey> key, store::CartDecision decision,
                                 Deadline deadline) const;

    /// The partition by quorum; one statement unless the table holds thousands of lines of the user's former carts.
    Task<Result<CartPartition>> read(domain::UserId user) const;

    /// What the user's newest commit still owes, if anything.
    Task<Result<std::optional<Intent>>> intent(domain::UserId user) const;

    /// One page of all users: delivers what is left and older than that, and takes it out of their heads. Gives the state to go on from;
    /// empty at the end.
    Task<Result<std::string>> sweep(std::string paging_state, std::chrono::milliseconds older_than) const;

private:
    enum class Fate : std::uint8_t {
        applied,
        refused,  ///< others came first
        lost,  ///< the answer was lost; the write was not applied, and cannot be once the version has risen
        unknown,
    };
    struct Plan;
    struct Tries;

    Task<Result<Written>> update_by(Deadline deadline, domain::UserId user, std::optional<store::RequestKey> key,
                                    store::CartDecision decision, Tries& tries) const;
    Task<Result<CartPartition>> read_with(const CartStatements::Reads& reads, domain::UserId user, std::optional<std::string> key) const;
    Task<Result<Fate>> write(domain::UserId user, Plan plan) const;
    Task<Result<Fate>> find_out(domain::UserId user, Plan plan) const;

    Driver& driver_;
    const CartStatements& statements_;
    const ProductTable& products_;
    Delivery& delivery_;
    CommitClock& clock_;
    Dialect dialect_;
};

}  // namespace cartwheel::engines::cql
