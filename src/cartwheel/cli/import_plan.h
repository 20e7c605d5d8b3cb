#pragma once
// What an import is to do, from the flags of `import` or the words of `copy`. Values.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cartwheel/base/error.h"
#include "cartwheel/csv/product_row.h"

namespace cartwheel::cli {

/// How many rejected rows are too many: a count, a share, or none at all when both are absent.
struct ErrorLimit {
    std::optional<std::uint64_t> count;
    std::optional<double> percent;

    /// `100` or `5%`. Errors: invalid.
    static Result<ErrorLimit> parse(std::string_view text);

    /// A share is judged at the end of a batch, where it means something.
    bool exceeded(std::uint64_t rejected, std::uint64_t rows, bool batch_ends) const noexcept;
    std::string text() const;
};

enum class HeaderRule : std::uint8_t {
    names_columns,  ///< the first row names the columns
    if_there,       ///< the columns are given; a first row of column names must agree with them
    first_row,      ///< the columns are given and the first row is a header, which must not name them in another order
    none,           ///< the columns are given and the first row is data
};

struct ImportPlan {
    std::vector<std::string> files;     ///< `-` is standard input
    std::vector<std::string> columns;   ///< in the order of the file; empty: the header says
    std::vector<std::string> skip_columns;
    HeaderRule header = HeaderRule::names_columns;
    csv::Dialect dialect;
    csv::ValueStyle style;
    std::uint64_t skip_rows = 0;            ///< over all files, behind the headers
    std::optional<std::uint64_t> max_rows;  ///< over all files, the skipped ones included
    ErrorLimit max_errors{.count = 100, .percent = {}};
    std::string reject_file = "import_ecommerce_product.err";
    bool dry_run = false;
    bool resume = false;
};

/// A character given as itself or as `\t`. Errors: invalid, naming `what`.
Result<char> parse_character(std::string_view text, std::string_view what);

}  // namespace cartwheel::cli
