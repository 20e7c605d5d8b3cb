#pragma once
// What the shop sells.

#include <string>

#include "cartwheel/base/money.h"
#include "cartwheel/base/uuid.h"

namespace cartwheel::domain {

using ProductId = Id<struct ProductTag>;

struct Product {
    static constexpr std::size_t name_bytes_max = 1024;
    static constexpr std::size_t image_bytes_max = 8192;  ///< room for a small data: address

    ProductId id;
    std::string name;   ///< UTF-8
    Money price;        ///< 0 to Money::price_max_minor
    std::string image;  ///< the address of a picture, as the shop wrote it

    friend bool operator==(const Product&, const Product&) = default;
};

}  // namespace cartwheel::domain
