#include "cartwheel/csv/writer.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "cartwheel/csv/reader.h"

namespace cartwheel::csv {
namespace {

std::string row(std::initializer_list<std::string_view> fields, const Dialect& dialect = {}) {
    std::string out;
    append_row(out, std::vector<std::string_view>(fields), dialect);
    return out;
}

TEST(CsvWriter, QuotesOnlyWhatNeedsIt) {
    EXPECT_EQ(row({"a", "b c", ""}), "a,b c,\n");
    EXPECT_EQ(row({"a,b", "c\"d", "e\nf"}), "\"a,b\",\"c\"\"d\",\"e\nf\"\n");
}

TEST(CsvWriter, WritesEscapesWhereTheDialectHasThem) {
    EXPECT_EQ(row({"a,b", "c\"d", "e\\f"}, Dialect::cqlsh()), "\"a,b\",\"c\\\"d\",e\\\\f\n");
}

TEST(CsvWriter, WritesARowOfOneEmptyFieldSoThatItIsNoBlankLine) { EXPECT_EQ(row({""}), "\"\"\n"); }

TEST(CsvWriter, WritesWhatTheReaderReadsBackWhateverItIs) {
    constexpr std::array<std::string_view, 12> pieces{"a", ",", "\"", "\n", "\r", "\\", " ", ";", "", "\xef\xbb\xbf", "é", "\r\n"};
    for (const Dialect dialect : {Dialect{}, Dialect::cqlsh(), Dialect{';', '\'', {}}, Dialect{'\t', '"', '"'}}) {
        std::uint32_t state = 7;
        const auto draw = [&](std::size_t below) {
            state = state * 1664525U + 1013904223U;
            return (state >> 16) % below;
        };
        for (int round = 0; round < 2000; ++round) {
            std::vector<std::string> fields(1 + draw(4));
            for (auto& field : fields)
                for (auto i = draw(5); i > 0; --i) field += pieces[draw(pieces.size())];
            std::string text;
            append_row(text, std::vector<std::string_view>(fields.begin(), fields.end()), dialect);

            Reader reader(dialect);
            Record record;
            reader.feed(text);
            reader.finish();
            ASSERT_EQ(reader.next(record), Step::record) << testing::PrintToString(text);
            ASSERT_EQ(record.fault, Fault::none) << testing::PrintToString(text);
            ASSERT_EQ(std::vector<std::string>(record.fields.begin(), record.fields.end()), fields) << testing::PrintToString(text);
            ASSERT_EQ(reader.next(record), Step::end);
        }
    }
}

}  // namespace
}  // namespace cartwheel::csv
