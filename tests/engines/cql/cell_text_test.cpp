#include "cartwheel/engines/cql/cell_text.h"

#include <gtest/gtest.h>

#include "cartwheel/engines/cql/values.h"

namespace cartwheel::engines::cql {
namespace {

using store::Bytes;
using store::Cell;
using namespace std::string_literals;

Cell cell(std::string_view layout, std::string_view bytes) { return cell_of(CellType::parse(layout), bytes); }
/// Of what Values would bind.
Cell bound(std::string_view layout, const Values& values) { return cell_of(CellType::parse(layout), Cells(values.bytes()).next()); }
Cell text(std::string value) { return value; }

TEST(CellText, ScalarsAreWhatTheyAre) {
    EXPECT_EQ(cell_of(CellType::parse("int"), std::nullopt), Cell());
    EXPECT_EQ(cell("text", "it's"), text("it's"));
    EXPECT_EQ(cell("boolean", "\1"), Cell(true));
    EXPECT_EQ(cell("tinyint", "\xff"), Cell(std::int64_t{-1}));
    EXPECT_EQ(cell("smallint", "\x80\x00"s), Cell(std::int64_t{-32'768}));
    EXPECT_EQ(cell("int", "\x00\x00\x01\x00"s), Cell(std::int64_t{256}));
    EXPECT_EQ(cell("counter", "\xff\xff\xff\xff\xff\xff\xff\xfe"), Cell(std::int64_t{-2}));
    EXPECT_EQ(bound("float", Values().float32(79.61F)), Cell(79.61));
    EXPECT_EQ(cell("double", "\x3f\xf8\x00\x00\x00\x00\x00\x00"s), Cell(1.5));
    EXPECT_EQ(cell("blob", "\x00\x01"s), Cell(Bytes{"\x00\x01"s}));
}

TEST(CellText, TimesAndAddressesAreTexts) {
    EXPECT_EQ(bound("timestamp", Values().int64(1'700'000'000'123)), text("2023-11-14 22:13:20.123000+0000"));
    EXPECT_EQ(bound("timestamp", Values().int64(-1)), text("1969-12-31 23:59:59.999000+0000"));
    EXPECT_EQ(cell("date", "\x80\x00\x00\x01"s), text("1970-01-02"));
    EXPECT_EQ(bound("time", Values().int64(3'723'000'000'004)), text("01:02:03.000000004"));
    EXPECT_EQ(cell("inet", "\x7f\x00\x00\x01"s), text("127.0.0.1"));
    EXPECT_EQ(cell("inet", std::string(15, '\0') + '\1'), text("::1"));
    EXPECT_EQ(cell("timeuuid", "\x04\xaf\xc0\x00\x83\x3b\x11\xee\x9d\x1b\x8f\x2a\x10\xc3\xb7\xe5"s),
              text("04afc000-833b-11ee-9d1b-8f2a10c3b7e5"));
}

TEST(CellText, DecimalsAreExactHoweverLongTheyAre) {
    EXPECT_EQ(bound("decimal", Values().decimal(Money::from_minor(-5))), text("-0.05"));
    EXPECT_EQ(bound("decimal", Values().decimal(Money::from_minor(123'456))), text("1234.56"));
    EXPECT_EQ(cell("decimal", "\x00\x00\x00\x00\x07"s), text("7"));
    EXPECT_EQ(cell("decimal", "\xff\xff\xff\xfd\x07"s), text("7E+3"));
    EXPECT_EQ(cell("decimal", "\x00\x00\x00\x0a\x01\x00\x00\x00\x00\x00\x00\x00\x00"s), text("1844674407.3709551616"));
    EXPECT_EQ(cell("varint", "\x01\x00\x00\x00\x00\x00\x00\x00\x00"s), text("18446744073709551616"));
    EXPECT_EQ(cell("varint", "\xff\x00\x00\x00\x00\x00\x00\x00\x00"s), text("-18446744073709551616"));
    EXPECT_EQ(cell("varint", "\xff"), Cell(std::int64_t{-1}));
}

TEST(CellText, WhatHasPartsIsPrintedAsCqlshDoes) {
    EXPECT_EQ(bound("list<text>", Values().list(Values().text("it's").null())), text("['it''s', null]"));
    EXPECT_EQ(bound("set<int>", Values().list(Values().int32(1).int32(2))), text("{1, 2}"));
    EXPECT_EQ(bound("map<text,boolean>", Values().map(Values().text("a").boolean(true).text("b").boolean(false))),
              text("{'a': True, 'b': False}"));
    EXPECT_EQ(bound("tuple<int,blob>", Values().fields(Values().int32(1).blob("\xab"))), text("(1, 0xab)"));
    EXPECT_EQ(bound(R"(list<udt<"name":text,"unit ""price""":decimal,"quantity":int>>)",
                    Values().list(Values().fields(Values().text("Tea").decimal(Money::from_minor(250)).int32(2)))),
              text(R"([{name: 'Tea', unit "price": 2.50, quantity: 2}])"));
    EXPECT_EQ(bound(R"(udt<"a":int,"b":int>)", Values().fields(Values().int32(1))), text("{a: 1, b: null}")) << "b came later";
    EXPECT_EQ(bound("list<map<text,list<int>>>", Values().list(Values().map(Values().text("x").list(Values().int32(3))))),
              text("[{'x': [3]}]"));
}

TEST(CellText, WhatDoesNotFitIsBytes) {
    for (const auto* layout : {"boolean", "int", "bigint", "float", "double", "uuid", "timestamp", "date", "time", "inet", "decimal",
                               "list<int>", "map<int,int>", "list", "vector<float,3>", "duration", "", "udt<\"a", "<<<"})
        EXPECT_EQ(cell(layout, "abc"), Cell(Bytes{"abc"})) << layout;
    EXPECT_EQ(bound("timestamp", Values().int64(std::numeric_limits<std::int64_t>::max())).index(), 5U);
    EXPECT_EQ(bound("timestamp", Values().int64(std::numeric_limits<std::int64_t>::min())).index(), 5U);
    EXPECT_EQ(cell("list<int>", "\x7f\xff\xff\xff"s), Cell(Bytes{"\x7f\xff\xff\xff"s}));
}

}  // namespace
}  // namespace cartwheel::engines::cql
