#include "cartwheel/domain/order.h"

#include <algorithm>

namespace cartwheel::domain {

std::optional<Currency> Currency::parse(std::string_view code) {
    if (code.size() != 3 || !std::ranges::all_of(code, [](char c) { return c >= 'A' && c <= 'Z'; })) return std::nullopt;
    return Currency({code[0], code[1], code[2]});
}

}  // namespace cartwheel::domain
