#pragma once
// What a commit to a cart still owes to other partitions: the order, the row of `cart`, the rows of the change log. It is written by the
// commit's own conditional statement and stays until it is known to be delivered, so that a process may end at any moment.
// Values; reading never trusts the bytes.

#include <string>
#include <string_view>

#include "cartwheel/changes/change_time.h"
#include "cartwheel/domain/change.h"

namespace cartwheel::engines::cql {

using namespace changes;

struct Intent {
    CommitId commit_id;
    domain::Commit commit;  ///< `seq` is its time in microseconds

    friend bool operator==(const Intent&, const Intent&) = default;
};

std::string encode(const Intent& intent);
/// Errors: internal.
Result<Intent> decode_intent(std::string_view bytes);

/// The order among its changes, if there is one.
const domain::Order* order_of(const Intent& intent) noexcept;

}  // namespace cartwheel::engines::cql
