#pragma once
// All tables and views that statements may read. This is the list that a new one goes into.

#include <span>
#include <string_view>

#include "cartwheel/query/table.h"

namespace cartwheel::query {

/// The schema's name, as the sample application's keyspace.
inline constexpr std::string_view keyspace = "ecommerce";

std::span<const Table> tables();
const Table* find_table(std::string_view name);

struct View {
    std::string_view name;
    std::string_view columns;  ///< "product_id, name, quantity"
    std::string_view select;
    std::string_view about;  ///< a sentence
};
std::span<const View> views();

}  // namespace cartwheel::query
