#include "cartwheel/engines/cql/cluster.h"

#include "cartwheel/engines/cql/errors.h"
#include "cartwheel/engines/cql/run_all.h"

namespace cartwheel::engines::cql {
namespace {

// A commit that reaches the log later than this is given a new time there, so that no follower has passed it.
constexpr std::chrono::seconds late{10};
constexpr std::size_t statements_at_once = 32;

}  // namespace

Task<Result<std::unique_ptr<const Cluster>>> Cluster::open(Driver& driver, CqlSettings settings) {
    if (const auto connected = co_await driver.connect(); !connected)
        co_return fail(Error::unavailable("the cluster cannot be reached: " + connected.error().message));
    const auto defaults = statement_defaults(settings, settings.statement_timeout);
    CO_TRY(auto keyspace, co_await inspect_keyspace(driver, settings.keyspace, settings.change_retention));
    CO_TRY(auto carts, co_await CartStatements::prepare(driver, keyspace, defaults));
    auto streams = keyspace.dialect == Dialect::scylla ? scylla_streams(driver, keyspace, defaults) : own_streams();
    CO_TRY(auto log, co_await ChangeLog::prepare(driver, keyspace, defaults, std::move(streams)));
    CO_TRY(auto orders, co_await OrderTable::prepare(driver, keyspace, defaults));
    CO_TRY(auto products, co_await ProductTable::prepare(driver, keyspace, defaults));
    FollowerTable followers(driver, keyspace, defaults);
    co_return std::unique_ptr<const Cluster>(new Cluster{&driver, std::move(keyspace), std::move(carts), std::move(products),
                                                         std::move(orders), std::move(log), std::move(followers)});
}

Task<Result<void>> Cluster::deliver(std::vector<Intent> intents, CommitClock& clock, std::atomic<std::uint64_t>& statements) const {
    // Never refused: a round that is owed would be begun anew, and find the place taken by its own statements again.
    constexpr auto admission = Admission::always;
    std::vector<Task<Answer>> writes;
    for (auto& intent : intents) {
        for (auto& item : orders.owed_by(intent.commit))
            writes.push_back(driver->execute(item.statement, std::move(item.values), {}, admission));
        if (clock.now() - intent.commit.time <= late) continue;
        intent.commit.time = clock.next(intent.commit.time);
        intent.commit.seq = static_cast<domain::Seq>(intent.commit.time.time_since_epoch().count());
    }
    for (auto& batch : log.batches(intents)) writes.push_back(driver->batch(log.batch_options(), std::move(batch.items), admission));
    statements += writes.size();
    for (auto& answer : co_await run_all(std::move(writes), statements_at_once))
        if (!answer) co_return fail(to_error(answer.error()));
    co_return Result<void>{};
}

}  // namespace cartwheel::engines::cql
