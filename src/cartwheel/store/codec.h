#pragma once
// Values as an engine stores them: bytes that begin with a format number. Pure; any thread.
// Reading never trusts the bytes: what is cut short or of an unknown format gives `internal`, never undefined behaviour.
// A format is changed by adding a number and reading the old ones on, so that a store of an older version opens.

#include <string>
#include <string_view>

#include "cartwheel/base/error.h"
#include "cartwheel/domain/cart.h"
#include "cartwheel/domain/change.h"
#include "cartwheel/domain/order.h"
#include "cartwheel/domain/product.h"
#include "cartwheel/store/kept_answer.h"

namespace cartwheel::store {

// Each `encode` appends to `out`. What the key of a value says already (a product's id, a commit's seq) is not in the value.

void encode(const domain::Product& product, std::string& out);
Result<domain::Product> decode_product(const domain::ProductId& id, std::string_view bytes);

void encode(const domain::CartState& state, std::string& out);
Result<domain::CartState> decode_cart(std::string_view bytes);

void encode(const domain::Order& order, std::string& out);
Result<domain::Order> decode_order(const domain::UserId& user, std::string_view bytes);

void encode(const domain::Commit& commit, std::string& out);
Result<domain::Commit> decode_commit(domain::Seq seq, std::string_view bytes);

/// Into a commit that may hold another one, so that its memory is used again. Errors leave it undefined.
Result<void> decode_commit(domain::Seq seq, std::string_view bytes, domain::Commit& commit);
/// The time alone.
Result<Time> decode_commit_time(std::string_view bytes);

void encode(const KeptAnswer& kept, std::string& out);
Result<KeptAnswer> decode_kept_answer(const domain::UserId& user, std::string_view bytes);

/// The time alone, for whoever only asks whether it is over.
Result<Time> decode_kept_at(std::string_view bytes);

}  // namespace cartwheel::store
