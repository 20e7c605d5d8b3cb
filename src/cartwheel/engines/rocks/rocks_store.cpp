#include "cartwheel/engines/rocks/rocks_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cartwheel/engines/rocks/committer.h"
#include "cartwheel/engines/rocks/folder.h"
#include "cartwheel/engines/rocks/open.h"
#include "cartwheel/engines/rocks/read_pool.h"
#include "cartwheel/engines/rocks/reads.h"
#include "cartwheel/engines/rocks/snapshot.h"

namespace cartwheel::engines::rocks {
namespace {

using namespace domain;
using namespace store;

constexpr std::size_t disk_reads_max = 4096;

/// A page longer than this is read by the pool, so that it does not hold up what else its io thread serves.
constexpr std::size_t inline_entries_max = 100;
constexpr std::size_t never_inline = inline_entries_max + 1;

/// A read for the pool: it ends by answering a task, whatever happens.
template <class T, class Read>
class DiskRead final : public ReadPool::Job {
public:
    DiskRead(Read read, Completion<T> done) : read_(std::move(read)), done_(std::move(done)) {}
    void run() noexcept override { done_.resume(*read_(Reach::disk)); }
    void refuse() noexcept override { done_.resume(fail(Error::overloaded("Too many reads are waiting for the disk"))); }

private:
    Read read_;
    Completion<T> done_;
};

class RocksStore final : public Store {
public:
    RocksStore(RocksSettings settings, Folder folder, std::unique_ptr<Database> database, const Clock& clock,
               const std::optional<Commit>& last)
        : settings_(std::move(settings)),
          folder_(std::move(folder)),
          database_(std::move(database)),
          hot_(settings_.block_cache_bytes / hot_share),
          reads_(*database_, hot_),
          pool_(settings_.read_pool_threads, disk_reads_max),
          committer_(*database_, hot_, settings_, clock, last) {}

    Task<Result<CartOutcome>> update_cart(UserId user, std::optional<RequestKey> key, CartDecision decision) override {
        // Here rather than on the committer's thread, which all wait for.
        if (decision.with_product) {
            auto product = co_await this->product(*decision.with_product);
            if (!product && product.error().code != ErrorCode::not_found) co_return fail(std::move(product).error());
            std::vector<Product> found;
            if (product) found.push_back(*std::move(product));
            decision.decide = [decide = std::move(decision.decide), found = std::move(found)](const CartState& cart, auto) {
                return decide(cart, found);
            };
        }
        co_return co_await Completion<CartOutcome>::wait(
            [this, user = std::move(user), key = std::move(key), decision = std::move(decision)](Completion<CartOutcome> done) mutable {
                committer_.push(CartWrite{std::move(user), std::move(key), std::move(decision), std::move(done)});
            });
    }

    Task<Result<CartState>> cart(UserId user) override {
        return read<CartState>([this, user = std::move(user)](Reach reach) { return reads_.cart(user, reach); });
    }

    Task<Result<Product>> product(ProductId id) override {
        return read<Product>([this, id](Reach reach) -> Attempt<Product> {
            auto found = reads_.product(id, reach);
            if (!found) return std::nullopt;
            if (!*found) return fail(std::move(*found).error());
            if (!**found) return fail(Error::not_found("Product not found"));
            return std::move(***found);
        });
    }

    Task<Result<ProductPage>> products(ProductPageRequest request) override {
        return read<ProductPage>([this, request](Reach reach) { return reads_.products(request, reach); }, request.limit);
    }

    Task<Result<std::vector<Product>>> products_of(std::vector<ProductId> ids) override {
        const auto count = ids.size();
        return read<std::vector<Product>>([this, ids = std::move(ids)](Reach reach) { return reads_.products_of(ids, reach); }, count);
    }

    Task<Result<ProductTally>> put_products(std::vector<Product> products, ProductWrite mode) override {
        if (mode == ProductWrite::only_compare) {
            const auto count = products.size();
            return read<ProductTally>([this, products = std::move(products)](Reach reach) { return compare(products, reach); }, count);
        }
        return Completion<ProductTally>::wait([this, products = std::move(products)](Completion<ProductTally> done) mutable {
            committer_.push(ProductsWrite{std::move(products), std::move(done)});
        });
    }

    Task<Result<bool>> remove_product(ProductId id) override {
        return Completion<bool>::wait([this, id](Completion<bool> done) { committer_.push(ProductRemoval{id, std::move(done)}); });
    }

    Task<Result<OrderPage>> orders(UserId user, OrderPageRequest request) override {
        return read<OrderPage>([this, user = std::move(user), request](Reach reach) { return reads_.orders(user, request, reach); },
                               request.limit);
    }

    Task<Result<Order>> order(UserId user, OrderId id) override {
        return read<Order>([this, user = std::move(user), id](Reach reach) { return reads_.order(user, id, reach); });
    }

    Task<Result<ChangePage>> changes_after(Seq after, std::size_t limit) override {
        return read<ChangePage>([this, after, limit](Reach reach) { return reads_.changes(after, limit, committer_.last_seq(), reach); },
                                limit);
    }

    Task<Result<void>> forget_changes(Time before) override {
        // The search and the files are the pool's, so that the committer has but eight bytes to write.
        CO_TRY(const auto first, co_await read<Seq>([this, before](Reach) { return first_to_keep(before); }, never_inline));
        CO_TRY_VOID(
            co_await Completion<void>::wait([this, first](Completion<void> done) { committer_.push(Forgetting{first, std::move(done)}); }));
        co_return co_await read<void>([this](Reach) -> Attempt<void> { return database_->drop_forgotten(); }, never_inline);
    }

    Task<Result<std::optional<Seq>>> kept_cursor(std::string follower) override {
        return read<std::optional<Seq>>(
            [this, follower = std::move(follower)](Reach reach) { return reads_.kept_cursor(follower, reach); });
    }

    Task<Result<void>> keep_cursor(std::string follower, Seq cursor) override {
        return Completion<void>::wait([this, follower = std::move(follower), cursor](Completion<void> done) mutable {
            committer_.push(CursorWrite{std::move(follower), cursor, std::move(done)});
        });
    }

    Result<std::unique_ptr<Snapshot>> snapshot() override { return take_snapshot(*database_); }
    Task<Result<RowSet>> select(std::string, std::size_t) override { co_return fail(has_no_language()); }

    void set_commit_listener(CommitListener listener) override { committer_.set_listener(std::move(listener)); }

    StoreFigures figures() const override {
        auto figures = committer_.figures();
        figures.memory_bytes = database_->memory_bytes();
        return figures;
    }

    std::string_view name() const noexcept override { return "rocks"; }

    void stop() override {
        committer_.stop();
        pool_.stop();
    }

private:
    /// What `attempt` gives: at once from memory, or from the pool when it needs the disk or takes long.
    template <class T, class Read>
    Task<Result<T>> read(Read attempt, std::size_t entries = 1) {
        if (entries <= inline_entries_max)
            if (auto found = attempt(Reach::memory)) co_return *std::move(found);
        co_return co_await Completion<T>::wait([this, attempt = std::move(attempt)](Completion<T> done) mutable {
            pool_.push(std::make_unique<DiskRead<T, Read>>(std::move(attempt), std::move(done)));
        });
    }

    /// But for the newest, whose number the next one's follows.
    Attempt<Seq> first_to_keep(Time before) const {
        const auto last = committer_.last_seq();
        const auto first = first_commit_since(*database_, before, database_->log_start().first(), last);
        if (!first) return fail(first.error());
        return std::min(*first, last);
    }

    /// What putting `products` one after the other would do.
    Attempt<ProductTally> compare(const std::vector<Product>& products, Reach reach) const {
        ProductTally tally;
        std::unordered_map<ProductId, const Product*> seen;
        for (const auto& product : products) {
            const auto [at, first] = seen.try_emplace(product.id, &product);
            std::optional<Product> before;
            if (!first) {
                before = *std::exchange(at->second, &product);
            } else {
                auto found = reads_.product(product.id, reach);
                if (!found) return std::nullopt;
                if (!*found) return fail(std::move(*found).error());
                before = **std::move(found);
            }
            ++(!before ? tally.created : *before == product ? tally.unchanged : tally.replaced);
        }
        return tally;
    }

    // Destroyed from the end: the threads before the database, the lock on the folder last.
    RocksSettings settings_;
    Folder folder_;
    std::unique_ptr<Database> database_;
    HotState hot_;
    Reads reads_;
    ReadPool pool_;
    Committer committer_;
};

}  // namespace

namespace {

Error not_opened(const std::string& folder, Error why) {
    if (why.code == ErrorCode::full) why.message = fmt::format("there is no space left to open the store in {}", folder);
    else why.message = fmt::format("the store in {} cannot be opened; run: cartwheel doctor --data {} ({})", folder, folder, why.message);
    return why;
}

}  // namespace

Result<std::unique_ptr<Store>> open_store_on(std::shared_ptr<rocksdb::FileSystem> file_system, RocksSettings settings, const Clock& clock) {
    TRY(auto folder, Folder::open(settings.folder));
    const auto expect = folder.has_store() ? Expect::existing : Expect::new_or_existing;
    auto database = Database::open(folder.rocks_path(), expect, settings, clock, file_system);
    if (!database) return fail(not_opened(settings.folder, std::move(database).error()));
    const auto last = last_commit(**database);
    if (!last) return fail(not_opened(settings.folder, last.error()));
    if (!folder.has_store()) TRY_VOID(folder.mark_made());
    return std::make_unique<RocksStore>(std::move(settings), std::move(folder), *std::move(database), clock, *last);
}

Result<std::unique_ptr<Store>> open_store(RocksSettings settings, const Clock& clock) {
    return open_store_on(rocksdb::FileSystem::Default(), std::move(settings), clock);
}

}  // namespace cartwheel::engines::rocks
