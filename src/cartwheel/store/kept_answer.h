#pragma once
// What an engine keeps under a request key, and when it counts: one place for the rule, so that engines agree. Values, pure.

#include <cstdint>

#include "cartwheel/base/time.h"
#include "cartwheel/store/store.h"

namespace cartwheel::store {

struct KeptAnswer {
    std::uint64_t fingerprint = 0;
    Time kept_at;
    Result<std::optional<domain::Order>> answer;
    domain::Version version = 0;
};

/// Whether a refusal is part of the outcome, rather than a failure to decide.
inline bool is_refusal(ErrorCode code) noexcept {
    return code == ErrorCode::not_found || code == ErrorCode::conflict || code == ErrorCode::precondition;
}

/// A precondition is the caller's guess about a state that may be right the next time, so its refusal is not kept.
inline bool is_kept(const Result<std::optional<domain::Order>>& answer) noexcept {
    return answer || (is_refusal(answer.error().code) && answer.error().code != ErrorCode::precondition);
}

inline bool is_expired(const KeptAnswer& kept, Time now) noexcept { return now - kept.kept_at >= RequestKey::kept_for; }

/// The outcome for `key` from what was kept under its text. Errors: invalid (it names another request).
inline Result<CartOutcome> replay(const KeptAnswer& kept, const RequestKey& key) {
    if (kept.fingerprint != key.fingerprint) return fail(Error::invalid("The idempotency key was used for another request"));
    return CartOutcome{kept.answer, kept.version, true};
}

}  // namespace cartwheel::store
