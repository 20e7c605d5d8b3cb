#pragma once
// Products from CSV and to CSV, streamed: neither a request's body nor an answer is ever in memory as a whole.
// Owned by the composition root; any io thread.

#include "cartwheel/api/bindings.h"
#include "cartwheel/csv/product_row.h"

namespace cartwheel::api {

/// A streamed body of text/csv.
struct CsvBody {
    http::Exchange* exchange;
};

/// A streamed answer of text/csv.
struct CsvAnswer {};

struct ProductImportQuery {
    std::optional<reflect::Text<256>> columns;  ///< where the body has no header: id,img,name,price
    bool dry_run = false;
    reflect::Whole<0, 20'000> errors{100};  ///< how many are reported; the most is what a batch can have, one for each field
};
BOOST_DESCRIBE_STRUCT(ProductImportQuery, (), (columns, dry_run, errors))

struct RejectedField {
    std::uint64_t line = 0;
    std::string column;
    std::string value;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(RejectedField, (), (line, column, value, reason))

struct ProductImportReport {
    std::uint64_t rows = 0;  ///< rejected ones included
    std::uint64_t created = 0;
    std::uint64_t replaced = 0;
    std::uint64_t unchanged = 0;
    std::uint64_t rejected = 0;
    std::vector<RejectedField> errors;  ///< the first of them
    bool dry_run = false;
};
BOOST_DESCRIBE_STRUCT(ProductImportReport, (), (rows, created, replaced, unchanged, rejected, errors, dry_run))

class ProductCsvApi {
public:
    static constexpr std::size_t batch_rows = 5000;

    explicit ProductCsvApi(store::Store& store) : store_(store) {}

    /// Stores the valid rows in batches, each durable before the next, and reports the others. A body that breaks off leaves the batches
    /// before; sending it again is harmless. Errors: invalid (the header), and those of the store.
    Task<Result<ProductImportReport>> import_products(CsvBody body, http::Query<ProductImportQuery> query);

    /// Every product by id, under a header; what it gives imports again to the same.
    Task<Result<CsvAnswer>> export_products(http::Exchange* exchange);

private:
    store::Store& store_;
};

}  // namespace cartwheel::api

namespace cartwheel::reflect {

template <>
inline constexpr std::string_view schema_name<api::RejectedField> = "RejectedField";
template <>
inline constexpr std::string_view schema_name<api::ProductImportReport> = "ProductImportReport";

}  // namespace cartwheel::reflect

namespace cartwheel::http {

template <>
struct Bind<api::CsvBody> {
    static std::optional<api::CsvBody> read(Exchange& exchange, Reading&) { return api::CsvBody{&exchange}; }
    static void describe(Describing& to);
};

template <>
struct Reply<api::CsvAnswer> {
    static void write(Exchange&, api::CsvAnswer&&) {}
    static void describe(Describing& to) { to.operation.add_response("200", "Successful Response", "text/csv"); }
};

}  // namespace cartwheel::http
