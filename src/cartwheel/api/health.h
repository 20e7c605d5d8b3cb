#pragma once
// Whether the service lives and is ready, its metrics, and its API description. Owned by the composition root; any io thread.

#include <functional>
#include <string>

#include "cartwheel/http/binding.h"

namespace cartwheel::api {

/// What this server is, for its pages and for whoever asks.
struct Info {
    std::string version;
    std::string store;                    ///< rocks, memory or cql
    std::string keyspace;                ///< under which statements of POST /query name the tables
    std::string currency;                 ///< of the orders made from now on, ISO 4217
    std::int64_t changes_retention = 0;   ///< seconds that changes are kept; 0: for ever
};
BOOST_DESCRIBE_STRUCT(Info, (), (version, store, keyspace, currency, changes_retention))

/// What the composition root knows and these routes tell. The functions may be called on any io thread.
struct ServiceFacts {
    std::function<bool()> is_ready;
    std::function<std::string()> metrics;  ///< in the text format of Prometheus
    Info info;                             ///< but for the version
};

struct Health {
    std::string status;  ///< "ok" or "stopping"
};
BOOST_DESCRIBE_STRUCT(Health, (), (status))

class HealthApi {
public:
    explicit HealthApi(ServiceFacts facts) : facts_(std::move(facts)) {}

    Task<Result<Health>> live();
    Task<Result<Health>> ready();
    Task<Result<Info>> info();
    Task<Result<http::Written>> metrics(http::Exchange* exchange);
    Task<Result<http::Written>> description(http::Exchange* exchange);

    /// What /openapi.json answers; set once the routes are there.
    void set_description(std::string json) { description_ = std::move(json); }

private:
    ServiceFacts facts_;
    std::string description_;
};

}  // namespace cartwheel::api

template <>
inline constexpr std::string_view cartwheel::reflect::schema_name<cartwheel::api::Health> = "Health";
template <>
inline constexpr std::string_view cartwheel::reflect::schema_name<cartwheel::api::Info> = "Info";
