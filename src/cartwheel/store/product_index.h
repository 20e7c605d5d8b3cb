#pragma once
// Finds products by the words of their names. Read from the store when first asked, then follows its commits.
// Owned by the composition root; thread-safe. A word matches the words that begin with it, whatever the case (Unicode, simple folding).

#include <map>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "cartwheel/store/store.h"

namespace cartwheel::store {

class ProductIndex {
public:
    /// To be called for every commit, before its writer is answered. Costs nothing until load() was first called.
    void follow(const domain::Commit& commit);

    /// Reads all products unless that was done. Others who ask meanwhile read along; errors are the store's.
    Task<Result<void>> load(Store& store);

    /// Ids greater than `after` of products whose names hold every word of `text`, by id, at most `limit`. None: `text` has no words.
    std::optional<std::vector<domain::ProductId>> find(std::string_view text, std::optional<domain::ProductId> after,
                                                       std::size_t limit) const;

private:
    using Ids = std::vector<domain::ProductId>;  ///< sorted

    void insert(const domain::Product& product);
    void erase(const domain::Product& product);
    Ids having(const std::string& prefix, std::optional<domain::ProductId> after) const;

    enum class State : std::uint8_t { absent, loading, ready };

    mutable std::shared_mutex mutex_;
    State state_ = State::absent;
    std::map<std::string, Ids, std::less<>> words_;
    std::set<domain::ProductId> touched_;  ///< while loading: products whose newest state came by a commit
};

/// The words of a text, folded: runs of letters and digits, each word once.
std::vector<std::string> words_of(std::string_view text);

}  // namespace cartwheel::store
