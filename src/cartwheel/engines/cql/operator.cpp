#include "cartwheel/engines/cql/operator.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

namespace cartwheel::engines::cql {
namespace {

// A table is made on every node before it is there, and all of them may be busy.
constexpr std::chrono::milliseconds statement_time{60'000};

}  // namespace

Result<std::unique_ptr<Driver>> start_operator_driver(const CqlSettings& settings) {
    return Driver::start(driver_settings(settings, statement_time));
}

StatementDefaults operator_defaults(const CqlSettings& settings) {
    return statement_defaults(settings, std::max(statement_time, settings.statement_timeout));
}

Error operator_error(const CqlError& error, const CqlSettings& settings) {
    using Kind = CqlError::Kind;
    switch (error.kind) {
        case Kind::auth:
            if (settings.user.empty())
                return Error::unavailable(fmt::format(
                    "the cluster asks for a user: name one with --user, and the file with the password with --password-file ({})",
                    error.message));
            return Error::unavailable(
                fmt::format("the cluster refuses the user {}: check --user, the password, and what the user may do ({})", settings.user,
                            error.message));
        case Kind::connection_lost:
        case Kind::client_timeout:
            return Error::unavailable(fmt::format("no node answers at {}: start the cluster, or name nodes that run with --host ({})",
                                                  fmt::join(settings.hosts, ", "), error.message));
        case Kind::unavailable:
            return Error::unavailable(fmt::format("too few nodes are up; start those that are down ({})", error.message));
        case Kind::overloaded: return Error::overloaded(fmt::format("the cluster is busy; try again later ({})", error.message));
        case Kind::read_timeout:
        case Kind::write_timeout: return Error::deadline(fmt::format("the cluster took too long; try again ({})", error.message));
        case Kind::aborted: return Error::unavailable("stopped");
        case Kind::syntax:
        case Kind::invalid:
        case Kind::other: break;
    }
    return Error::internal(fmt::format("the cluster refuses a statement: {}", error.message));
}

Task<void> pause(std::chrono::milliseconds time) {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, time);
    co_await timer.async_wait(use_task);
}

Task<Result<void>> connect_operator(Driver& driver, CqlSettings settings) {
    const auto connected = co_await driver.connect();
    if (!connected && (connected.error().kind == CqlError::Kind::other || connected.error().kind == CqlError::Kind::invalid))
        co_return fail(Error::unavailable(
            fmt::format("the cluster cannot be used: {}; see --host, --datacenter and --ca-file", connected.error().message)));
    if (!connected) co_return fail(operator_error(connected.error(), settings));
    co_return Result<void>{};
}

}  // namespace cartwheel::engines::cql
