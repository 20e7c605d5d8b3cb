#include "cartwheel/api/carts.h"

namespace cartwheel::api {
namespace {

Replayable<http::Empty> empty_answer(store::CartOutcome outcome) {
    if (!outcome.answer) return {fail(std::move(outcome.answer).error()), outcome.replayed};
    return {http::Empty{}, outcome.replayed};
}

Error another_total(Money now, Money shown) {
    return Error::conflict("The total is " + now.text() + " now, not " + shown.text() + ": a price or the cart has changed");
}

/// An engine knows keys, but not where in a request they stand.
Error about_key(Error error) {
    if (error.code != ErrorCode::invalid || !error.fields.empty()) return error;
    return Error::invalid({FieldError{"value_error", {"header", "idempotency-key"}, error.message, "null", {}}});
}

}  // namespace

Task<Result<Tagged<CartLines>>> CartApi::read(domain::UserId user) {
    CO_TRY(auto state, co_await store_.cart(user));
    if (!state.active) co_return fail(Error::not_found("No items found in cart"));
    co_return Tagged<CartLines>{{std::move(user), std::move(*state.active)}, tag_of(state.version)};
}

Task<Result<Replayable<http::Empty>>> CartApi::put_item(domain::UserId user, CartItem item, Keyed key, IfMatch condition) {
    auto decide = [user, item, fresh = domain::CartId::random()](const domain::CartState& cart, std::span<const domain::Product> products) {
        if (products.empty()) return Result<domain::CartStep>(fail(Error::not_found("Product not found")));
        return domain::put_item(user, cart, item.product_id, item.quantity, fresh);
    };
    store::CartDecision decision{.decide = std::move(decide), .with_product = item.product_id};
    CO_TRY(auto outcome, co_await update(std::move(user), std::move(key), std::move(condition), std::move(decision)));
    co_return empty_answer(std::move(outcome));
}

Task<Result<Replayable<http::Empty>>> CartApi::remove_item(domain::UserId user, CartItem item, Keyed key, IfMatch condition) {
    auto decide = [user, product = item.product_id](const domain::CartState& cart, std::span<const domain::Product>) {
        return domain::remove_item(user, cart, product);
    };
    CO_TRY(auto outcome, co_await update(std::move(user), std::move(key), std::move(condition), {.decide = std::move(decide)}));
    co_return empty_answer(std::move(outcome));
}

Task<Result<Replayable<Order>>> CartApi::check_out(domain::UserId user, http::Query<CheckoutQuery> query, Keyed key, IfMatch condition) {
    // The time is that of the decision: orders are listed by it, and decisions are made in the order of the commits.
    auto decide = [user, shown = query.total, &clock = clock_, currency = currency_](const domain::CartState& cart,
                                                                                     std::span<const domain::Product> products) {
        auto step = domain::check_out(user, cart, products, clock.now(), currency);
        if (step && shown && step->order->total != *shown) return Result<domain::CartStep>(fail(another_total(step->order->total, *shown)));
        return step;
    };
    CO_TRY(auto outcome,
           co_await update(std::move(user), std::move(key), std::move(condition), {.decide = std::move(decide), .with_products = true}));
    if (!outcome.answer) co_return Replayable<Order>{fail(std::move(outcome.answer).error()), outcome.replayed};
    co_return Replayable<Order>{view(outcome.answer->value()), outcome.replayed};
}

Task<Result<Replayable<http::Empty>>> CartApi::put_item_at(domain::UserId user, domain::ProductId product, ItemQuantity body, Keyed key,
                                                           IfMatch condition) {
    return put_item(std::move(user), CartItem{product, body.quantity}, std::move(key), std::move(condition));
}

Task<Result<Replayable<http::Empty>>> CartApi::remove_item_at(domain::UserId user, domain::ProductId product, Keyed key,
                                                              IfMatch condition) {
    return remove_item(std::move(user), CartItem{.product_id = product}, std::move(key), std::move(condition));
}

Task<Result<store::CartOutcome>> CartApi::update(domain::UserId user, Keyed key, IfMatch condition, store::CartDecision decision) {
    if (condition.tags) {
        decision.decide = [condition = std::move(condition), decide = std::move(decision.decide)](
                              const domain::CartState& cart, std::span<const domain::Product> products) {
            if (!condition.holds(cart))
                return Result<domain::CartStep>(fail(Error::precondition("The cart has changed; read it again and decide anew")));
            return decide(cart, products);
        };
    }
    auto outcome = co_await store_.update_cart(std::move(user), std::move(key.key), std::move(decision));
    if (!outcome) co_return fail(about_key(std::move(outcome).error()));
    co_return std::move(*outcome);
}

}  // namespace cartwheel::api
