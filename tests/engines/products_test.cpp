// The contract about products: written one or many, read one, some or page by page.
#include <algorithm>

#include "engines/contract.h"

namespace cartwheel::test {
namespace {

using namespace domain;
using namespace store;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ProductContract : public StoreContract {
protected:
    Result<Product> read(unsigned number) { return run_task(store().product(product_id(number))); }
    ProductPage page(std::size_t limit, std::optional<ProductId> after = std::nullopt) {
        return run_task(store().products({limit, after})).value();
    }
};
INSTANTIATE_TEST_SUITE_P(Engines, ProductContract, ::testing::ValuesIn(engines()), [](const auto& info) { return info.param.name; });

void expect_tally(const ProductTally& tally, std::size_t created, std::size_t replaced, std::size_t unchanged) {
    EXPECT_EQ(tally.created, created);
    EXPECT_EQ(tally.replaced, replaced);
    EXPECT_EQ(tally.unchanged, unchanged);
}

TEST_P(ProductContract, WhatWasPutIsReadToTheLastByte) {
    Product odd{product_id(1), std::string("nul \0 and \xc3\xa9", 12), Money::from_minor(Money::price_max_minor), std::string(8192, 'i')};
    put_products({odd});
    EXPECT_EQ(read(1).value(), odd);
}

TEST_P(ProductContract, AnUnknownProductIsNotFound) {
    const auto missing = read(1);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::not_found);
    EXPECT_EQ(missing.error().message, "Product not found");
}

TEST_P(ProductContract, TheTallySaysWhatBecameOfEach) {
    expect_tally(put_products({product(1), product(2)}), 2, 0, 0);
    expect_tally(put_products({product(1), product(2, 5), product(3)}), 1, 1, 1);
}

TEST_P(ProductContract, OfTwoWithTheSameIdTheLaterCounts) {
    expect_tally(put_products({product(1, 100), product(1, 200), product(1, 200)}), 1, 1, 1);
    EXPECT_EQ(read(1)->price.minor(), 200);
    ASSERT_THAT(log(), SizeIs(1));
    EXPECT_THAT(log().front().changes, ElementsAre(RowChange{Operation::insert, std::nullopt, product(1, 200)}));
}

TEST_P(ProductContract, ABatchThatEndsWhereItBeganMakesNoCommit) {
    put_products({product(1, 100)});
    expect_tally(put_products({product(1, 200), product(1, 100)}), 0, 2, 0);
    EXPECT_THAT(log(), SizeIs(1));
}

TEST_P(ProductContract, ComparingTalliesAndWritesNothing) {
    put_products({product(1), product(2)});
    expect_tally(put_products({product(1), product(2, 5), product(3), product(3)}, ProductWrite::only_compare), 1, 1, 2);
    EXPECT_EQ(read(2)->price.minor(), 1000);
    EXPECT_EQ(read(3).error().code, ErrorCode::not_found);
    EXPECT_THAT(log(), SizeIs(1));
}

TEST_P(ProductContract, AnEmptyBatchDoesNothing) {
    expect_tally(put_products({}), 0, 0, 0);
    EXPECT_THAT(log(), IsEmpty());
}

TEST_P(ProductContract, ABatchIsOneCommitAndUnchangedProductsAreNotInIt) {
    put_products({product(2)});
    put_products({product(3), product(2), product(1, 7)});
    ASSERT_THAT(log(), SizeIs(2));
    EXPECT_THAT(log()[1].changes, ::testing::UnorderedElementsAre(RowChange{Operation::insert, std::nullopt, product(1, 7)},
                                                                  RowChange{Operation::insert, std::nullopt, product(3)}));
}

TEST_P(ProductContract, AReplacementCarriesTheRowBefore) {
    put_products({product(1, 100)});
    put_products({product(1, 200)});
    EXPECT_THAT(log().back().changes, ElementsAre(RowChange{Operation::update, product(1, 100), product(1, 200)}));
}

TEST_P(ProductContract, RemovingSaysWhetherItWasThere) {
    put_products({product(1)});
    EXPECT_TRUE(run_task(store().remove_product(product_id(1))).value());
    EXPECT_FALSE(run_task(store().remove_product(product_id(1))).value());
    EXPECT_EQ(read(1).error().code, ErrorCode::not_found);
    ASSERT_THAT(log(), SizeIs(2));
    EXPECT_THAT(log().back().changes, ElementsAre(RowChange{Operation::remove, product(1), std::nullopt}));
    expect_tally(put_products({product(1)}), 1, 0, 0);
}

TEST_P(ProductContract, SomeAreReadInTheOrderAskedWithoutThoseThatAreMissing) {
    put_products({product(1), product(2), product(3)});
    const auto found = run_task(store().products_of({product_id(3), product_id(9), product_id(1)})).value();
    EXPECT_THAT(found, ElementsAre(product(3), product(1)));
}

TEST_P(ProductContract, PagesFollowEachOther) {
    put_products({product(5), product(1), product(4), product(2), product(3)});
    const auto all = page(1000).products;
    EXPECT_THAT(all, ::testing::UnorderedElementsAre(product(1), product(2), product(3), product(4), product(5)));
    if (GetParam().has_one_order) EXPECT_TRUE(std::ranges::is_sorted(all, {}, &Product::id));
    const auto first = page(2);
    EXPECT_THAT(first.products, ElementsAre(all[0], all[1]));
    EXPECT_TRUE(first.more);
    const auto second = page(2, all[1].id);
    EXPECT_THAT(second.products, ElementsAre(all[2], all[3]));
    EXPECT_TRUE(second.more);
    const auto third = page(2, all[3].id);
    EXPECT_THAT(third.products, ElementsAre(all[4]));
    EXPECT_FALSE(third.more);
}

TEST_P(ProductContract, APageThatEndsWithTheLastProductHasNoMore) {
    put_products({product(1), product(2)});
    const auto whole = page(2);
    EXPECT_FALSE(whole.more);
    EXPECT_THAT(page(2, whole.products.back().id).products, IsEmpty());
}

TEST_P(ProductContract, APageMayBeginBehindAProductThatIsGone) {
    put_products({product(1), product(2), product(3)});
    const auto all = page(10).products;
    run_task(store().remove_product(all[1].id)).value();
    EXPECT_THAT(page(10, all[1].id).products, ElementsAre(all[2]));
}

TEST_P(ProductContract, AnImportsBatchOfTenThousandIsOneStep) {
    std::vector<Product> many;
    for (unsigned i = 0; i < 10'000; ++i) many.push_back(product(i));
    expect_tally(put_products(std::move(many)), 10'000, 0, 0);
    EXPECT_EQ(read(9'999).value(), product(9'999));
    ASSERT_THAT(log(), SizeIs(1));
    EXPECT_THAT(log().front().changes, SizeIs(10'000));
    std::size_t read_back = 0;
    std::optional<ProductId> after;
    for (bool more = true; more;) {
        const auto next = page(1000, after);
        read_back += next.products.size();
        after = next.products.back().id;
        more = next.more;
    }
    EXPECT_EQ(read_back, 10'000U);
}

}  // namespace
}  // namespace cartwheel::test
