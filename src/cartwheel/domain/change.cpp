#include "cartwheel/domain/change.h"

namespace cartwheel::domain {

std::string_view name_of(Table table) noexcept {
    switch (table) {
        case Table::product: return "product";
        case Table::cart: return "cart";
        case Table::cart_items: return "cart_items";
        case Table::orders: return "orders";
    }
    return "";
}

std::string_view name_of(Operation operation) noexcept {
    switch (operation) {
        case Operation::insert: return "insert";
        case Operation::update: return "update";
        case Operation::remove: return "delete";
    }
    return "";
}

}  // namespace cartwheel::domain
