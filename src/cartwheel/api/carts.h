#pragma once
// Carts: the sample's operations and the two item routes. Owned by the composition root; any io thread.

#include "cartwheel/api/bindings.h"

namespace cartwheel::api {

/// What the buyer has been shown; none: whatever it costs.
struct CheckoutQuery {
    std::optional<Money> total;
};
BOOST_DESCRIBE_STRUCT(CheckoutQuery, (), (total))

class CartApi {
public:
    CartApi(store::Store& store, const Clock& clock, domain::Currency currency) : store_(store), clock_(clock), currency_(currency) {}

    Task<Result<Tagged<CartLines>>> read(domain::UserId user);
    Task<Result<Replayable<http::Empty>>> put_item(domain::UserId user, CartItem item, Keyed key, IfMatch condition);
    Task<Result<Replayable<http::Empty>>> remove_item(domain::UserId user, CartItem item, Keyed key, IfMatch condition);
    Task<Result<Replayable<Order>>> check_out(domain::UserId user, http::Query<CheckoutQuery> query, Keyed key, IfMatch condition);

    Task<Result<Replayable<http::Empty>>> put_item_at(domain::UserId user, domain::ProductId product, ItemQuantity body, Keyed key,
                                                      IfMatch condition);
    Task<Result<Replayable<http::Empty>>> remove_item_at(domain::UserId user, domain::ProductId product, Keyed key, IfMatch condition);

private:
    /// Has the store apply `decide` when `condition` holds.
    Task<Result<store::CartOutcome>> update(domain::UserId user, Keyed key, IfMatch condition, store::CartDecision decision);

    store::Store& store_;
    const Clock& clock_;
    domain::Currency currency_;
};

}  // namespace cartwheel::api
