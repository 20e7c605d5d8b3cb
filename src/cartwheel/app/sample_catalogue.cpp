#include "cartwheel/app/sample_catalogue.h"

#include "cartwheel/assets/assets.h"
#include "cartwheel/csv/product_row.h"

namespace cartwheel::app {
namespace {

/// Every product of the catalogue; it was checked when it was packed, so a row that cannot be read is a bug.
Result<std::vector<domain::Product>> parse(std::string_view catalogue) {
    csv::Reader reader;
    reader.feed(catalogue);
    reader.finish();
    csv::Record record;
    if (reader.next(record) != csv::Step::record) return fail(Error::internal("The sample catalogue is empty"));
    TRY(auto columns, csv::Columns::from_names(record.fields, csv::product_columns()));
    csv::ProductRows rows(std::move(columns));
    std::vector<domain::Product> products;
    while (reader.next(record) == csv::Step::record) {
        if (record.is_blank()) continue;
        auto row = rows.read(record);
        if (!row) return fail(Error::internal("The sample catalogue has a broken row"));
        products.push_back({domain::ProductId(row->id.uuid()), std::move(row->name.value), row->price, std::move(row->img.value)});
    }
    return products;
}

}  // namespace

Task<Result<std::size_t>> load_sample(store::Store& store) {
    CO_TRY(const auto first, co_await store.products({.limit = 1, .after = std::nullopt}));
    if (!first.products.empty()) co_return std::size_t{0};
    CO_TRY(auto products, parse(assets::sample_catalogue()));
    CO_TRY(const auto tally, co_await store.put_products(std::move(products), store::ProductWrite::apply));
    co_return tally.created;
}

}  // namespace cartwheel::app
