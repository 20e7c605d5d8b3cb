#pragma once
// What every engine keeps: products, one cart state a user, orders, answers kept for idempotency keys, and the change log.
// Owned by the composition root; every function may be called on any thread that runs an io_context, and its task resumes there. The
// io_context must outlive `stop`: a thread of the engine may still be leaving it when the task that it woke has ended.
// A write is answered only when it is durable. Every function may also fail with `unavailable` (stopping, engine gone),
// `overloaded` (queue full), `deadline`, and `internal` (a file is broken); a write also with `full`.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "cartwheel/base/task.h"
#include "cartwheel/domain/cart.h"
#include "cartwheel/domain/change.h"
#include "cartwheel/domain/order.h"
#include "cartwheel/domain/product.h"

namespace cartwheel::store {

/// How a cart should change. Pure: an engine may call `decide` several times, on any thread.
struct CartDecision {
    /// `products` are those that exist of the ones asked for below.
    std::function<Result<domain::CartStep>(const domain::CartState& state, std::span<const domain::Product> products)> decide;
    bool with_products = false;                                     ///< those of the active cart's lines, as they are at that moment
    std::optional<domain::ProductId> with_product = std::nullopt;  ///< instead: this one, as it was at some moment since the call
};

/// A client's name for one request of one user, so that asking again has no second effect.
struct RequestKey {
    std::string text;           ///< 1 to 255 visible ASCII characters
    std::uint64_t fingerprint;  ///< stable hash of the request: the same key with another one is refused

    static constexpr std::chrono::hours kept_for{24};
};

/// What became of a cart.
struct CartOutcome {
    /// What the decision gave: the order of a checkout; or not_found, conflict and precondition as it refused.
    Result<std::optional<domain::Order>> answer;
    domain::Version version = 0;  ///< of the cart after it
    bool replayed = false;        ///< kept from an earlier request with the same key
};

struct ProductPageRequest {
    std::size_t limit = 10;                  ///< 1 to 1000
    std::optional<domain::ProductId> after;  ///< only products behind this one in that order
};
struct ProductPage {
    std::vector<domain::Product> products;  ///< by id; in a cluster in the order of the hashes of their ids
    bool more = false;                      ///< whether there are products behind the last one
};

/// What a batch of products did, or would do.
struct ProductTally {
    std::size_t created = 0;
    std::size_t replaced = 0;
    std::size_t unchanged = 0;  ///< equal to what was there; makes no change record
};
enum class ProductWrite : std::uint8_t { apply, only_compare };

struct OrderPosition {
    Time placed_at;
    domain::OrderId id;
};
struct OrderPageRequest {
    std::size_t limit = 10;              ///< 1 to 1000
    std::optional<OrderPosition> after;  ///< only orders older than this one
};
struct OrderPage {
    std::vector<domain::Order> orders;  ///< newest first, those of one moment by id
    bool more = false;
};

struct ChangePage {
    std::vector<domain::Commit> commits;  ///< in commit order
    domain::Seq last = 0;                 ///< the newest commit of the store when this was read
};

/// A way through rows, one after the other.
template <class T>
class Scan {
public:
    virtual ~Scan() = default;
    /// The next one, which lives until the next call; nullptr behind the last. Errors: internal (a file is broken).
    virtual Result<const T*> next() = 0;
};

struct UserCart {
    domain::UserId user_id;
    domain::CartState state;
};

/// The store of one process at one moment, for queries. Used by one thread at a time, which it may block; space of what is overwritten
/// or removed meanwhile is kept while it lives. Its scans must end before it does, and it before the store.
class Snapshot {
public:
    virtual ~Snapshot() = default;

    virtual std::unique_ptr<Scan<domain::Product>> products(std::optional<domain::ProductId> only) = 0;    ///< by id
    virtual std::unique_ptr<Scan<UserCart>> carts(std::optional<domain::UserId> only) = 0;                 ///< by user
    virtual std::unique_ptr<Scan<domain::Order>> orders(std::optional<domain::UserId> only) = 0;           ///< by user, newest first
    /// In commit order, from the first at or after that time to the last before the other one.
    virtual std::unique_ptr<Scan<domain::Commit>> commits(Time from, Time before) = 0;
};

/// A cell of an answer, as a database gives it: nothing, a truth value, a whole number, a floating-point number, a text, bytes.
struct Bytes {
    std::string value;
    friend bool operator==(const Bytes&, const Bytes&) = default;
};
using Cell = std::variant<std::monostate, bool, std::int64_t, double, std::string, Bytes>;

/// What a SELECT gives.
struct RowSet {
    std::vector<std::string> columns;
    std::vector<std::vector<Cell>> rows;
    bool is_cut = false;  ///< there were more than asked for
};

// What engines answer alike.
inline Error changes_are_gone() { return Error::gone("The changes behind this cursor are kept no longer"); }
inline Error has_no_language() { return Error::unavailable("This store answers queries from a snapshot"); }
inline Error has_no_snapshot() { return Error::unavailable("A store that is shared has no snapshots"); }

/// Cheap figures for metrics. All but the first three rise forever.
struct StoreFigures {
    std::uint64_t queue_depth = 0;
    std::uint64_t last_seq = 0;
    std::uint64_t memory_bytes = 0;
    std::uint64_t commits = 0;   ///< decisions that changed something
    std::uint64_t batches = 0;   ///< groups of writes made durable together
    std::uint64_t syncs = 0;     ///< times the log was forced to disk
    std::uint64_t refused = 0;   ///< writes turned away because the queue was full

    // Of a cluster.
    std::uint64_t undelivered = 0;            ///< commits whose orders and change rows are still to be written; falls again
    std::uint64_t statements = 0;             ///< sent for requests
    std::uint64_t background_statements = 0;  ///< sent beside them: deliveries, probes
};

class Store {
public:
    virtual ~Store() = default;

    /// Applies `decision` to the user's latest cart and makes the outcome durable as one step: the cart, its row changes, the order
    /// if any, and the answer kept for `key` if any. A key seen in the last 24 hours gives the kept answer and decides nothing.
    /// With a key, answers, not_found and conflict are kept; precondition is not.
    /// Errors: invalid (the key came before with another fingerprint).
    virtual Task<Result<CartOutcome>> update_cart(domain::UserId user, std::optional<RequestKey> key, CartDecision decision) = 0;

    virtual Task<Result<domain::CartState>> cart(domain::UserId user) = 0;

    /// Errors: not_found.
    virtual Task<Result<domain::Product>> product(domain::ProductId id) = 0;
    virtual Task<Result<ProductPage>> products(ProductPageRequest request) = 0;

    /// The products of `ids` that exist, in the order of `ids`.
    virtual Task<Result<std::vector<domain::Product>>> products_of(std::vector<domain::ProductId> ids) = 0;

    /// One product or a batch of an import, at most 10,000, as one step; of two with the same id the later counts. The tally is that of
    /// putting them one after the other. In a cluster each product is a step of its own: when the batch fails some of it may be done.
    virtual Task<Result<ProductTally>> put_products(std::vector<domain::Product> products, ProductWrite mode) = 0;
    /// Whether it was there.
    virtual Task<Result<bool>> remove_product(domain::ProductId id) = 0;

    virtual Task<Result<OrderPage>> orders(domain::UserId user, OrderPageRequest request) = 0;
    /// Errors: not_found.
    virtual Task<Result<domain::Order>> order(domain::UserId user, domain::OrderId id) = 0;

    /// Commits behind `after` (0: from the oldest), at most `limit` (1 to 10,000). A cluster may give some more, so that a page never
    /// ends within a microsecond. Errors: gone (some behind `after` are kept no longer).
    virtual Task<Result<ChangePage>> changes_after(domain::Seq after, std::size_t limit) = 0;

    /// Lets go of the commits before that time, but for the newest of all, beside the writers. In a cluster rows of the log end by
    /// themselves, and this does nothing.
    virtual Task<Result<void>> forget_changes(Time before) = 0;

    /// How far a follower with a name (1 to 200 characters) has come, kept durably for it; none was kept: nothing.
    virtual Task<Result<std::optional<domain::Seq>>> kept_cursor(std::string follower) = 0;
    virtual Task<Result<void>> keep_cursor(std::string follower, domain::Seq cursor) = 0;

    /// Everything as it is now. Blocks shortly. Errors: unavailable (a store that is shared has none; it answers `select`).
    virtual Result<std::unique_ptr<Snapshot>> snapshot() = 0;

    /// What a cluster answers to a SELECT in its own language, at most so many rows. Errors: invalid (it refuses the statement, and
    /// says why), unavailable (a store that is not shared has no such language; see `snapshot`).
    virtual Task<Result<RowSet>> select(std::string statement, std::size_t rows_max) = 0;

    /// Calls `listener` for every commit of this process from now on, those of a user in order, when it is durable and before its writer
    /// is answered: it must be quick and must not throw. Never called by two threads at once. Set before the first write; one listener.
    using CommitListener = std::function<void(const domain::Commit&)>;
    virtual void set_commit_listener(CommitListener listener) = 0;

    /// Whether requests can be served now. A store over a network may have to wait for it.
    virtual bool is_ready() const noexcept { return true; }
    /// Whether other processes may write to the same shop.
    virtual bool is_shared() const noexcept { return false; }

    virtual StoreFigures figures() const = 0;
    virtual std::string_view name() const noexcept = 0;  ///< "rocks", "memory", "cql"

    /// Takes no more writes, finishes those it has, and answers the rest `unavailable`. Blocks; safe to call twice.
    virtual void stop() = 0;
};

}  // namespace cartwheel::store
