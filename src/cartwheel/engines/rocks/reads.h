#pragma once
// What is read from the database, each in one look. Thread-safe; blocks when it may go to the disk.

#include <optional>
#include <vector>

#include "cartwheel/engines/rocks/database.h"
#include "cartwheel/engines/rocks/hot_state.h"
#include "cartwheel/store/kept_answer.h"
#include "cartwheel/store/store.h"

namespace cartwheel::engines::rocks {

/// How far a read may go.
enum class Reach : std::uint8_t { memory, disk };

/// Nothing when the disk is needed and out of reach.
template <class T>
using Attempt = std::optional<Result<T>>;

class Reads {
public:
    Reads(const Database& database, HotState& hot) : database_(database), hot_(hot) {}

    Attempt<domain::CartState> cart(const domain::UserId& user, Reach reach) const;
    /// Of a product that is not there: none.
    Attempt<std::optional<domain::Product>> product(const domain::ProductId& id, Reach reach) const;
    Attempt<std::vector<domain::Product>> products_of(const std::vector<domain::ProductId>& ids, Reach reach) const;
    Attempt<store::ProductPage> products(const store::ProductPageRequest& request, Reach reach) const;
    Attempt<store::OrderPage> orders(const domain::UserId& user, const store::OrderPageRequest& request, Reach reach) const;
    Attempt<domain::Order> order(const domain::UserId& user, const domain::OrderId& id, Reach reach) const;
    /// Commits behind `after` up to `last`. Errors: gone.
    Attempt<store::ChangePage> changes(domain::Seq after, std::size_t limit, domain::Seq last, Reach reach) const;

    /// Of a follower that kept none: none.
    Attempt<std::optional<domain::Seq>> kept_cursor(const std::string& follower, Reach reach) const;

    /// Of an answer that was never kept: none; one that is over is given.
    Result<std::optional<store::KeptAnswer>> kept_answer(const domain::UserId& user, const store::RequestKey& key) const;

private:
    const Database& database_;
    HotState& hot_;
};

/// The first commit at or after `time` of those from `first` to `last`, which are in the order of their times; `last` + 1 when there is
/// none. Reads the disk.
Result<domain::Seq> first_commit_since(const Database& database, Time time, domain::Seq first, domain::Seq last,
                                       const rocksdb::Snapshot* snapshot = nullptr);

/// The newest commit; none in an empty store. Reads the disk.
Result<std::optional<domain::Commit>> last_commit(const Database& database);

}  // namespace cartwheel::engines::rocks
