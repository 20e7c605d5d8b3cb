#include "cartwheel/engines/cql/schema.h"

#include <limits>

#include "cartwheel/engines/cql/operator.h"

namespace cartwheel::engines::cql {
namespace {

// A step may fail because another process does the same at that moment: then it is looked again what is missing.
constexpr int rounds_max = 8;
constexpr std::chrono::milliseconds time_between_rounds{1'000};

struct Looked {
    ClusterFacts cluster;
    std::optional<KeyspaceFacts> keyspace;
};

Task<Result<Looked>> look(Driver& driver, CqlSettings settings, std::string keyspace) {
    const auto cluster = co_await read_cluster(driver);
    if (!cluster) co_return fail(operator_error(cluster.error(), settings));
    auto found = co_await read_keyspace(driver, cluster->dialect, std::move(keyspace));
    if (!found) co_return fail(operator_error(found.error(), settings));
    co_return Looked{*cluster, *std::move(found)};
}

class Application {
public:
    Application(Driver& driver, CqlSettings settings, SchemaRequest request, SchemaWatch watch)
        : driver_(driver), settings_(std::move(settings)), request_(std::move(request)), watch_(std::move(watch)) {}

    Task<Result<SchemaOutcome>> run() {
        for (int round = 1;; ++round) {
            // What another process is just making is seen whole, and none makes what is not yet known everywhere a second time.
            if (const auto agreed = co_await driver_.await_schema_agreement(); !agreed)
                co_return fail(operator_error(agreed.error(), settings_));
            CO_TRY(auto looked, co_await look(driver_, settings_, request_.keyspace));
            CO_TRY(const auto plan, plan_schema(request_, looked.cluster, looked.keyspace));
            outcome_.cluster = std::move(looked.cluster);
            if (round == 1) outcome_.remarks = plan.remarks;
            if (plan.is_empty()) co_return outcome_;
            const auto done = co_await follow(plan, looked.keyspace && has_float_price(*looked.keyspace));
            if (done && outcome_.adopted && !outcome_.carts.whole) co_return outcome_;
            if (!done && round == rounds_max) co_return fail(operator_error(done.error(), settings_));
            if (!done) co_await pause(time_between_rounds);
        }
    }

private:
    Task<CqlResult<void>> follow(SchemaPlan plan, bool price_is_float) {
        CO_TRY_VOID(co_await take(std::move(plan.steps)));
        if (plan.adopts_carts) {
            outcome_.adopted = true;
            const Keyspace keyspace{request_.keyspace, outcome_.cluster.dialect, price_is_float};
            CO_TRY(outcome_.carts, co_await adopt_carts(driver_, keyspace, operator_defaults(settings_), watch_.adoption));
            if (!outcome_.carts.whole) co_return CqlResult<void>{};
        }
        CO_TRY_VOID(co_await take(std::move(plan.last_steps)));
        co_return CqlResult<void>{};
    }

    Task<CqlResult<void>> take(std::vector<SchemaStep> steps) {
        for (const auto& step : steps) {
            CO_TRY_VOID(co_await driver_.query(step.cql, {.timeout = operator_defaults(settings_).timeout}));
            CO_TRY_VOID(co_await driver_.await_schema_agreement());
            ++outcome_.steps;
            watch_.done(step.words);
        }
        co_return CqlResult<void>{};
    }

    Driver& driver_;
    CqlSettings settings_;
    SchemaRequest request_;
    SchemaWatch watch_;
    SchemaOutcome outcome_;
};

}  // namespace

Task<Result<SchemaOutcome>> apply_schema(Driver& driver, CqlSettings settings, SchemaRequest request, SchemaWatch watch) {
    CO_TRY_VOID(co_await connect_operator(driver, settings));
    Application application(driver, std::move(settings), std::move(request), std::move(watch));
    co_return co_await application.run();
}

Task<Result<std::string>> print_missing(Driver& driver, CqlSettings settings, SchemaRequest request) {
    CO_TRY_VOID(co_await connect_operator(driver, settings));
    CO_TRY(const auto looked, co_await look(driver, settings, request.keyspace));
    CO_TRY(const auto plan, plan_schema(request, looked.cluster, looked.keyspace));
    co_return as_script(request, looked.cluster, plan);
}

Result<std::string> print_schema(Dialect dialect, const std::string& datacenter, const SchemaRequest& request) {
    ClusterFacts cluster{.dialect = dialect, .version = {}, .version_text = {}, .datacenters = {}};
    // How many nodes it has is not known.
    if (!datacenter.empty()) cluster.datacenters[datacenter] = std::numeric_limits<int>::max();
    TRY(const auto plan, plan_schema(request, cluster, std::nullopt));
    return as_script(request, cluster, plan);
}

}  // namespace cartwheel::engines::cql
