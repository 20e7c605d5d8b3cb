#pragma once
// Finds products by the words of their names. Read from the store when first asked, then follows the commits of this process; where other
// processes write to the same shop it is read again from time to time, and until then does not know what they changed.
// Owned by the composition root; thread-safe. A word matches the words that begin with it, whatever the case (Unicode, simple folding).

#include <chrono>
#include <map>
#include <memory>
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
    /// `lasts`: how long what was read from a shared store counts as fresh.
    explicit ProductIndex(std::chrono::milliseconds lasts = std::chrono::seconds(10)) : lasts_(lasts) {}

    /// To be called for every commit, before its writer is answered. Costs nothing until load() was first called.
    void follow(const domain::Commit& commit);

    /// Reads all products unless that was done and is fresh. Others who ask the first time read along; who asks while it is read again
    /// is served from what was read before. Errors are the store's, the first time only.
    Task<Result<void>> load(Store& store);

    /// Ids greater than `after` of products whose names hold every word of `text`, by id, at most `limit`. None: `text` has no words.
    std::optional<std::vector<domain::ProductId>> find(std::string_view text, std::optional<domain::ProductId> after,
                                                       std::size_t limit) const;

private:
    using Ids = std::vector<domain::ProductId>;  ///< sorted

    class Words {
    public:
        void insert(const domain::Product& product);
        void erase(const domain::Product& product);
        Ids having(const std::string& prefix, std::optional<domain::ProductId> after) const;

    private:
        std::map<std::string, Ids, std::less<>> ids_;
    };

    const std::chrono::milliseconds lasts_;
    mutable std::shared_mutex mutex_;
    bool is_ready_ = false;
    Words words_;
    std::chrono::steady_clock::time_point read_at_;
    unsigned readings_ = 0;                ///< that came to an end
    std::unique_ptr<Words> next_;          ///< while it is read
    std::set<domain::ProductId> touched_;  ///< while it is read: products whose newest state came by a commit
};

/// The words of a text, folded: runs of letters and digits, each word once.
std::vector<std::string> words_of(std::string_view text);

}  // namespace cartwheel::store
