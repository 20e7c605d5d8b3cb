#include "cartwheel/cli/change_text.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "cartwheel/base/time.h"
#include "cartwheel/reflect/json.h"

namespace cartwheel::cli {
namespace {

using reflect::JsonKind;
using reflect::JsonValue;

/// The text of a member, or nothing where there is none.
std::string_view text_of(const std::optional<JsonValue>& row, std::string_view name) {
    if (!row || row->kind() != JsonKind::object) return {};
    const auto member = row->member(name);
    return member ? member->text() : std::string_view();
}

std::int64_t number_of(std::string_view text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::string product_text(char operation, const std::optional<JsonValue>& before, const std::optional<JsonValue>& after) {
    const auto named = [](const std::optional<JsonValue>& row) {
        return fmt::format("\"{}\" at {}", text_of(row, "name"), text_of(row, "price"));
    };
    if (operation == 'c') return fmt::format("new product {} ({})", named(after), text_of(after, "id"));
    if (operation == 'd') return fmt::format("product {} is gone ({})", named(before), text_of(before, "id"));
    return fmt::format("product {}, was {} ({})", named(after), named(before), text_of(after, "id"));
}

std::string item_text(char operation, const std::optional<JsonValue>& before, const std::optional<JsonValue>& after) {
    const auto had = text_of(before, "product_quantity");
    if (operation == 'd') return fmt::format("takes out {} x {}", had, text_of(before, "product_id"));
    auto text = fmt::format("puts {} x {}", text_of(after, "product_quantity"), text_of(after, "product_id"));
    if (!had.empty()) text += fmt::format(", had {}", had);
    return text;
}

std::string cart_text(char operation, const std::optional<JsonValue>& row) {
    const bool is_open = operation != 'd' && text_of(row, "is_active") == "true";
    return fmt::format("{} cart {}", is_open ? "opens" : "closes", text_of(row, "cart_id"));
}

std::string order_text(const std::optional<JsonValue>& row) {
    std::int64_t items = 0;
    if (const auto lines = row ? row->member("items") : std::nullopt; lines && lines->kind() == JsonKind::array)
        lines->for_each([&](const JsonValue& line) { items += number_of(text_of(line, "quantity")); });
    return fmt::format("orders {} {} for {} {}, order {}", items, items == 1 ? "item" : "items", text_of(row, "total"),
                       text_of(row, "currency"), text_of(row, "order_id"));
}

/// A terminal would obey what is in a name.
void disarm(std::string& text) {
    for (auto& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
}

}  // namespace

std::string change_text(std::string_view event) {
    const auto document = reflect::JsonDocument::parse(event);
    if (!document || document->root().kind() != JsonKind::object) return std::string(event);
    const std::optional<JsonValue> root = document->root();
    const auto present = [&](std::string_view name) {
        auto row = root->member(name);
        return row && row->kind() == JsonKind::object ? row : std::nullopt;
    };
    const auto before = present("before");
    const auto after = present("after");
    const auto source = present("source");
    const auto operation = text_of(root, "op");
    const auto table = text_of(source, "table_name");
    if (operation.size() != 1 || (!before && !after)) return std::string(event);
    const auto& row = after ? after : before;
    std::string what;
    if (table == "product") what = product_text(operation.front(), before, after);
    else if (table == "cart_items") what = item_text(operation.front(), before, after);
    else if (table == "cart") what = cart_text(operation.front(), row);
    else if (table == "orders") what = order_text(row);
    else return std::string(event);
    const auto user = text_of(row, "user_id");
    auto line = fmt::format("{}  {}  {}", rfc3339(Time(std::chrono::microseconds(number_of(text_of(source, "ts_us"))))),
                            user.empty() ? "-" : user, what);
    disarm(line);
    return line;
}

}  // namespace cartwheel::cli
