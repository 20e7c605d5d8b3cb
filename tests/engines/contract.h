#pragma once
// What the contract tests share: each runs once an engine, through short calls that block until the task is done.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "cartwheel/store/store.h"
#include "support/fake_clock.h"
#include "support/run_task.h"
#include "support/shop.h"
#include "support/temporary_folder.h"

namespace cartwheel::test {

struct Engine {
    std::string name;
    std::function<std::unique_ptr<store::Store>(const std::string& folder, const Clock& clock)> open;
    /// Whether all commits are in one row, numbered from 1. In a cluster each user's are, and a commit's number is its time.
    bool has_one_order = true;
};

inline void PrintTo(const Engine& engine, std::ostream* out) { *out << engine.name; }

/// memory and rocks; in the program of the cluster engine that one.
std::vector<Engine> engines();

class StoreContract : public ::testing::TestWithParam<Engine> {
protected:
    using Outcome = store::CartOutcome;

    store::Store& store() { return *store_; }
    FakeClock& clock() { return clock_; }

    Result<Outcome> update(const domain::UserId& user, store::CartDecision decision, std::optional<store::RequestKey> key = std::nullopt) {
        return run_task(store_->update_cart(user, std::move(key), std::move(decision)));
    }
    Result<Outcome> put(const domain::UserId& user, unsigned product, std::int64_t count = 1,
                        std::optional<store::RequestKey> key = std::nullopt) {
        return update(user, test::put(user, product_id(product), count), std::move(key));
    }
    Result<Outcome> remove(const domain::UserId& user, unsigned product, std::optional<store::RequestKey> key = std::nullopt) {
        return update(user, test::remove(user, product_id(product)), std::move(key));
    }
    Result<Outcome> check_out(const domain::UserId& user, std::optional<store::RequestKey> key = std::nullopt) {
        return update(user, test::check_out(user, clock_.now()), std::move(key));
    }
    /// The order of a checkout that must go well, a millisecond after what came before.
    domain::Order order_of(const domain::UserId& user, unsigned product);

    domain::CartState cart(const domain::UserId& user) { return run_task(store_->cart(user)).value(); }
    store::ProductTally put_products(std::vector<domain::Product> products, store::ProductWrite mode = store::ProductWrite::apply) {
        return run_task(store_->put_products(std::move(products), mode)).value();
    }
    std::vector<domain::Commit> log(domain::Seq after = 0, std::size_t limit = 10'000) {
        return run_task(store_->changes_after(after, limit)).value().commits;
    }

    /// Commits as far as every engine agrees on them: with numbers 1 to n, and the time that the test's clock showed.
    std::vector<domain::Commit> numbered(std::vector<domain::Commit> commits);

private:
    TemporaryFolder folder_;
    FakeClock clock_;
    std::unique_ptr<store::Store> store_ = GetParam().open(folder_.path(), clock_);
};

}  // namespace cartwheel::test
