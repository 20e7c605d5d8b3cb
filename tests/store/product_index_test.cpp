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

TEST(ProductIndex, ATextWithoutWordsIsNoFilter) { EXPECT_FALSE(ProductIndex().find("...", std::nullopt, 10)); }

}  // namespace
}  // namespace cartwheel::store
