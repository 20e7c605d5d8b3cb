#pragma once
// A change as its followers read it: one JSON object in the shape of Debezium's events, alike over SSE, in `cartwheel changes --json` and,
// but for its frame, in Kafka. Prices are JSON numbers as the API writes them, exact. Pure.
//
//   {"op":"c","before":null,"after":{"user_id":"ann","cart_id":"…","product_id":"…","product_quantity":2},
//    "source":{"connector":"cartwheel","keyspace_name":"ecommerce","table_name":"cart_items","ts_ms":…,"ts_us":…},
//    "ts_ms":…,"transaction":null,"id":"17-1"}

#include <string>
#include <string_view>

#include "cartwheel/base/time.h"
#include "cartwheel/domain/change.h"

namespace cartwheel::changes {

inline constexpr std::string_view keyspace_name = "ecommerce";

/// Appends the event of `commit.changes[index]`; `delivered` is its `ts_ms`.
void append_event(std::string& out, const domain::Commit& commit, std::size_t index, Time delivered);

/// Appends what tells this change from all others, equal however often it is delivered: the commit and the change's number in it, from 1.
void append_event_id(std::string& out, const domain::Commit& commit, std::size_t index);

/// Appends a row as JSON, named and written as the HTTP API does.
void append_row(std::string& out, const domain::Row& row);

/// `c`, `u` or `d`.
char letter_of(domain::Operation operation) noexcept;

/// None: the row belongs to no user.
const domain::UserId* user_of(const domain::RowChange& change) noexcept;
/// Whether the row is the product, holds it, or is an order of it.
bool is_about(const domain::RowChange& change, const domain::ProductId& product) noexcept;

}  // namespace cartwheel::changes
