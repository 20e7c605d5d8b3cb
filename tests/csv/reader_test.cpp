#include "cartwheel/csv/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "cartwheel/csv/writer.h"

namespace cartwheel::csv {
namespace {

using testing::ElementsAre;

struct Read {
    std::vector<std::string> fields;
    std::string raw;
    Position position;
    Fault fault;
    std::uint64_t fault_line;
    std::uint64_t fault_column;
};

/// Everything in `text`, fed in pieces of `chunk` bytes.
std::vector<Read> read_all(std::string_view text, std::size_t chunk = 1 << 20, Dialect dialect = {}, Limits limits = {}) {
    Reader reader(dialect, limits);
    Record record;
    std::vector<Read> out;
    for (;;) {
        const Step step = reader.next(record);
        if (step == Step::end) return out;
        if (step == Step::record) {
            out.push_back({{record.fields.begin(), record.fields.end()},
                           std::string(record.raw),
                           record.position,
                           record.fault,
                           record.fault_line,
                           record.fault_column});
        } else if (text.empty()) {
            reader.finish();
        } else {
            reader.feed(text.substr(0, chunk));
            text.remove_prefix(std::min(chunk, text.size()));
        }
    }
}

std::vector<std::vector<std::string>> rows(std::string_view text, Dialect dialect = {}) {
    std::vector<std::vector<std::string>> out;
    for (auto& read : read_all(text, 1 << 20, dialect)) {
        EXPECT_EQ(read.fault, Fault::none) << read.raw;
        out.push_back(std::move(read.fields));
    }
    return out;
}

using Row = std::vector<std::string>;

TEST(CsvReader, TakesLinesWithEitherLineEndAndALastOneWithout) {
    EXPECT_THAT(rows("a,b\nc,d\r\ne,f"), ElementsAre(Row{"a", "b"}, Row{"c", "d"}, Row{"e", "f"}));
}

TEST(CsvReader, KeepsEmptyFields) { EXPECT_THAT(rows(",\n,,x\na,"), ElementsAre(Row{"", ""}, Row{"", "", "x"}, Row{"a", ""})); }

TEST(CsvReader, TakesQuotedDelimitersNewlinesAndDoubledQuotes) {
    EXPECT_THAT(rows("\"a,b\",\"c\nd\",\"e\"\"f\"\r\n\"\",\"\"\"\"\n"), ElementsAre(Row{"a,b", "c\nd", "e\"f"}, Row{"", "\""}));
}

TEST(CsvReader, SkipsAByteOrderMarkAtTheBeginningAlone) {
    const auto read = read_all("\xef\xbb\xbf\"id\"\n\xef\xbb\xbfx\n", 1);
    ASSERT_EQ(read.size(), 2U);
    EXPECT_EQ(read[0].fields, Row{"id"});
    EXPECT_EQ(read[0].position.offset, 3U);
    EXPECT_EQ(read[1].fields, Row{"\xef\xbb\xbfx"});
}

TEST(CsvReader, GivesBlankLinesAsBlank) {
    Reader reader;
    Record record;
    reader.feed("\r\n\"\"\n");
    reader.finish();
    ASSERT_EQ(reader.next(record), Step::record);
    EXPECT_TRUE(record.is_blank());
    ASSERT_EQ(reader.next(record), Step::record);
    EXPECT_FALSE(record.is_blank());
    EXPECT_EQ(reader.next(record), Step::end);
    EXPECT_EQ(reader.next(record), Step::end);
}

TEST(CsvReader, SaysWhereEachRecordBegins) {
    const auto read = read_all("a\n\"b\n\nc\"\nd");
    ASSERT_EQ(read.size(), 3U);
    EXPECT_EQ(read[1].position.line, 2U);
    EXPECT_EQ(read[1].position.offset, 2U);
    EXPECT_EQ(read[1].raw, "\"b\n\nc\"\n");
    EXPECT_EQ(read[2].position.line, 5U);
    EXPECT_EQ(read[2].position.offset, 9U);
}

TEST(CsvReader, ReadsTheDialectOfCqlsh) {
    EXPECT_THAT(rows("a\\,b,\"c\\\"d\",e\\\\f,19\" rack,\"g\"\"h\"\n", Dialect::cqlsh()),
                ElementsAre(Row{"a,b", "c\"d", "e\\f", "19\" rack", "g\"h"}));
}

TEST(CsvReader, TakesAnyDelimiter) { EXPECT_THAT(rows("a;b,c;d\n", {';', '"', {}}), ElementsAre(Row{"a", "b,c", "d"})); }

struct FaultCase {
    const char* name;
    std::string text;
    Fault fault;
    std::uint64_t line;
    std::uint64_t column;
};
class CsvFaults : public testing::TestWithParam<FaultCase> {};

TEST_P(CsvFaults, AreNamedWithTheirPlaceAndCostOneRow) {
    const auto& expected = GetParam();
    const auto read = read_all("before,1\n" + expected.text + "after,2\n");
    ASSERT_EQ(read.size(), 3U);
    EXPECT_EQ(read[0].fault, Fault::none);
    EXPECT_EQ(read[1].fault, expected.fault);
    EXPECT_EQ(read[1].fault_line, expected.line);
    EXPECT_EQ(read[1].fault_column, expected.column);
    EXPECT_EQ(read[1].raw, expected.text);
    EXPECT_TRUE(read[1].fields.empty());
    EXPECT_EQ(read[2].fields, (Row{"after", "2"}));
}

INSTANTIATE_TEST_SUITE_P(All, CsvFaults,
                         testing::Values(FaultCase{"StrayQuote", "ä,b\"c\n", Fault::stray_quote, 2, 4},
                                         FaultCase{"TextAfterQuote", "\"a\nb\" c\n", Fault::text_after_quote, 3, 3},
                                         FaultCase{"BareReturn", "a\rb\n", Fault::bare_return, 2, 2},
                                         FaultCase{"UnclosedQuote", "a,\"b\n", Fault::unclosed_quote, 2, 3},
                                         FaultCase{"NotUtf8", "\xc3\xa4,\"\n\xc3\xa4\xff\"\n", Fault::invalid_utf8, 3, 2}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(CsvReader, RefusesWhatExceedsItsLimits) {
    const Limits limits{.record_bytes_max = 64, .field_bytes_max = 8, .fields_max = 3};
    const auto read = read_all("123456789\na,b,c,d\n12345678,2,3\n", 7, {}, limits);
    ASSERT_EQ(read.size(), 3U);
    EXPECT_EQ(read[0].fault, Fault::field_too_long);
    EXPECT_EQ(read[1].fault, Fault::too_many_fields);
    EXPECT_EQ(read[2].fault, Fault::none);
}

TEST(CsvReader, GivesALineBeyondTheLimitInPiecesAndGoesOnBehindIt) {
    const std::string line = std::string(150, 'x') + "\n";
    for (const std::size_t chunk : {1U, 63U, 64U, 65U, 1000U}) {
        const auto read = read_all("a\n" + line + "b\n", chunk, {}, {.record_bytes_max = 64});
        ASSERT_EQ(read.size(), 5U) << chunk;
        EXPECT_EQ(read[1].fault, Fault::record_too_long);
        EXPECT_EQ(read[2].fault, Fault::rest_of_long_line);
        EXPECT_EQ(read[3].fault, Fault::rest_of_long_line);
        EXPECT_EQ(read[1].raw + read[2].raw + read[3].raw, line);
        EXPECT_EQ(read[4].fields, Row{"b"});
        EXPECT_EQ(read[4].position.line, 3U);
    }
}

TEST(CsvReader, AQuoteThatIsNeverClosedCostsItsLineAndNotTheRest) {
    std::string text = "a,1\nb,\"2\n";
    for (int i = 0; i < 1000; ++i) text += "c,3\n";
    const auto read = read_all(text, 100, {}, {.record_bytes_max = 256});
    ASSERT_EQ(read.size(), 1002U);
    EXPECT_EQ(read[1].fault, Fault::unclosed_quote);
    EXPECT_EQ(read[1].raw, "b,\"2\n");
    EXPECT_EQ(std::ranges::count(read, Fault::none, &Read::fault), 1001);
}

/// Small texts of the characters that mean something: every way to cut them must read the same, and no byte may get lost.
TEST(CsvReader, ReadsTheSameHoweverTheBytesArrive) {
    constexpr std::string_view alphabet = "a,\"\n\r\\\xc3";
    for (const Dialect dialect : {Dialect{}, Dialect::cqlsh()}) {
        std::uint32_t state = 1;
        for (int round = 0; round < 3000; ++round) {
            std::string text;
            for (int i = 0; i < 24; ++i) {
                state = state * 1664525U + 1013904223U;
                text += alphabet[(state >> 16) % alphabet.size()];
            }
            const Limits limits{.record_bytes_max = 10, .field_bytes_max = 6, .fields_max = 3};
            const auto whole = read_all(text, text.size(), dialect, limits);
            std::string together;
            for (const auto& read : whole) together += read.raw;
            ASSERT_EQ(together, text);
            for (const std::size_t chunk : {1U, 2U, 3U, 7U}) {
                const auto cut = read_all(text, chunk, dialect, limits);
                ASSERT_EQ(cut.size(), whole.size()) << testing::PrintToString(text) << " in pieces of " << chunk;
                for (std::size_t i = 0; i < cut.size(); ++i) {
                    ASSERT_EQ(cut[i].fields, whole[i].fields);
                    ASSERT_EQ(cut[i].raw, whole[i].raw);
                    ASSERT_EQ(cut[i].fault, whole[i].fault);
                    ASSERT_EQ(cut[i].fault_column, whole[i].fault_column);
                }
            }
        }
    }
}

TEST(CsvDialect, RefusesCharactersThatCannotBeToldApart) {
    EXPECT_EQ(refusal_of({}), nullptr);
    EXPECT_EQ(refusal_of(Dialect::cqlsh()), nullptr);
    EXPECT_EQ(refusal_of({',', '"', '"'}), nullptr);
    EXPECT_NE(refusal_of({'"', '"', {}}), nullptr);
    EXPECT_NE(refusal_of({'\n', '"', {}}), nullptr);
    EXPECT_NE(refusal_of({',', '"', ','}), nullptr);
    EXPECT_NE(refusal_of({static_cast<char>(0xc3), '"', {}}), nullptr);
}

}  // namespace
}  // namespace cartwheel::csv
