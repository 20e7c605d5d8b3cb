#include "cartwheel/cli/copy_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/temporary_folder.h"

namespace cartwheel::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

CopyPlan plan(const std::string& text) {
    auto planned = plan_copy(*parse_copy(text));
    EXPECT_TRUE(planned) << planned.error().message;
    return *std::move(planned);
}

std::string refusal(const std::string& text) {
    const auto planned = plan_copy(*parse_copy(text));
    return planned ? "" : planned.error().message;
}

TEST(CopyPlan, HasTheDefaultsOfCqlsh) {
    const auto copy = plan("COPY ecommerce.product FROM STDIN");
    const auto& import = std::get<ImportPlan>(copy.plan);
    EXPECT_THAT(import.files, ElementsAre("-"));
    EXPECT_THAT(import.columns, ElementsAre("id", "img", "name", "price"));
    EXPECT_EQ(import.header, HeaderRule::none);
    EXPECT_EQ(import.dialect, csv::Dialect::cqlsh());
    EXPECT_EQ(import.style.null, "");
    EXPECT_FALSE(import.max_errors.count);
    EXPECT_FALSE(import.max_rows);
    EXPECT_EQ(import.reject_file, "import_ecommerce_product.err");
    EXPECT_THAT(copy.ignored, IsEmpty());
}

TEST(CopyPlan, TakesTheOptionsOfAnImport) {
    const auto copy = plan(
        "COPY product (price, colour, id, img, name) FROM STDIN WITH HEADER = true AND DELIMITER = '\\t' AND QUOTE = '''' AND ESCAPE = "
        "'''' "
        "AND NULL = 'N/A' AND MAXROWS = 10 AND SKIPROWS = 2 AND SKIPCOLS = 'colour' AND MAXPARSEERRORS = 5 AND ERRFILE = 'bad.csv' "
        "AND DECIMALSEP = ',' AND THOUSANDSSEP = '.' AND ENCODING = utf8");
    const auto& import = std::get<ImportPlan>(copy.plan);
    EXPECT_EQ(import.header, HeaderRule::first_row);
    EXPECT_EQ(import.dialect, (csv::Dialect{'\t', '\'', {}}));
    EXPECT_EQ(import.style, (csv::ValueStyle{"N/A", ',', '.'}));
    EXPECT_EQ(import.max_rows, 10U);
    EXPECT_EQ(import.skip_rows, 2U);
    EXPECT_THAT(import.skip_columns, ElementsAre("colour"));
    EXPECT_EQ(import.max_errors.count, 5U);
    EXPECT_EQ(import.reject_file, "bad.csv");
    EXPECT_THAT(copy.ignored, IsEmpty());
}

TEST(CopyPlan, TakesTheOptionsOfAnExport) {
    const auto copy = plan("COPY product (name, id) TO 'out.csv' WITH HEADER = TRUE AND MAXOUTPUTSIZE = 1000 AND ESCAPE = '\"'");
    const auto& out = std::get<ExportPlan>(copy.plan);
    EXPECT_EQ(out.file, "out.csv");
    EXPECT_THAT(out.columns, ElementsAre("name", "id"));
    EXPECT_TRUE(out.header);
    EXPECT_EQ(out.rows_a_file, 1000U);
    EXPECT_EQ(out.dialect, csv::Dialect{});
}

TEST(CopyPlan, NamesWhatMeansNothingHere) {
    EXPECT_THAT(plan("COPY product FROM STDIN WITH NUMPROCESSES = 4 AND CHUNKSIZE = 100 AND HEADER = TRUE AND TTL = 5").ignored,
                ElementsAre("CHUNKSIZE", "NUMPROCESSES", "TTL"));
    EXPECT_THAT(plan("COPY product TO STDOUT WITH PAGESIZE = 4 AND BEGINTOKEN = 1").ignored, ElementsAre("BEGINTOKEN", "PAGESIZE"));
}

TEST(CopyPlan, RefusesWhatItDoesNotKnow) {
    EXPECT_EQ(refusal("COPY product FROM STDIN WITH x = 1 AND HEADER = TRUE"), "Unrecognized COPY FROM options: x");
    EXPECT_EQ(refusal("COPY product TO STDOUT WITH why = 1 AND x = 2"), "Unrecognized COPY TO options: why, x");
    EXPECT_EQ(refusal("COPY cart FROM STDIN"), "COPY knows the table ecommerce.product alone");
    EXPECT_EQ(refusal("COPY shop.product FROM STDIN"), "COPY knows the table ecommerce.product alone");
    EXPECT_EQ(refusal("COPY product (id, cost) TO STDOUT"), "Invalid column name cost");
    EXPECT_EQ(refusal("COPY product (id, name) FROM STDIN"), "column 'img' is missing; the columns are id,img,name,price");
    EXPECT_EQ(refusal("COPY product FROM STDIN WITH HEADER = 1"), "HEADER is TRUE or FALSE, not '1'");
    EXPECT_EQ(refusal("COPY product FROM STDIN WITH MAXROWS = many"), "MAXROWS is a whole number, not 'many'");
    EXPECT_EQ(refusal("COPY product FROM STDIN WITH ENCODING = latin1"), "ENCODING is utf8, not 'latin1'");
    EXPECT_EQ(refusal("COPY product FROM STDIN WITH DELIMITER = '\"'"), "delimiter, quote and escape must differ");
}

TEST(CopyPlan, FindsFilesByListAndPattern) {
    const test::WorkingFolder folder;
    folder.write("b1.csv", "");
    folder.write("b2.csv", "");
    folder.write("a.csv", "");
    EXPECT_THAT(std::get<ImportPlan>(plan("COPY product FROM 'b*.csv, a.csv'").plan).files, ElementsAre("b1.csv", "b2.csv", "a.csv"));
    EXPECT_EQ(refusal("COPY product FROM 'c.csv'"), "Can't open 'c.csv' for reading: no matching file found");
}

}  // namespace
}  // namespace cartwheel::cli
