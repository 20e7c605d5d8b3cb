#pragma once
// A user's partition of `cart_items` as one statement reads it: the head that the whole partition agrees on (static columns), the lines
// of the active cart, and the answer kept for one request key. Values, pure.

#include <optional>
#include <vector>

#include "cartwheel/domain/cart.h"
#include "cartwheel/engines/cql/intent.h"
#include "cartwheel/store/kept_answer.h"

namespace cartwheel::engines::cql {

class Rows;

/// The newest commits, newest first. Which of them is whose tells a writer whose answer was lost what became of its commit.
class RecentCommits {
public:
    static constexpr std::size_t kept = 32;  ///< 512 bytes; writers of several processes may overtake one by a dozen commits

    RecentCommits() = default;
    explicit RecentCommits(std::string_view bytes) : bytes_(bytes.substr(0, bytes.size() / 16 * 16)) {}

    RecentCommits with(CommitId newest) const;
    bool holds(CommitId id) const noexcept;
    /// Whether every commit since `older` was read is among these.
    bool reaches_back_to(const RecentCommits& older) const noexcept;
    std::size_t size() const noexcept { return bytes_.size() / 16; }
    std::string_view bytes() const noexcept { return bytes_; }

private:
    std::string bytes_;
};

struct CartPartition {
    bool has_head = false;  ///< whether anything was ever committed to it
    domain::CartState state;
    Time committed_at{};  ///< of the newest commit
    RecentCommits recent;
    std::optional<Intent> intent;
    std::optional<store::KeptAnswer> kept;
    std::size_t rows = 0;  ///< read, those of carts that are over among them
};

/// Of rows with the columns: version, active_cart_id, committed_us, recent_commits, intent, cart_id, product_id, product_quantity and,
/// `with_kept`, the kept answer before them all. Errors: internal (columns of other types, broken bytes).
Result<CartPartition> read_partition(const domain::UserId& user, const Rows& rows, bool with_kept);

/// The answer kept for `key`, of a row with the columns user_id, idempotency. Errors: internal.
Result<std::optional<store::KeptAnswer>> find_answer(const domain::UserId& user, const Rows& rows, std::string_view key);

/// Of rows with the columns product_id, product_quantity. By product id. Errors: internal.
Result<std::vector<domain::CartLine>> read_lines(const Rows& rows);

}  // namespace cartwheel::engines::cql
