#pragma once
// Products. Owned by the composition root; any io thread.

#include "cartwheel/api/bindings.h"
#include "cartwheel/store/product_index.h"

namespace cartwheel::api {

struct ProductListQuery {
    reflect::Whole<1, 1000> limit{10};
    std::optional<domain::ProductId> after;    ///< the last product of the page before
    std::optional<reflect::Text<256>> q;       ///< words that the name must hold
};
BOOST_DESCRIBE_STRUCT(ProductListQuery, (), (limit, after, q))

class ProductApi {
public:
    ProductApi(store::Store& store, store::ProductIndex& index) : store_(store), index_(index) {}

    Task<Result<Page<Product>>> list(http::Query<ProductListQuery> query);
    Task<Result<Tagged<Product>>> read(domain::ProductId id);
    Task<Result<http::Empty>> upload(Product product);
    Task<Result<http::Empty>> update(domain::ProductId id, ProductUpdate product);
    Task<Result<http::Empty>> remove(domain::ProductId id);

private:
    Task<Result<store::ProductPage>> search(std::string words, store::ProductPageRequest request);

    store::Store& store_;
    store::ProductIndex& index_;
};

}  // namespace cartwheel::api
