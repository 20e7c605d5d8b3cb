#include "cartwheel/store/product_index.h"

#include <gmock/gmock.h>

#include "cartwheel/engines/memory/memory_store.h"
#include "support/fake_clock.h"
#include "support/run_task.h"
#include "support/shop.h"

namespace cartwheel::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ProductIndex, WordsAreFoldedRunsOfLettersAndDigits) {
    EXPECT_THAT(words_of("Green-Tea, 250g  TEA"), ElementsAre("250g", "green", "tea"));
    EXPECT_THAT(words_of("\xc3\x9c"
                         "BER \xce\xa3"),
                ElementsAre("\xc3\xbc"
                            "ber",
                            "\xcf\x83"));
    EXPECT_THAT(words_of(" -- "), IsEmpty());
}

/// A shop of named products, numbered from 1, and its index.
class Indexed {
public:
    Indexed() {
        store_->set_commit_listener([this](const domain::Commit& commit) { index_.follow(commit); });
    }

    void put(unsigned number, std::string name) {
        auto product = test::product(number);
        product.name = std::move(name);
        ASSERT_TRUE(test::run_task(store_->put_products({std::move(product)}, ProductWrite::apply)));
    }
    void remove(unsigned number) { ASSERT_TRUE(test::run_task(store_->remove_product(test::product_id(number)))); }

    std::vector<unsigned> find(std::string_view text, unsigned after = 0, std::size_t limit = 100) {
        EXPECT_TRUE(test::run_task(index_.load(*store_)));
        std::vector<unsigned> out;
        const auto ids = index_.find(text, test::product_id(after), limit);
        for (const auto& id : *ids) out.push_back(id.bytes()[15]);
        return out;
    }

private:
    test::FakeClock clock_;
    ProductIndex index_;
    std::unique_ptr<Store> store_ = engines::memory::make_store(clock_);
};

TEST(ProductIndex, FindsWhatHoldsEveryWordWhateverTheCase) {
    Indexed shop;
    shop.put(1, "Green tea");
    shop.put(2, "Black TEA");
    shop.put(3, "Teapot, green");
    EXPECT_THAT(shop.find("tea"), ElementsAre(1, 2, 3));  // also where a word begins with it
    EXPECT_THAT(shop.find("TEA green"), ElementsAre(1, 3));
    EXPECT_THAT(shop.find("coffee"), IsEmpty());
}

TEST(ProductIndex, FollowsCommitsBeforeAndAfterItWasRead) {
    Indexed shop;
    shop.put(1, "Green tea");
    EXPECT_THAT(shop.find("tea"), ElementsAre(1));
    shop.put(2, "Black tea");
    shop.put(1, "Green coffee");
    EXPECT_THAT(shop.find("tea"), ElementsAre(2));
    EXPECT_THAT(shop.find("coffee"), ElementsAre(1));
    shop.remove(2);
    EXPECT_THAT(shop.find("tea"), IsEmpty());
}

TEST(ProductIndex, GivesAPageBehindAProduct) {
    Indexed shop;
    for (unsigned number = 1; number <= 9; ++number) shop.put(number, "Tea");
    EXPECT_THAT(shop.find("tea", 3, 2), ElementsAre(4, 5));
    EXPECT_THAT(shop.find("tea", 8, 2), ElementsAre(9));
}

/// Two processes with one shop, as a store over a network is.
class Shared final : public Store {
public:
    explicit Shared(Store& inner) : inner_(inner) {}
    bool is_shared() const noexcept override { return true; }
    Task<Result<ProductPage>> products(ProductPageRequest request) override {
        ++pages;
        if (failing) co_return fail(Error::unavailable("away"));
        co_return co_await inner_.products(request);
    }
    unsigned pages = 0;
    bool failing = false;

    // The index asks for nothing else.
    Task<Result<CartOutcome>> update_cart(domain::UserId, std::optional<RequestKey>, CartDecision) override { std::abort(); }
    Task<Result<domain::CartState>> cart(domain::UserId) override { std::abort(); }
    Task<Result<domain::Product>> product(domain::ProductId) override { std::abort(); }
    Task<Result<std::vector<domain::Product>>> products_of(std::vector<domain::ProductId>) override { std::abort(); }
    Task<Result<ProductTally>> put_products(std::vector<domain::Product>, ProductWrite) override { std::abort(); }
    Task<Result<bool>> remove_product(domain::ProductId) override { std::abort(); }
    Task<Result<OrderPage>> orders(domain::UserId, OrderPageRequest) override { std::abort(); }
    Task<Result<domain::Order>> order(domain::UserId, domain::OrderId) override { std::abort(); }
    Task<Result<ChangePage>> changes_after(domain::Seq, std::size_t) override { std::abort(); }
    Task<Result<void>> forget_changes(Time) override { std::abort(); }
    Task<Result<std::optional<domain::Seq>>> kept_cursor(std::string) override { std::abort(); }
    Task<Result<void>> keep_cursor(std::string, domain::Seq) override { std::abort(); }
    Result<std::unique_ptr<Snapshot>> snapshot() override { std::abort(); }
    Task<Result<RowSet>> select(std::string, std::size_t) override { std::abort(); }
    void set_commit_listener(CommitListener) override {}
    StoreFigures figures() const override { return {}; }
    std::string_view name() const noexcept override { return "shared"; }
    void stop() override {}

private:
    Store& inner_;
};

TEST(ProductIndex, OfASharedShopIsReadAgainWhenItIsNotFreshAnyMore) {
    const test::FakeClock clock;
    const auto inner = engines::memory::make_store(clock);
    Shared shop(*inner);
    ProductIndex stale(std::chrono::milliseconds(-1));
    ProductIndex fresh(std::chrono::hours(1));
    const auto put = [&](unsigned number, std::string name) {
        auto product = test::product(number);
        product.name = std::move(name);
        test::run_task(inner->put_products({std::move(product)}, ProductWrite::apply)).value();
    };
    const auto found = [](ProductIndex& index, Store& store, std::string_view text) {
        test::run_task(index.load(store)).value();
        return index.find(text, std::nullopt, 10).value().size();
    };
    put(1, "tea");
    EXPECT_EQ(found(stale, shop, "tea"), 1U);
    EXPECT_EQ(found(fresh, shop, "tea"), 1U);
    // By another process: nobody told the index.
    put(1, "cup");
    put(2, "tea pot");
    put(3, "tea cup");
    EXPECT_EQ(found(stale, shop, "tea"), 2U);
    EXPECT_EQ(found(stale, shop, "cup"), 2U);
    EXPECT_EQ(found(fresh, shop, "tea"), 1U);
    shop.failing = true;
    EXPECT_EQ(found(stale, shop, "tea"), 2U) << "what was read before serves while the shop is away";
}

TEST(ProductIndex, ATextWithoutWordsIsNoFilter) { EXPECT_FALSE(ProductIndex().find("...", std::nullopt, 10)); }

}  // namespace
}  // namespace cartwheel::store
