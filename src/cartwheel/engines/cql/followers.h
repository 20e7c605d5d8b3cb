#pragma once
// How far those who follow the changes have come, in a table of its own. A keyspace that an older Cartwheel made lacks it until
// `cartwheel schema` is run; until then these calls alone fail. Immutable but for the statements, which are prepared when first needed;
// any thread.

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "cartwheel/base/task.h"
#include "cartwheel/domain/change.h"
#include "cartwheel/engines/cql/driver.h"
#include "cartwheel/engines/cql/keyspace.h"
#include "cartwheel/engines/cql/statement_defaults.h"

namespace cartwheel::engines::cql {

class FollowerTable {
public:
    FollowerTable(Driver& driver, const Keyspace& keyspace, const StatementDefaults& defaults);

    // Errors of both: unavailable (there is no such table: the text says to run `cartwheel schema`), and those of the statements.

    Task<Result<std::optional<domain::Seq>>> read(std::string follower) const;
    Task<Result<void>> write(std::string follower, domain::Seq seq) const;

private:
    struct Lazy {
        explicit Lazy(std::string text) : cql(std::move(text)) {}
        const std::string cql;
        std::mutex mutex;
        Statement statement;
    };
    Task<Result<Statement>> prepared(std::shared_ptr<Lazy> lazy) const;

    Driver* driver_;
    StatementOptions options_;
    std::shared_ptr<Lazy> select_;  ///< shared by copies
    std::shared_ptr<Lazy> insert_;
};

}  // namespace cartwheel::engines::cql
