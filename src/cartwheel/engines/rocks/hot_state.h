#pragma once
// The carts and products that are kept decoded. Owned by the store; thread-safe.

#include <cstddef>
#include <string>

#include "cartwheel/domain/cart.h"
#include "cartwheel/engines/rocks/hot_cache.h"

namespace cartwheel::engines::rocks {

/// Of the cache's bytes, one in this many is for what is kept decoded.
inline constexpr std::size_t hot_share = 8;

inline std::size_t weigh_cart(const domain::CartState& state) {
    return sizeof state + (state.active ? state.active->lines.capacity() * sizeof(domain::CartLine) : 0);
}
inline std::size_t weigh_product(const domain::Product& product) {
    return sizeof product + product.name.capacity() + product.image.capacity();
}

struct HotState {
    explicit HotState(std::size_t bytes_max) : carts(bytes_max / 2), products(bytes_max / 2) {}

    HotCache<std::string, domain::CartState, weigh_cart> carts;  ///< by user id; also of users without one
    HotCache<domain::ProductId, domain::Product, weigh_product> products;
};

}  // namespace cartwheel::engines::rocks
