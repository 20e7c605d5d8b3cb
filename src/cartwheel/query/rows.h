#pragma once
// The columns of the shop's tables, and how a row's are written. Names, types and order are those of the tables of a cluster. Pure.

#include <span>

#include "cartwheel/domain/change.h"
#include "cartwheel/query/table.h"

namespace cartwheel::query {

/// The key's first.
const std::vector<Column>& columns_of(domain::Table table);

/// `ordered_at`: of a cart, when it became an order.
void write(const domain::Row& row, std::optional<Time> ordered_at, std::size_t column, Answer& answer);

void write(const domain::Product& product, std::size_t column, Answer& answer);
void write(const domain::CartRow& cart, std::optional<Time> ordered_at, std::size_t column, Answer& answer);
void write(const domain::CartItemRow& item, std::size_t column, Answer& answer);
void write(const domain::Order& order, std::size_t column, Answer& answer);

}  // namespace cartwheel::query
