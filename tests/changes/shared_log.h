#pragma once
// A store that other processes write to, of which nothing but the log is there: commits at the times that a test names. Thread-safe.

#include <atomic>
#include <initializer_list>
#include <mutex>

#include "cartwheel/store/store.h"
#include "support/shop.h"

namespace cartwheel::changes {

class SharedLog final : public store::Store {
public:
    void write(std::initializer_list<domain::Seq> seqs) {
        const std::scoped_lock lock(mutex_);
        for (const auto seq : seqs) {
            const Time time{std::chrono::microseconds(seq)};
            log_.push_back({seq, time, {{domain::Operation::insert, std::nullopt, test::product(1)}}, ++mark_});
            newest_ = seq;
        }
    }
    /// Up to this one.
    void expire(domain::Seq seq) {
        const std::scoped_lock lock(mutex_);
        std::erase_if(log_, [&](const domain::Commit& commit) { return commit.seq <= seq; });
        newest_ = log_.empty() ? 0 : newest_;
    }
    void go_away(bool is_away) { is_away_ = is_away; }
    std::uint64_t reads() const { return reads_; }

    Task<Result<store::ChangePage>> changes_after(domain::Seq after, std::size_t limit) override {
        ++reads_;
        if (is_away_) co_return fail(Error::unavailable("away"));
        const std::scoped_lock lock(mutex_);
        store::ChangePage page{{}, newest_};
        for (const auto& commit : log_) {
            if (commit.seq <= after) continue;
            if (page.commits.size() >= limit && commit.seq != page.commits.back().seq) break;
            page.commits.push_back(commit);
        }
        co_return page;
    }

    bool is_shared() const noexcept override { return true; }
    std::string_view name() const noexcept override { return "log"; }
    void stop() override {}
    store::StoreFigures figures() const override { return {}; }
    void set_commit_listener(CommitListener) override {}

    Task<Result<store::CartOutcome>> update_cart(domain::UserId, std::optional<store::RequestKey>, store::CartDecision) override {
        co_return none();
    }
    Task<Result<domain::CartState>> cart(domain::UserId) override { co_return none(); }
    Task<Result<domain::Product>> product(domain::ProductId) override { co_return none(); }
    Task<Result<store::ProductPage>> products(store::ProductPageRequest) override { co_return none(); }
    Task<Result<std::vector<domain::Product>>> products_of(std::vector<domain::ProductId>) override { co_return none(); }
    Task<Result<store::ProductTally>> put_products(std::vector<domain::Product>, store::ProductWrite) override { co_return none(); }
    Task<Result<bool>> remove_product(domain::ProductId) override { co_return none(); }
    Task<Result<store::OrderPage>> orders(domain::UserId, store::OrderPageRequest) override { co_return none(); }
    Task<Result<domain::Order>> order(domain::UserId, domain::OrderId) override { co_return none(); }
    Task<Result<void>> forget_changes(Time) override { co_return Result<void>{}; }
    Task<Result<std::optional<domain::Seq>>> kept_cursor(std::string) override { co_return none(); }
    Task<Result<void>> keep_cursor(std::string, domain::Seq) override { co_return none(); }
    Result<std::unique_ptr<store::Snapshot>> snapshot() override { return none(); }
    Task<Result<store::RowSet>> select(std::string, std::size_t) override { co_return none(); }

private:
    static std::unexpected<Error> none() { return fail(Error::internal("a log alone")); }

    std::mutex mutex_;
    std::vector<domain::Commit> log_;
    domain::Seq newest_ = 0;
    std::uint64_t mark_ = 0;
    std::atomic<bool> is_away_{false};
    std::atomic<std::uint64_t> reads_{0};
};

}  // namespace cartwheel::changes
