#pragma once
// Builders for the things of a shop: short ways to say a product, a user, and what a request wants of a cart.

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

#include "cartwheel/domain/cart.h"
#include "cartwheel/store/store.h"

namespace cartwheel::test {

inline domain::UserId user(std::string text) { return domain::UserId::trusted(std::move(text)); }

/// The id that ends in `number`; ids of greater numbers are greater.
inline domain::ProductId product_id(unsigned number) {
    return *domain::ProductId::parse(fmt::format("00000000-0000-4000-8000-{:012x}", number));
}
inline domain::CartId cart_id(unsigned number) { return *domain::CartId::parse(fmt::format("cccccccc-0000-4000-8000-{:012x}", number)); }

inline domain::Product product(unsigned number, std::int64_t price_minor = 1000) {
    return {product_id(number), fmt::format("Product {}", number), Money::from_minor(price_minor), fmt::format("/images/{}.png", number)};
}

inline domain::Quantity quantity(std::int64_t count) {
    const auto parsed = domain::Quantity::parse(count);
    if (!parsed) throw std::invalid_argument("no quantity");
    return *parsed;
}

inline store::CartDecision put(domain::UserId user, domain::ProductId product, std::int64_t count = 1,
                               domain::CartId fresh = domain::CartId::random()) {
    return {[user = std::move(user), product, count = quantity(count), fresh](const domain::CartState& state, auto) {
                return domain::put_item(user, state, product, count, fresh);
            },
            false};
}

inline store::CartDecision remove(domain::UserId user, domain::ProductId product) {
    return {[user = std::move(user), product](const domain::CartState& state, auto) { return domain::remove_item(user, state, product); },
            false};
}

inline store::CartDecision check_out(domain::UserId user, Time now) {
    return {[user = std::move(user), now](const domain::CartState& state, std::span<const domain::Product> products) {
                return domain::check_out(user, state, products, now, domain::Currency::usd());
            },
            true};
}

inline store::CartDecision refuse(Error error) {
    return {[error = std::move(error)](const domain::CartState&, auto) -> Result<domain::CartStep> { return fail(error); }, false};
}

inline store::RequestKey key(std::string text, std::uint64_t fingerprint = 1) { return {std::move(text), fingerprint}; }

}  // namespace cartwheel::test
