#pragma once
// Prepares a piece's statements, a few at once.

#include <string>
#include <vector>

#include "cartwheel/engines/cql/errors.h"
#include "cartwheel/engines/cql/run_all.h"
#include "cartwheel/engines/cql/statement_defaults.h"

namespace cartwheel::engines::cql {

struct Preparation {
    Statement* into;
    std::string cql;
};

/// What reads, or writes the same each time: the driver may send it again.
inline StatementOptions repeatable(const StatementDefaults& defaults) {
    return {.consistency = defaults.consistency, .idempotent = true, .timeout = defaults.timeout};
}

/// Errors: those of the first that failed.
inline Task<Result<void>> prepare_all(Driver& driver, std::vector<Preparation> preparations, StatementOptions options) {
    std::vector<Task<CqlResult<Statement>>> tasks;
    for (auto& each : preparations) tasks.push_back(driver.prepare(std::move(each.cql), options));
    auto prepared = co_await run_all(std::move(tasks), 4);
    for (std::size_t i = 0; i < prepared.size(); ++i) {
        if (!prepared[i]) co_return fail(to_error(prepared[i].error()));
        *preparations[i].into = *std::move(prepared[i]);
    }
    co_return Result<void>{};
}

}  // namespace cartwheel::engines::cql
