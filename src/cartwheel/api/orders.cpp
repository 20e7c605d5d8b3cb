#include "cartwheel/api/orders.h"

#include <charconv>

namespace cartwheel::api {
namespace {

/// A cursor is when the last order of a page was placed, in microseconds, and its id: `1700000000000000_<uuid>`.
std::string cursor_of(const domain::Order& order) {
    return std::to_string(order.placed_at.time_since_epoch().count()) + '_' + order.id.text();
}

std::optional<store::OrderPosition> parse_cursor(std::string_view text) {
    std::int64_t microseconds = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), microseconds);
    if (status != std::errc{} || end == text.data() + text.size() || *end != '_') return std::nullopt;
    const auto id = domain::OrderId::parse(text.substr(static_cast<std::size_t>(end - text.data()) + 1));
    if (!id) return std::nullopt;
    return store::OrderPosition{Time(std::chrono::microseconds(microseconds)), *id};
}

}  // namespace

Task<Result<Page<Order>>> OrderApi::list(domain::UserId user, http::Query<OrderListQuery> query) {
    store::OrderPageRequest request{.limit = static_cast<std::size_t>(query.limit.value), .after = std::nullopt};
    if (query.after) {
        request.after = parse_cursor(*query.after);
        if (!request.after)
            co_return fail(Error::invalid(
                {FieldError{"value_error", {"query", "after"}, "Must be a cursor from a Link header", reflect::quoted(*query.after), {}}}));
    }
    CO_TRY(const auto page, co_await store_.orders(user, request));
    Page<Order> out;
    for (const auto& order : page.orders) out.items.push_back(view(order));
    if (page.more)
        out.next = "/orders/" + http::percent_encoded(user.text()) + "?limit=" + std::to_string(request.limit) +
                   "&after=" + cursor_of(page.orders.back());
    co_return out;
}

Task<Result<Order>> OrderApi::read(domain::UserId user, domain::OrderId id) {
    CO_TRY(const auto order, co_await store_.order(std::move(user), id));
    co_return view(order);
}

}  // namespace cartwheel::api
