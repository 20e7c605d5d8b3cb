#include "cartwheel/app/schema.h"

#ifdef CARTWHEEL_CQL

#include <fmt/format.h>

#include "cartwheel/app/run_now.h"
#include "cartwheel/engines/cql/operator.h"
#include "cartwheel/engines/cql/schema.h"

namespace cartwheel::app {
namespace {

namespace cql = engines::cql;

cql::SchemaRequest request(const Settings& settings, std::optional<int> replication) {
    return {.keyspace = settings.cql.keyspace, .replication = replication};
}

CarryOver carry_over(const cql::AdoptionCounts& counts) {
    return {.carts = counts.carts, .adopted = counts.adopted, .known = counts.known, .several = counts.several};
}

}  // namespace

Result<SchemaReport> apply_schema(const Settings& settings, std::optional<int> replication, const SchemaWatch& watch) {
    TRY(const auto driver, cql::start_operator_driver(settings.cql));
    const cql::SchemaWatch inner{
        .done = watch.done,
        .adoption = {.progress = [&](const cql::AdoptionCounts& counts) { watch.carrying_over(carry_over(counts)); },
                     .interrupted = watch.interrupted}};
    TRY(const auto outcome, run_now(cql::apply_schema(*driver, settings.cql, request(settings, replication), inner)));
    SchemaReport report;
    const auto nodes = outcome.cluster.nodes();
    report.cluster = fmt::format("{} {}, {} {}", cql::name_of(outcome.cluster.dialect), outcome.cluster.version_text, nodes,
                                 nodes == 1 ? "node" : "nodes");
    report.steps = outcome.steps;
    if (outcome.adopted) report.carried_over = carry_over(outcome.carts);
    report.interrupted = outcome.adopted && !outcome.carts.whole;
    report.remarks = outcome.remarks;
    return report;
}

Result<std::string> print_missing_schema(const Settings& settings, std::optional<int> replication) {
    TRY(const auto driver, cql::start_operator_driver(settings.cql));
    return run_now(cql::print_missing(*driver, settings.cql, request(settings, replication)));
}

Result<std::string> print_schema(const Settings& settings, std::optional<int> replication, ClusterProduct product) {
    const auto dialect = product == ClusterProduct::scylla ? cql::Dialect::scylla : cql::Dialect::cassandra;
    return cql::print_schema(dialect, settings.cql.datacenter, request(settings, replication));
}

}  // namespace cartwheel::app

#else

namespace cartwheel::app {
namespace {

std::unexpected<Error> no_engine() {
    return fail(Error::invalid("this build has no cluster engine (cql); build one with -DCARTWHEEL_CQL=ON"));
}

}  // namespace

Result<SchemaReport> apply_schema(const Settings&, std::optional<int>, const SchemaWatch&) { return no_engine(); }
Result<std::string> print_missing_schema(const Settings&, std::optional<int>) { return no_engine(); }
Result<std::string> print_schema(const Settings&, std::optional<int>, ClusterProduct) { return no_engine(); }

}  // namespace cartwheel::app

#endif
