#include "cartwheel/changes/event.h"

#include <gtest/gtest.h>

#include "cartwheel/reflect/json.h"
#include "support/shop.h"

namespace cartwheel::changes {
namespace {

using namespace domain;
using test::cart_id;
using test::product;
using test::product_id;
using test::quantity;
using test::user;

Time at(std::int64_t us) { return Time(std::chrono::microseconds(us)); }
const Time committed = at(1'700'000'000'000'123);
const Time delivered = at(1'700'000'000'003'999);

std::string event_of(RowChange change, std::uint64_t mark = 0) {
    std::string out;
    append_event(out, Commit{17, committed, {std::move(change)}, mark}, 0, delivered);
    return out;
}

std::string row_of(const Row& row) {
    std::string out;
    append_row(out, row);
    return out;
}

TEST(Event, HasDebeziumsShape) {
    EXPECT_EQ(event_of({Operation::insert, std::nullopt, CartItemRow{user("u1"), cart_id(1), product_id(2), quantity(2)}}),
              R"({"op":"c","before":null,"after":{"user_id":"u1","cart_id":"cccccccc-0000-4000-8000-000000000001",)"
              R"("product_id":"00000000-0000-4000-8000-000000000002","product_quantity":2},)"
              R"("source":{"connector":"cartwheel","keyspace_name":"ecommerce","table_name":"cart_items",)"
              R"("ts_ms":1700000000000,"ts_us":1700000000000123},"ts_ms":1700000000003,"transaction":null,"id":"17-1"})");
}

TEST(Event, AnUpdateHasBothRowsAndARemovalTheOneBefore) {
    const CartRow open{user("ann"), cart_id(1), true};
    const CartRow closed{user("ann"), cart_id(1), false};
    const std::string open_json = R"({"user_id":"ann","cart_id":"cccccccc-0000-4000-8000-000000000001","is_active":true})";
    const std::string closed_json = R"({"user_id":"ann","cart_id":"cccccccc-0000-4000-8000-000000000001","is_active":false})";
    EXPECT_TRUE(event_of({Operation::update, open, closed})
                    .starts_with(R"({"op":"u","before":)" + open_json + R"(,"after":)" + closed_json + R"(,"source":)"));
    EXPECT_TRUE(
        event_of({Operation::remove, closed, std::nullopt}).starts_with(R"({"op":"d","before":)" + closed_json + R"(,"after":null,)"));
}

TEST(Event, PricesAreExactNumbersAsTheApiWritesThem) {
    auto tea = product(1, 999'999'999'999);
    tea.name = "Tea \"green\"\n\xc3\xa4";
    EXPECT_EQ(row_of(tea), R"({"id":"00000000-0000-4000-8000-000000000001","img":"/images/1.png","name":"Tea \"green\"\n)"
                           "\xc3\xa4"
                           R"(","price":9999999999.99})");
    tea.price = Money::from_minor(100'000);
    EXPECT_TRUE(row_of(tea).ends_with(R"("price":1000.0})"));
}

TEST(Event, AnOrderHasItsLines) {
    const Order order{cart_id(7),
                      user("ann"),
                      at(1'700'000'000'000'000),
                      Currency::usd(),
                      {{product_id(1), "Tea", Money::from_minor(1250), quantity(2), Money::from_minor(2500)},
                       {product_id(2), "Mug", Money::from_minor(5), quantity(1), Money::from_minor(5)}},
                      Money::from_minor(2505)};
    EXPECT_EQ(row_of(order),
              R"({"order_id":"cccccccc-0000-4000-8000-000000000007","user_id":"ann","placed_at":"2023-11-14T22:13:20.000000Z",)"
              R"("currency":"USD","items":[{"product_id":"00000000-0000-4000-8000-000000000001","name":"Tea","unit_price":12.5,)"
              R"("quantity":2,"total":25.0},{"product_id":"00000000-0000-4000-8000-000000000002","name":"Mug","unit_price":0.05,)"
              R"("quantity":1,"total":0.05}],"total":25.05})");
}

TEST(Event, IsOneLineOfJsonForEveryTable) {
    const Order order{cart_id(7),
                      user("\x7f\xe2\x80\xa8"),
                      at(0),
                      Currency::usd(),
                      {{product_id(1), std::string("line\r\nend\0", 10), Money::from_minor(1), quantity(1), Money::from_minor(1)}},
                      Money::from_minor(1)};
    for (const Row& row : {Row(product(1)), Row(CartRow{user("a\"b"), cart_id(1), true}),
                           Row(CartItemRow{user("a\\b"), cart_id(1), product_id(1), quantity(1)}), Row(order)}) {
        const auto event = event_of({Operation::update, row, row});
        EXPECT_TRUE(reflect::JsonDocument::parse(event)) << event;
        EXPECT_EQ(event.find_first_of("\r\n"), std::string::npos) << event;
    }
}

TEST(Event, ItsIdTellsItFromAllOthersAndStays) {
    const Commit commit{17, committed, {{Operation::insert, std::nullopt, product(1)}, {Operation::insert, std::nullopt, product(2)}}};
    std::string second;
    append_event_id(second, commit, 1);
    EXPECT_EQ(second, "17-2");
    const auto of_cluster = event_of({Operation::insert, std::nullopt, product(1)}, 0x8123456789abcdef);
    EXPECT_TRUE(of_cluster.ends_with(R"("id":"8123456789abcdef-1"})")) << of_cluster;
}

TEST(Event, TellsWhoseItIsAndWhatItIsAbout) {
    const RowChange item{Operation::remove, CartItemRow{user("ann"), cart_id(1), product_id(2), quantity(1)}, std::nullopt};
    ASSERT_NE(user_of(item), nullptr);
    EXPECT_EQ(*user_of(item), user("ann"));
    EXPECT_TRUE(is_about(item, product_id(2)));
    EXPECT_FALSE(is_about(item, product_id(1)));

    const RowChange tea{Operation::insert, std::nullopt, product(2)};
    EXPECT_EQ(user_of(tea), nullptr);
    EXPECT_TRUE(is_about(tea, product_id(2)));

    const RowChange cart{Operation::insert, std::nullopt, CartRow{user("ann"), cart_id(1), true}};
    EXPECT_EQ(*user_of(cart), user("ann"));
    EXPECT_FALSE(is_about(cart, product_id(2)));

    const RowChange order{Operation::insert, std::nullopt,
                          Order{cart_id(1),
                                user("bob"),
                                at(0),
                                Currency::usd(),
                                {{product_id(1), "", {}, quantity(1), {}}, {product_id(2), "", {}, quantity(1), {}}},
                                {}}};
    EXPECT_EQ(*user_of(order), user("bob"));
    EXPECT_TRUE(is_about(order, product_id(2)));
    EXPECT_FALSE(is_about(order, product_id(3)));
}

}  // namespace
}  // namespace cartwheel::changes
