#pragma once
// A product as a CSV row, checked as the HTTP API checks a product. One reader a thread; the values are plain.

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cartwheel/base/money.h"
#include "cartwheel/base/uuid.h"
#include "cartwheel/csv/columns.h"
#include "cartwheel/csv/reader.h"
#include "cartwheel/reflect/codec.h"

namespace cartwheel::csv {

struct ProductRowTag;

/// The order of the members is the order of the columns.
struct ProductRow {
    Id<ProductRowTag> id;
    reflect::Text<8192> img;
    reflect::Text<1024> name;
    Money price;
};
BOOST_DESCRIBE_STRUCT(ProductRow, (), (id, img, name, price))

/// "id", "img", "name", "price".
const std::vector<std::string_view>& product_columns();

/// Why a row was rejected, for one of its fields or as a whole.
struct RowProblem {
    std::uint64_t line = 0;
    std::string column;  ///< a column's name; or, where the row could not be taken apart, its place in characters; or empty
    std::string value;   ///< as it stood there, cut when it is long
    std::string reason;
};

/// How a file that is not Cartwheel's own writes values.
struct ValueStyle {
    std::optional<std::string> null;  ///< the text that stands for nothing; nothing is the empty text
    char decimal_point = '.';
    std::optional<char> thousands;  ///< dropped from prices

    friend bool operator==(const ValueStyle&, const ValueStyle&) = default;
};

class ProductRows {
public:
    explicit ProductRows(Columns columns, ValueStyle style = {}) : columns_(std::move(columns)), style_(std::move(style)) {}

    /// The product, or each wrong field. `record` is not blank.
    std::expected<ProductRow, std::vector<RowProblem>> read(const Record& record);

private:
    Columns columns_;
    ValueStyle style_;
    std::vector<std::string_view> texts_;
    std::string price_;
};

/// Appends the row with its line end; the columns in the order of product_columns().
void append_product(std::string& out, const ProductRow& row, const Dialect& dialect = {});

}  // namespace cartwheel::csv
