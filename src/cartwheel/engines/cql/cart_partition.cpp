#include "cartwheel/engines/cql/cart_partition.h"

#include <algorithm>

#include "cartwheel/engines/cql/driver.h"
#include "cartwheel/engines/cql/values.h"
#include "cartwheel/store/codec.h"

namespace cartwheel::engines::cql {
namespace {

using namespace domain;

std::string_view raw(const CommitId& id) { return {reinterpret_cast<const char*>(id.bytes().data()), id.bytes().size()}; }

/// What others wrote into the table may be out of bounds; a cart shows the nearest quantity that there is.
Quantity nearest_quantity(std::int32_t count) { return *Quantity::parse(std::clamp<std::int64_t>(count, Quantity::min, Quantity::max)); }

Error broken() { return Error::internal("A cart in the cluster is not as this version writes them"); }

}  // namespace

RecentCommits RecentCommits::with(CommitId newest) const {
    RecentCommits result;
    result.bytes_ = raw(newest);
    result.bytes_ += std::string_view(bytes_).substr(0, (kept - 1) * 16);
    return result;
}

bool RecentCommits::holds(CommitId id) const noexcept {
    for (std::size_t at = 0; at < bytes_.size(); at += 16)
        if (std::string_view(bytes_).substr(at, 16) == raw(id)) return true;
    return false;
}

bool RecentCommits::reaches_back_to(const RecentCommits& older) const noexcept {
    if (size() < kept) return true;
    // Any of them will do: of a write that leaves the version as it is, another may have come between and dropped the newest.
    for (std::size_t at = 0; at < older.bytes_.size(); at += 16)
        for (std::size_t mine = 0; mine < bytes_.size(); mine += 16)
            if (bytes_.compare(mine, 16, older.bytes_, at, 16) == 0) return true;
    return false;
}

Result<std::optional<store::KeptAnswer>> find_answer(const UserId& user, const Rows& rows, std::string_view key) {
    std::optional<store::KeptAnswer> kept;
    if (rows.rows() == 0) return kept;
    Cells cells(rows.cells());
    cells.skip();
    std::size_t pairs = 0;
    auto answers = cells.list(pairs);
    for (; pairs > 0; --pairs) {
        const bool is_it = answers.text() == key;
        const auto bytes = answers.next();
        if (answers.failed()) return fail(broken());
        if (is_it && bytes) {
            TRY(kept, store::decode_kept_answer(user, *bytes));
        }
    }
    return kept;
}

Result<std::vector<CartLine>> read_lines(const Rows& rows) {
    std::vector<CartLine> lines;
    Cells cells(rows.cells());
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        const auto product = cells.id<ProductId>();
        const auto quantity = cells.int32();
        if (cells.failed()) return fail(broken());
        if (product) lines.push_back({*product, nearest_quantity(quantity.value_or(1))});
    }
    std::ranges::sort(lines, {}, &CartLine::product_id);
    return lines;
}

Result<CartPartition> read_partition(const UserId& user, const Rows& rows, bool with_kept) {
    CartPartition partition;
    partition.rows = rows.rows();
    Cells cells(rows.cells());
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        const auto kept = with_kept ? cells.next() : std::nullopt;
        const auto version = cells.int64();
        const auto active = cells.id<CartId>();
        const auto committed = cells.int64();
        const auto recent = cells.next();
        const auto intent = cells.next();
        // The head is the same in every row.
        if (row == 0) {
            partition.has_head = version.has_value();
            partition.state.version = static_cast<Version>(version.value_or(0));
            if (active) partition.state.active = Cart{*active, {}};
            partition.committed_at = Time(std::chrono::microseconds(committed.value_or(0)));
            if (recent) partition.recent = RecentCommits(*recent);
            if (intent) {
                TRY(partition.intent, decode_intent(*intent));
            }
            if (kept) {
                TRY(partition.kept, store::decode_kept_answer(user, *kept));
            }
        }
        const auto cart = cells.id<CartId>();
        const auto product = cells.id<ProductId>();
        const auto quantity = cells.int32();
        if (cells.failed()) return fail(broken());
        if (cart && product && partition.state.active && *cart == partition.state.active->id)
            partition.state.active->lines.push_back({*product, nearest_quantity(quantity.value_or(1))});
    }
    // The cluster sorts UUIDs by its own rules.
    if (partition.state.active) std::ranges::sort(partition.state.active->lines, {}, &CartLine::product_id);
    return partition;
}

}  // namespace cartwheel::engines::cql
