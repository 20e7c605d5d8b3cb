#include "cartwheel/engines/cql/values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace cartwheel::engines::cql {
namespace {

using namespace std::string_view_literals;

std::string_view bytes_of(const Values& values) { return values.bytes(); }

/// A decimal cell of these bytes: the scale, then the unscaled number.
Values decimal_cell(std::int32_t scale, std::string_view unscaled) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(static_cast<std::uint32_t>(scale) >> shift);
    return Values().blob(bytes + std::string(unscaled));
}

std::optional<std::int64_t> minor_of(const Values& values) {
    Cells cells(values.bytes());
    const auto money = cells.decimal();
    EXPECT_EQ(cells.failed(), !money.has_value());
    return money ? std::optional(money->minor()) : std::nullopt;
}

std::optional<std::int64_t> minor_of(float value) {
    const auto money = money_from_float(value);
    return money ? std::optional(money->minor()) : std::nullopt;
}

TEST(Values, NumbersAreBigEndianBehindTheirLength) {
    EXPECT_EQ(bytes_of(Values().int8(-2)), "\0\0\0\1\xfe"sv);
    EXPECT_EQ(bytes_of(Values().int32(258)), "\0\0\0\4\0\0\1\2"sv);
    EXPECT_EQ(bytes_of(Values().int64(-1)), "\0\0\0\x8\xff\xff\xff\xff\xff\xff\xff\xff"sv);
    EXPECT_EQ(bytes_of(Values().boolean(true)), "\0\0\0\1\1"sv);
    EXPECT_EQ(bytes_of(Values().float32(79.61F)), "\0\0\0\4\x42\x9f\x38\x52"sv);
}

TEST(Values, NothingIsNullOrUnsetOrEmpty) {
    EXPECT_EQ(bytes_of(Values().null()), "\xff\xff\xff\xff"sv);
    EXPECT_EQ(bytes_of(Values().unset()), "\xff\xff\xff\xfe"sv);
    EXPECT_EQ(bytes_of(Values().text("")), "\0\0\0\0"sv);
    EXPECT_EQ(Values().null().unset().text("").count(), 3U);
}

TEST(Values, ATimestampIsTheMillisecondThatHasBegun) {
    EXPECT_EQ(Cells(Values().timestamp(Time(std::chrono::microseconds(1'999))).bytes()).int64(), 1);
    EXPECT_EQ(Cells(Values().timestamp(Time(std::chrono::microseconds(-1))).bytes()).int64(), -1);
}

TEST(Values, ADecimalTakesTheFewestBytesThatKeepItsSign) {
    EXPECT_EQ(bytes_of(Values().decimal(Money{})), "\0\0\0\5\0\0\0\2\0"sv);
    EXPECT_EQ(bytes_of(Values().decimal(Money::from_minor(127))), "\0\0\0\5\0\0\0\2\x7f"sv);
    EXPECT_EQ(bytes_of(Values().decimal(Money::from_minor(128))), "\0\0\0\6\0\0\0\2\0\x80"sv);
    EXPECT_EQ(bytes_of(Values().decimal(Money::from_minor(7961))), "\0\0\0\6\0\0\0\2\x1f\x19"sv);
    EXPECT_EQ(bytes_of(Values().decimal(Money::from_minor(-128))), "\0\0\0\5\0\0\0\2\x80"sv);
    EXPECT_EQ(bytes_of(Values().decimal(Money::from_minor(-129))), "\0\0\0\6\0\0\0\2\xff\x7f"sv);
}

TEST(Values, ADecimalIsReadAsItWasWritten) {
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    for (const std::int64_t minor : {least, least + 1, most, most - 1, Money::price_max_minor, -Money::price_max_minor})
        EXPECT_EQ(minor_of(Values().decimal(Money::from_minor(minor))), minor);
    for (std::int64_t minor = -70'000; minor <= 70'000; ++minor) ASSERT_EQ(minor_of(Values().decimal(Money::from_minor(minor))), minor);
}

TEST(Values, ADecimalOfAnotherScaleIsReadToTheNearestHundredth) {
    EXPECT_EQ(minor_of(decimal_cell(0, "\x0c")), 1200);
    EXPECT_EQ(minor_of(decimal_cell(1, "\x7d")), 1250);
    EXPECT_EQ(minor_of(decimal_cell(-2, "\x0c")), 120'000);
    EXPECT_EQ(minor_of(decimal_cell(3, "\x05")), 1);
    EXPECT_EQ(minor_of(decimal_cell(3, "\x04")), 0);
    EXPECT_EQ(minor_of(decimal_cell(3, "\xfb")), -1) << "-0.005";
    EXPECT_EQ(minor_of(decimal_cell(3, "\xfc")), 0) << "-0.004";
    EXPECT_EQ(minor_of(decimal_cell(4, "\x31")), 0) << "0.0049 is rounded once, not twice";
    EXPECT_EQ(minor_of(decimal_cell(4, "\x32")), 1) << "0.0050";
    EXPECT_EQ(minor_of(decimal_cell(2'000'000'000, "\x7f")), 0);
    EXPECT_EQ(minor_of(decimal_cell(-2'000'000'000, "\0"sv)), 0);
}

TEST(Values, ADecimalMayRepeatItsSign) {
    EXPECT_EQ(minor_of(decimal_cell(2, "\0\0\0\0\0\0\0\0\0\x80"sv)), 128);
    EXPECT_EQ(minor_of(decimal_cell(2, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x80"sv)), -128);
    EXPECT_EQ(minor_of(decimal_cell(2, "\0\xff\xff\xff\xff\xff\xff\xff\xff"sv)), std::nullopt) << "2 to the power of 64 and more";
}

TEST(Values, ADecimalMayHaveFarMoreDigitsThanMoney) {
    // Python's Decimal(79.61) is 79.6099999999999994315658113919198513031005859375.
    EXPECT_EQ(minor_of(decimal_cell(46, "\0\x8b\x72\x5b\xcf\xb9\x5b\xd8\x5c\xdd\xaf\x0e\x74\xab\x98\x58\x0d\xbe\xff\xee\x2f"sv)), 7961);
    EXPECT_EQ(minor_of(decimal_cell(46, "\xff\x74\x8d\xa4\x30\x46\xa4\x27\xa3\x22\x50\xf1\x8b\x54\x67\xa7\xf2\x41\x00\x11\xd1"sv)), -7961);
    EXPECT_EQ(minor_of(decimal_cell(20, "\0\x80\0\0\0\0\0\0\0"sv)), 9) << "0.0922..., of 2 to the power of 63";
    EXPECT_EQ(minor_of(decimal_cell(20, "\x80\0\0\0\0\0\0\0"sv)), -9);
    EXPECT_EQ(minor_of(decimal_cell(80, std::string(64, '\x7f'))), std::nullopt) << "10 to the power of 73";
    EXPECT_EQ(minor_of(decimal_cell(200, std::string(64, '\x7f'))), 0);
    EXPECT_EQ(minor_of(decimal_cell(200, std::string(65, '\x7f'))), std::nullopt) << "nobody writes that";
}

TEST(Values, ADecimalBeyondMoneyFails) {
    EXPECT_EQ(minor_of(decimal_cell(0, "\x7f\xff\xff\xff\xff\xff\xff\xff")), std::nullopt);
    EXPECT_EQ(minor_of(decimal_cell(-2'000'000'000, "\1")), std::nullopt);
    EXPECT_EQ(minor_of(decimal_cell(2, "")), std::nullopt) << "no number at all";
    EXPECT_EQ(minor_of(Values().blob("\0\0")), std::nullopt) << "half a scale";
}

TEST(Values, AFloatIsTheDecimalThatWasMeant) {
    EXPECT_EQ(minor_of(79.61F), 7961);
    EXPECT_EQ(minor_of(0.1F), 10);
    EXPECT_EQ(minor_of(1e-7F), 0);
    EXPECT_EQ(minor_of(0.005F), 1);
    EXPECT_EQ(minor_of(0.0049F), 0);
    EXPECT_EQ(minor_of(16777216.F), 1'677'721'600);
    EXPECT_EQ(minor_of(-2.5F), -250);
    EXPECT_EQ(minor_of(0.F), 0);
    EXPECT_EQ(minor_of(std::numeric_limits<float>::denorm_min()), 0);
    EXPECT_EQ(minor_of(1e10F), 1'000'000'000'000);
}

TEST(Values, AFloatThatIsNoAmountIsNone) {
    EXPECT_EQ(minor_of(std::numeric_limits<float>::max()), std::nullopt);
    EXPECT_EQ(minor_of(std::numeric_limits<float>::infinity()), std::nullopt);
    EXPECT_EQ(minor_of(std::numeric_limits<float>::quiet_NaN()), std::nullopt);
}

TEST(Values, EveryPriceOfSixDigitsSurvivesAFloat) {
    for (std::int64_t minor = 0; minor < 1'000'000; ++minor)
        ASSERT_EQ(minor_of(static_cast<float>(static_cast<double>(minor) / 100)), minor);
}

TEST(Values, CellsAreReadInTheirOrderAndNullIsNoFailure) {
    const auto id = Uuid::random();
    Values values;
    values.uuid(id).text("n\0te"sv).null().boolean(false).int8(-3).int32(-70'000).int64(1LL << 40).float32(0.5F).null();
    Cells cells(values.bytes());
    EXPECT_EQ(cells.uuid(), id);
    EXPECT_EQ(cells.text(), "n\0te"sv);
    EXPECT_EQ(cells.text(), std::nullopt);
    EXPECT_EQ(cells.boolean(), false);
    EXPECT_EQ(cells.int8(), -3);
    EXPECT_EQ(cells.int32(), -70'000);
    EXPECT_EQ(cells.int64(), 1LL << 40);
    EXPECT_EQ(cells.float32(), 0.5F);
    EXPECT_EQ(cells.uuid(), std::nullopt);
    EXPECT_TRUE(cells.at_end());
    EXPECT_FALSE(cells.failed());
}

TEST(Values, ListsAndUserTypesNest) {
    Values items;
    for (int i = 0; i < 3; ++i) items.fields(Values().int32(i).text(std::string(static_cast<std::size_t>(i), 'x')).null());
    Values values;
    values.int32(7).list(items).list(Values()).text("behind");
    EXPECT_EQ(values.count(), 4U);

    Cells cells(values.bytes());
    EXPECT_EQ(cells.int32(), 7);
    std::size_t count = 0;
    auto list = cells.list(count);
    ASSERT_EQ(count, 3U);
    for (int i = 0; i < 3; ++i) {
        auto fields = list.fields();
        EXPECT_EQ(fields.int32(), i);
        EXPECT_EQ(fields.text()->size(), static_cast<std::size_t>(i));
        EXPECT_EQ(fields.text(), std::nullopt);
        EXPECT_TRUE(fields.at_end());
    }
    EXPECT_TRUE(list.at_end());
    EXPECT_TRUE(cells.list(count).at_end());
    EXPECT_EQ(count, 0U);
    EXPECT_EQ(cells.text(), "behind");
}

TEST(Values, AMapCountsItsPairs) {
    Values values;
    values.map(Values().text("a").blob("1").text("b").blob("2"));
    Cells cells(values.bytes());
    std::size_t count = 0;
    auto pairs = cells.list(count);
    ASSERT_EQ(count, 2U);
    EXPECT_EQ(pairs.text(), "a");
    EXPECT_EQ(pairs.text(), "1");
    EXPECT_EQ(pairs.text(), "b");
    EXPECT_EQ(pairs.text(), "2");
    EXPECT_TRUE(pairs.at_end());
}

TEST(Values, ANullListIsEmptyAndNoFailure) {
    Values values;
    values.null();
    Cells cells(values.bytes());
    std::size_t count = 9;
    cells.list(count);
    EXPECT_EQ(count, 0U);
    EXPECT_FALSE(cells.failed());
}

TEST(Values, WhatIsCutShortFailsAndStaysFailed) {
    Values values;
    values.int32(1).text("four").uuid(Uuid::random()).decimal(Money::from_minor(5)).list(Values().int32(1));
    const auto whole = values.bytes();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        Cells cells(whole.substr(0, size));
        cells.int32();
        cells.text();
        cells.uuid();
        cells.decimal();
        std::size_t count = 0;
        auto items = cells.list(count);
        ASSERT_TRUE(cells.failed()) << size;
        EXPECT_EQ(cells.next(), std::nullopt);
        EXPECT_TRUE(cells.at_end());
        EXPECT_TRUE(items.at_end());
    }
}

TEST(Values, ACellOfAnotherTypeFails) {
    const auto fails = [](auto read, const Values& values) {
        Cells cells(values.bytes());
        return !read(cells) && cells.failed();
    };
    EXPECT_TRUE(fails([](Cells& cells) { return cells.int32().has_value(); }, Values().int64(1)));
    EXPECT_TRUE(fails([](Cells& cells) { return cells.int64().has_value(); }, Values().text("")));
    EXPECT_TRUE(fails([](Cells& cells) { return cells.uuid().has_value(); }, Values().text("fifteen bytes..")));
    EXPECT_TRUE(fails([](Cells& cells) { return cells.boolean().has_value(); }, Values().int32(1)));
    EXPECT_TRUE(fails(
        [](Cells& cells) {
            std::size_t count = 0;
            cells.list(count);
            return false;
        },
        Values().int32(-1)));
}

TEST(Values, AListThatSaysMoreThanItHoldsFailsWhenItIsRead) {
    Values values;
    values.int32(1'000'000'000);  // a count alone
    Cells cells(values.bytes());
    std::size_t count = 0;
    auto items = cells.list(count);
    EXPECT_EQ(count, 1'000'000'000U);
    EXPECT_EQ(items.int32(), std::nullopt);
    EXPECT_TRUE(items.failed());
}

}  // namespace
}  // namespace cartwheel::engines::cql
