#pragma once
// One group of writes that become durable together: each is decided on the state as those before it leave it.
// Used by the committer's thread alone. A write that fails leaves nothing in the batch.

#include <rocksdb/write_batch.h>

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "cartwheel/engines/rocks/reads.h"

namespace cartwheel::engines::rocks {

class Batch {
public:
    /// `last` is the seq of the newest commit before this batch; `now` is the time of the batch's commits.
    Batch(const Database& database, const Reads& reads, domain::Seq last, Time now)
        : database_(database), reads_(reads), last_(last), now_(now) {}

    Result<store::CartOutcome> update_cart(const domain::UserId& user, const std::optional<store::RequestKey>& key,
                                           const store::CartDecision& decision);
    Result<store::ProductTally> put_products(std::vector<domain::Product> products);
    Result<bool> remove_product(const domain::ProductId& id);
    void keep_cursor(const std::string& follower, domain::Seq cursor);

    /// What is to be written; empty when nothing changed.
    rocksdb::WriteBatch& writes() noexcept { return writes_; }
    const std::vector<domain::Commit>& commits() const noexcept { return commits_; }

    // Around the writing: before it, and after it as it went.
    void begin_change(HotState& hot) const;
    void end_change(HotState& hot);
    void undo_change(HotState& hot) const;

private:
    template <class T>
    struct Touched {
        T now;
        bool changed = false;
    };
    template <class Key, class T>
    using Map = std::unordered_map<Key, T, SeededHash, std::equal_to<>>;

    Result<Touched<domain::CartState>*> cart(const domain::UserId& user);
    Result<Touched<std::optional<domain::Product>>*> product(const domain::ProductId& id);
    Result<std::optional<store::KeptAnswer>*> kept_answer(const domain::UserId& user, const store::RequestKey& key);
    Result<std::vector<domain::Product>> products_in(const domain::CartState& cart);

    void commit(std::vector<domain::RowChange> changes);
    void put(rocksdb::ColumnFamilyHandle* family, std::string_view key);

    const Database& database_;
    const Reads& reads_;
    domain::Seq last_;
    Time now_;

    // The state as the batch so far leaves it, of what it touched.
    Map<std::string, Touched<domain::CartState>> carts_;
    Map<domain::ProductId, Touched<std::optional<domain::Product>>> products_;
    Map<std::string, std::optional<store::KeptAnswer>> answers_;

    rocksdb::WriteBatch writes_;
    std::vector<domain::Commit> commits_;
    std::string value_;  ///< what `put` writes, reused
};

}  // namespace cartwheel::engines::rocks
