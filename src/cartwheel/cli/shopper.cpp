#include "cartwheel/cli/shopper.h"

#include <fmt/format.h>

#include <algorithm>

#include "cartwheel/base/uuid.h"

namespace cartwheel::cli {
namespace {

client::Request json_request(std::string method, std::string target, std::string body) {
    return {.method = std::move(method),
            .target = std::move(target),
            .headers = {{"Content-Type", "application/json"}},
            .body = std::move(body)};
}

}  // namespace

Shopper::Shopper(Shop& shop, const ShoppingTrip& trip, std::uint64_t seed)
    : shop_(shop), trip_(trip), random_(seed), user_id_(Uuid::random().text()), model_(user_id_), products_(trip.product_ids) {}

Task<void> Shopper::shop() {
    say(fmt::format("Shopping started - User({})", user_id_));
    // Not all at the same moment.
    auto next = Shop::Clock::now();
    if (trip_.browses && trip_.pace.count() > 0) next += std::chrono::nanoseconds(draw(static_cast<std::uint64_t>(trip_.pace.count())));
    co_await shop_.wait(next);
    while (!shop_.is_over() && !gave_up_ && !products_.empty()) {
        co_await step();
        next = std::max(next + trip_.pace, Shop::Clock::now());
        if (trip_.pace.count() > 0) co_await shop_.wait(next);
    }
    co_await look_at_cart();
    co_await read_all_orders();
}

Task<void> Shopper::step() {
    // The sample's generator checks out when there are 2 to 6 products in the cart, drawn anew each time.
    constexpr std::uint64_t fewest = 2;
    constexpr std::uint64_t most = 6;
    const auto items = model_.cart().size();
    if (items >= fewest + draw(most - fewest + 1) || (items > 0 && items >= products_.size())) co_return co_await check_out();
    if (!trip_.browses) {
        co_await put();
        if (model_.cart().size() >= fewest + draw(most - fewest + 1)) co_await check_out();
        co_return;
    }
    // Of a hundred things a shopper does, with the checkouts on top.
    const auto what = draw(100);
    if (what < 32) co_await look_at_product();
    else if (what < 43) co_await look_at_list();
    else if (what < 64) co_await look_at_cart();
    else if (what < 94) co_await put();
    else if (what < 99) co_await remove();
    else co_await look_at_orders();
}

Task<void> Shopper::put() {
    constexpr std::uint64_t quantity_max = 5;  // as the sample's generator
    std::string product = any_product();
    while (!trip_.browses && model_.cart().contains(product)) product = any_product();  // step() leaves one that is not in
    const PutItem action{std::move(product), static_cast<std::int64_t>(1 + draw(quantity_max))};
    const auto body = fmt::format(R"({{"product_id":"{}","quantity":{}}})", action.product_id, action.quantity);
    const auto answer = co_await shop_.ask(Call::put, json_request("POST", cart_path(), body));
    constexpr unsigned not_found = 404;
    if (!answer) {
        model_.left_open(action);
        gave_up_ = true;
    } else if (answer->status == 200) {
        model_.confirmed(action);
        say(fmt::format("({}) Added to cart: {}", model_.cart().size(), action.product_id));
    } else if (answer->status == not_found) {
        std::erase(products_, action.product_id);  // somebody took it out of the catalogue
    } else {
        note_unexpected(Call::put, *answer);
    }
}

Task<void> Shopper::remove() {
    if (model_.cart().empty()) co_return;
    const RemoveItem action{std::next(model_.cart().begin(), static_cast<std::ptrdiff_t>(draw(model_.cart().size())))->first};
    const auto body = fmt::format(R"({{"product_id":"{}"}})", action.product_id);
    const auto answer = co_await shop_.ask(Call::remove, json_request("DELETE", cart_path(), body));
    if (!answer) {
        model_.left_open(action);
        gave_up_ = true;
    } else if (answer->status == 200) {
        model_.confirmed(action);
    } else {
        note_unexpected(Call::remove, *answer);
    }
}

Task<void> Shopper::check_out() {
    const auto items = model_.cart().size();
    auto request = json_request("POST", cart_path() + "/checkout", "");
    request.headers.push_back({"Idempotency-Key", Uuid::random().text()});
    const auto answer = co_await shop_.ask(Call::checkout, std::move(request));
    constexpr unsigned conflict = 409;
    if (!answer) {
        model_.left_open(CheckOut{});
        gave_up_ = true;
    } else if (answer->status == 200) {
        const auto order = read_order(answer->body);
        if (order) note(model_.confirmed(CheckOut{}, *order));
        else note({fmt::format("a checkout answered with no order: {}", answer->body)});
        gave_up_ = !order;
        say(fmt::format("Checkout completed ({} items)!\n-----", items));
    } else if (answer->status == conflict) {
        co_await drop_missing();
    } else {
        note_unexpected(Call::checkout, *answer);
    }
}

/// Takes out of the cart what is no longer in the catalogue.
Task<void> Shopper::drop_missing() {
    const CartContents cart = model_.cart();
    bool dropped = false;
    for (const auto& [product, quantity] : cart) {
        const auto found = co_await shop_.ask(Call::product, {.target = "/products/" + product});
        constexpr unsigned not_found = 404;
        if (!found || found->status != not_found) continue;
        std::erase(products_, product);
        const auto body = fmt::format(R"({{"product_id":"{}"}})", product);
        const auto removed = co_await shop_.ask(Call::remove, json_request("DELETE", cart_path(), body));
        dropped = removed && removed->status == 200;
        if (!dropped) break;
        model_.confirmed(RemoveItem{product});
    }
    if (dropped) co_return;
    note({fmt::format("a checkout was refused though all {} products are there", cart.size())});
    gave_up_ = true;
}

Task<void> Shopper::look_at_cart() {
    const auto answer = co_await shop_.ask(Call::cart, {.target = cart_path()});
    constexpr unsigned not_found = 404;
    if (!answer) {
        gave_up_ = true;
        cart_checked_ = false;
        co_return;
    }
    cart_checked_ = true;
    if (answer->status == not_found) co_return note(model_.check_cart(std::nullopt));
    if (answer->status != 200) co_return note_unexpected(Call::cart, *answer);
    const auto cart = read_cart(answer->body);
    if (cart) note(model_.check_cart(cart));
    else note({fmt::format("the cart cannot be read: {}", answer->body)});
}

Task<void> Shopper::look_at_product() {
    const auto& product = any_product();
    const auto answer = co_await shop_.ask(Call::product, {.target = "/products/" + product});
    constexpr unsigned not_found = 404;
    if (!answer || answer->status == not_found) co_return;
    if (answer->status != 200) co_return note_unexpected(Call::product, *answer);
    if (read_product_id(answer->body) != product) note({fmt::format("asked for product {}, got {}", product, answer->body)});
}

Task<void> Shopper::look_at_list() {
    const auto answer = co_await shop_.ask(Call::list, {.target = "/products?limit=50"});
    if (!answer) co_return;
    if (answer->status != 200) co_return note_unexpected(Call::list, *answer);
    // Their order is the store's affair.
    auto ids = read_product_ids(answer->body);
    if (ids) std::ranges::sort(*ids);
    if (!ids || std::ranges::adjacent_find(*ids) != ids->end())
        note({fmt::format("the list of products cannot be right: {}", answer->body)});
}

Task<void> Shopper::look_at_orders() {
    constexpr std::size_t limit = 10;
    const auto answer = co_await shop_.ask(Call::orders, {.target = fmt::format("/orders/{}?limit={}", user_id_, limit)});
    if (!answer) co_return;
    if (answer->status != 200) co_return note_unexpected(Call::orders, *answer);
    const auto orders = read_orders(answer->body);
    if (orders) note(model_.check_some_orders(*orders, limit));
    else note({fmt::format("a list of orders cannot be read: {}", answer->body)});
}

Task<void> Shopper::read_all_orders() {
    std::vector<OrderSeen> orders;
    std::optional<std::string> page = "/orders/" + user_id_ + "?limit=100";
    while (page) {
        const auto answer = co_await shop_.ask(Call::orders, {.target = *page});
        orders_checked_ = answer && answer->status == 200;
        if (answer && !orders_checked_) note_unexpected(Call::orders, *answer);
        if (!orders_checked_) co_return;
        auto some = read_orders(answer->body);
        if (!some) co_return note({fmt::format("a list of orders cannot be read: {}", answer->body)});
        std::ranges::move(*some, std::back_inserter(orders));
        page = next_page(answer->header("link"));
    }
    note(model_.check_orders(orders));
}

void Shopper::note(Violations violations) {
    for (auto& violation : violations) violations_.push_back(fmt::format("User({}): {}", user_id_, violation));
}

void Shopper::note_unexpected(Call call, const client::Response& response) { shop_.meter().failed(call, std::to_string(response.status)); }

}  // namespace cartwheel::cli
