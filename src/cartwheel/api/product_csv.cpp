#include "cartwheel/api/product_csv.h"

#include <boost/json/object.hpp>

#include "cartwheel/csv/writer.h"

namespace cartwheel::api {
namespace {

// A CSV row is checked by the same limits as a product of the JSON API.
static_assert(std::is_same_v<decltype(csv::ProductRow::img), decltype(Product::img)>);
static_assert(std::is_same_v<decltype(csv::ProductRow::name), decltype(Product::name)>);

constexpr std::size_t page_products = 1000;
constexpr std::size_t batch_bytes_max = std::size_t{4} << 20;  // so that long rows need no more memory than short ones

domain::Product to_domain(csv::ProductRow row) {
    return {domain::ProductId(row.id.uuid()), std::move(row.name.value), row.price, std::move(row.img.value)};
}

csv::ProductRow csv_row(domain::Product product) {
    return {Id<csv::ProductRowTag>(product.id.uuid()), {std::move(product.image)}, {std::move(product.name)}, product.price};
}

/// Takes records and keeps the rows of a batch.
class Rows {
public:
    Rows(std::optional<std::string> columns, std::size_t errors_max, ProductImportReport& report)
        : columns_(std::move(columns)), errors_max_(errors_max), report_(report) {}

    /// Errors: invalid (the header, or the columns given instead).
    Result<void> take(const csv::Record& record) {
        if (record.is_blank() || record.fault == csv::Fault::rest_of_long_line) return {};
        if (!reader_) {
            TRY(const bool was_header, start(record));
            if (was_header) return {};
        }
        ++report_.rows;
        auto row = reader_->read(record);
        if (row) {
            batch_bytes_ += record.raw.size();
            batch_.push_back(to_domain(*std::move(row)));
            return {};
        }
        ++report_.rejected;
        for (auto& problem : row.error())
            if (report_.errors.size() < errors_max_)
                report_.errors.push_back({problem.line, std::move(problem.column), std::move(problem.value), std::move(problem.reason)});
        return {};
    }

    /// Errors: invalid (there was nothing, not even a header).
    Result<void> end() const {
        if (reader_ || columns_) return {};
        return fail(Error::invalid("The body is empty: not even a header is in it"));
    }

    bool is_full() const noexcept { return batch_.size() >= ProductCsvApi::batch_rows || batch_bytes_ >= batch_bytes_max; }
    std::vector<domain::Product> take_batch() {
        batch_bytes_ = 0;
        return std::exchange(batch_, {});
    }

private:
    /// Whether the record was a header.
    Result<bool> start(const csv::Record& record) {
        const auto& known = csv::product_columns();
        if (!columns_) {
            if (record.fault != csv::Fault::none)
                return fail(Error::invalid("The header cannot be read: " + std::string(csv::describe(record.fault))));
            auto columns = csv::Columns::from_names(record.fields, known);
            if (!columns)
                return fail(Error::invalid("The first line is no header: " + columns.error().message +
                                           ". Where there is none, say ?columns=id,img,name,price"));
            reader_.emplace(*std::move(columns));
            return true;
        }
        TRY(auto columns, csv::Columns::from_names(csv::split_names(*columns_), known));
        const bool is_header = csv::Columns::look_like_names(record.fields, known);
        if (is_header) {
            const auto said = csv::Columns::from_names(record.fields, known);
            if (!said || *said != columns) return fail(Error::invalid("The header contradicts the parameter columns"));
        }
        reader_.emplace(std::move(columns));
        return is_header;
    }

    std::optional<std::string> columns_;
    std::size_t errors_max_;
    ProductImportReport& report_;
    std::optional<csv::ProductRows> reader_;
    std::vector<domain::Product> batch_;
    std::size_t batch_bytes_ = 0;
};

}  // namespace

Task<Result<ProductImportReport>> ProductCsvApi::import_products(CsvBody body, http::Query<ProductImportQuery> query) {
    ProductImportReport report;
    report.dry_run = query.dry_run;
    const auto mode = query.dry_run ? store::ProductWrite::only_compare : store::ProductWrite::apply;
    std::optional<std::string> columns;
    if (query.columns) columns = query.columns->value;
    Rows rows(std::move(columns), static_cast<std::size_t>(query.errors.value), report);
    csv::Reader reader;
    csv::Record record;
    for (bool more = true; more;) {
        const auto step = reader.next(record);
        more = step != csv::Step::end;
        if (step == csv::Step::need_more) {
            CO_TRY(const auto piece, co_await body.exchange->read_piece());
            if (piece.empty()) reader.finish();
            else reader.feed(piece);
            continue;
        }
        if (step == csv::Step::record) CO_TRY_VOID(rows.take(record));
        if (more && !rows.is_full()) continue;
        auto batch = rows.take_batch();
        if (batch.empty()) continue;
        CO_TRY(const auto tally, co_await store_.put_products(std::move(batch), mode));
        report.created += tally.created;
        report.replaced += tally.replaced;
        report.unchanged += tally.unchanged;
    }
    CO_TRY_VOID(rows.end());
    co_return report;
}

Task<Result<CsvAnswer>> ProductCsvApi::export_products(http::Exchange* exchange) {
    exchange->response.content_type = "text/csv; charset=utf-8";
    exchange->response.add_header("Content-Disposition", "attachment; filename=\"product.csv\"");
    std::string text;
    csv::append_row(text, csv::product_columns());
    store::ProductPageRequest request{.limit = page_products, .after = std::nullopt};
    for (bool more = true; more;) {
        CO_TRY(auto page, co_await store_.products(request));
        if (!page.products.empty()) request.after = page.products.back().id;
        more = page.more;
        for (auto& product : page.products) csv::append_product(text, csv_row(std::move(product)));
        const auto sent = co_await exchange->write_piece(text);
        if (exchange->request.method == http::Method::head) break;
        CO_TRY_VOID(sent);
        text.clear();
    }
    co_return CsvAnswer{};
}

}  // namespace cartwheel::api

namespace cartwheel::http {

void Bind<api::CsvBody>::describe(Describing& to) {
    const boost::json::object text{{"schema", boost::json::object{{"type", "string"}}}};
    to.operation.request_body = {{"required", true}, {"content", boost::json::object{{"text/csv", text}}}};
}

}  // namespace cartwheel::http
