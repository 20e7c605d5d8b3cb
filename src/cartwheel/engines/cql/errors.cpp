#include "cartwheel/engines/cql/errors.h"

#include <fmt/format.h>

#include "cartwheel/base/log.h"

namespace cartwheel::engines::cql {

Error took_too_long() { return Error::deadline("The cluster took too long; try again"); }

Error outcome_not_known() {
    return Error::deadline("The cluster took too long, and whether the write was done is not known; read before trying again");
}

Error to_error(const CqlError& error) {
    using Kind = CqlError::Kind;
    switch (error.kind) {
        case Kind::unavailable:
        case Kind::connection_lost: return Error::unavailable("The cluster has too few nodes that answer; try again later");
        case Kind::aborted: return Error::unavailable("The service is stopping");
        case Kind::overloaded: return Error::overloaded("The cluster is busy; try again later");
        case Kind::read_timeout:
        case Kind::client_timeout: return took_too_long();
        case Kind::write_timeout: return outcome_not_known();
        case Kind::auth: return Error::unavailable("The cluster refuses this service's user or its rights");
        case Kind::syntax:
        case Kind::invalid:
        case Kind::other: break;
    }
    log::error(fmt::format("the cluster refuses a statement: {}", error.message));
    return Error::internal("The cluster refused a statement; run `cartwheel doctor`");
}

Result<Rows> checked(Answer answer) {
    if (answer) return std::move(*answer);
    return fail(to_error(answer.error()));
}

}  // namespace cartwheel::engines::cql
