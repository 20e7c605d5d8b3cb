#include "cartwheel/api/products.h"

namespace cartwheel::api {

Task<Result<Page<Product>>> ProductApi::list(http::Query<ProductListQuery> query) {
    const store::ProductPageRequest request{.limit = static_cast<std::size_t>(query.limit.value), .after = query.after};
    auto found = query.q ? co_await search(query.q->value, request) : co_await store_.products(request);
    CO_TRY(auto page, std::move(found));
    Page<Product> out;
    out.items.reserve(page.products.size());
    for (auto& product : page.products) out.items.push_back(view(std::move(product)));
    if (page.more && !out.items.empty()) {
        out.next = "/products?limit=" + std::to_string(request.limit) + "&after=" + out.items.back().id.text();
        if (query.q) out.next += "&q=" + http::percent_encoded(query.q->value);
    }
    co_return out;
}

Task<Result<store::ProductPage>> ProductApi::search(std::string words, store::ProductPageRequest request) {
    CO_TRY_VOID(co_await index_.load(store_));
    auto ids = index_.find(words, request.after, request.limit + 1);
    if (!ids) co_return co_await store_.products(request);  // no words: no filter
    store::ProductPage page{.products = {}, .more = ids->size() > request.limit};
    if (page.more) ids->pop_back();
    CO_TRY(page.products, co_await store_.products_of(std::move(*ids)));
    co_return page;
}

Task<Result<Tagged<Product>>> ProductApi::read(domain::ProductId id) {
    CO_TRY(auto product, co_await store_.product(id));
    co_return Tagged<Product>{view(std::move(product)), {}};
}

Task<Result<http::Empty>> ProductApi::upload(Product product) {
    std::vector<domain::Product> batch;
    batch.push_back(to_domain(std::move(product)));
    CO_TRY_VOID(co_await store_.put_products(std::move(batch), store::ProductWrite::apply));
    co_return http::Empty{};
}

Task<Result<http::Empty>> ProductApi::update(domain::ProductId id, ProductUpdate product) {
    return upload(Product{id, std::move(product.img), std::move(product.name), product.price});
}

Task<Result<http::Empty>> ProductApi::remove(domain::ProductId id) {
    CO_TRY_VOID(co_await store_.remove_product(id));
    co_return http::Empty{};
}

}  // namespace cartwheel::api
