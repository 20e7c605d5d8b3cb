#include "cartwheel/engines/cql/followers.h"

#include <fmt/format.h>

#include <utility>

#include "cartwheel/engines/cql/errors.h"
#include "cartwheel/engines/cql/prepare_all.h"

namespace cartwheel::engines::cql {

FollowerTable::FollowerTable(Driver& driver, const Keyspace& keyspace, const StatementDefaults& defaults)
    : driver_(&driver), options_(repeatable(defaults)) {
    const auto table = keyspace.table("follower");
    select_ = std::make_shared<Lazy>(fmt::format("SELECT seq FROM {} WHERE name = ?", table));
    insert_ = std::make_shared<Lazy>(fmt::format("INSERT INTO {} (name, seq) VALUES (?, ?)", table));
}

Task<Result<Statement>> FollowerTable::prepared(std::shared_ptr<Lazy> lazy) const {
    {
        const std::scoped_lock lock(lazy->mutex);
        if (lazy->statement) co_return lazy->statement;
    }
    auto made = co_await driver_->prepare(lazy->cql, options_);
    if (!made && made.error().kind == CqlError::Kind::invalid)
        co_return fail(Error::unavailable("The cluster has no table for followers yet; run `cartwheel schema`, which adds it"));
    if (!made) co_return fail(to_error(made.error()));
    const std::scoped_lock lock(lazy->mutex);
    lazy->statement = *std::move(made);
    co_return lazy->statement;
}

Task<Result<std::optional<domain::Seq>>> FollowerTable::read(std::string follower) const {
    CO_TRY(auto statement, co_await prepared(select_));
    CO_TRY(const auto rows, checked(co_await driver_->execute(std::move(statement), Values().text(follower))));
    if (rows.rows() == 0) co_return std::nullopt;
    Cells cells(rows.cells());
    const auto seq = cells.int64();
    if (!seq) co_return fail(Error::internal("The table of followers is of another kind; run `cartwheel doctor`"));
    co_return static_cast<domain::Seq>(*seq);
}

Task<Result<void>> FollowerTable::write(std::string follower, domain::Seq seq) const {
    CO_TRY(auto statement, co_await prepared(insert_));
    CO_TRY_VOID(checked(co_await driver_->execute(std::move(statement), Values().text(follower).int64(static_cast<std::int64_t>(seq)))));
    co_return Result<void>{};
}

}  // namespace cartwheel::engines::cql
