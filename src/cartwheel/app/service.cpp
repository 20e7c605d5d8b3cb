#include "cartwheel/app/service.h"

#include <fmt/format.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "cartwheel/api/routes.h"
#include "cartwheel/app/metrics.h"
#include "cartwheel/app/sample_catalogue.h"
#include "cartwheel/base/log.h"
#include "cartwheel/changes/feed.h"
#include "cartwheel/changes/kafka_sink.h"
#include "cartwheel/changes/retention.h"
#ifdef CARTWHEEL_CQL
#include "cartwheel/engines/cql/cql_store.h"
#endif
#include "cartwheel/engines/memory/memory_store.h"
#include "cartwheel/engines/rocks/rocks_store.h"
#include "cartwheel/http/server.h"
#include "cartwheel/query/tables.h"

namespace cartwheel::app {
namespace {

Result<std::unique_ptr<store::Store>> open_store(const Settings& settings, const Clock& clock) {
    if (settings.store == StoreKind::memory) return engines::memory::make_store(clock);
#ifdef CARTWHEEL_CQL
    if (settings.store == StoreKind::cql) {
        auto cluster = settings.cql;
        cluster.change_retention = std::chrono::ceil<std::chrono::seconds>(settings.changes.retention);
        return engines::cql::open_store(std::move(cluster), clock);
    }
#endif
    engines::rocks::RocksSettings rocks;
    rocks.folder = settings.data.string();
    rocks.block_cache_bytes = settings.cache_bytes;
    rocks.write_buffer_bytes = settings.write_buffer_bytes;
    rocks.queue_max = settings.queue_max;
    rocks.queue_wait_max = settings.queue_wait_max;
    return engines::rocks::open_store(std::move(rocks), clock);
}

http::ServerSettings server_settings(const Settings& settings) {
    http::ServerSettings server;
    server.address = settings.listen.host;
    server.port = settings.listen.port;
    server.threads = settings.threads > 0 ? settings.threads : std::max(1U, std::thread::hardware_concurrency());
    server.header_timeout = settings.header_timeout;
    server.body_timeout = settings.body_timeout;
    server.idle_timeout = settings.idle_timeout;
    server.stop_timeout = settings.stop_timeout;
    server.connections_max = settings.connections_max;
    server.requests_max = settings.requests_max;
    if (settings.log_requests) {
        server.log_request = [](const http::RequestLine& line) {
            log::request(fmt::format("{} {} {} {} B {} us id={}", line.method, line.target, line.status, line.answer_bytes,
                                     line.took.count(), line.request_id));
        };
    }
    server.log_error = [](std::string_view what) { log::error(fmt::format("a request ended by an exception, which is a bug: {}", what)); };
    return server;
}

api::ApiSettings api_settings(const Settings& settings, domain::Currency currency) {
    return {.currency = currency, .changes = {.streams_max = settings.changes.streams_max, .keep_alive = settings.changes.keep_alive}};
}

/// Runs a task to its end on this thread. For start-up, when no io thread is there yet.
template <class T>
Result<T> run_now(boost::asio::io_context& context, Task<Result<T>> task) {
    Result<T> result = fail(Error::internal("not run"));
    auto work = [](Task<Result<T>> inner, Result<T>& out) -> Task<void> { out = co_await std::move(inner); };
    std::exception_ptr failure;
    boost::asio::co_spawn(context.get_executor(), work(std::move(task), result),
                          [&](std::exception_ptr error) { failure = std::move(error); });
    context.restart();
    context.run();
    if (failure) std::rethrow_exception(failure);
    return result;
}

constexpr std::chrono::milliseconds sample_interval{250};

class RunningService final : public Service {
public:
    RunningService(const Settings& settings, domain::Currency currency, const Clock& clock, std::unique_ptr<store::Store> store)
        : clock_(clock),
          listen_(settings.listen),
          server_settings_(server_settings(settings)),
          store_(std::move(store)),
          feed_(*store_, {.poll_interval = settings.changes.poll_interval}),
          queries_(*store_, clock_),
          api_({*store_, index_, feed_, queries_, clock_}, api_settings(settings, currency), facts(settings)) {
        store_->set_commit_listener([this](const domain::Commit& commit) {
            index_.follow(commit);
            feed_.heard(commit);
        });
    }
    ~RunningService() override { stop(); }

    Result<void> begin(const Settings& settings) {
        if (settings.sample && store_->is_shared())
            sample_loader_ = std::jthread([this](std::stop_token stop) { load_sample_once_ready(stop); });
        else if (settings.sample) TRY_VOID(load_sample_now());
        // A cluster lets go of its changes by itself.
        if (settings.changes.retention.count() > 0 && !store_->is_shared())
            retention_ = std::make_unique<changes::Retention>(*store_, clock_, settings.changes.retention);
        if (!settings.kafka.brokers.empty()) {
            TRY(kafka_, changes::KafkaSink::open(settings.kafka, feed_, *store_, clock_));
        }
        TRY(server_, http::Server::start(server_settings_, api_.router()));
        listen_.port = server_->port();
        ready_ = true;
        return {};
    }

    std::string base_url() const override { return "http://" + listen_.text(); }

    void stop() override {
        ready_ = false;
        if (sample_loader_.joinable()) {
            sample_loader_.request_stop();
            sample_loader_.join();
        }
        // Streams have no end of their own, so they are ended first.
        feed_.stop();
        if (retention_) retention_->request_stop();
        if (server_) server_->stop();
        if (kafka_) kafka_->stop();
        queries_.stop();
        store_->stop();
    }

private:
    Result<void> load_sample_now() {
        TRY(const auto loaded, run_now(starting_, load_sample(*store_)));
        if (loaded > 0) log::info(fmt::format("loaded the sample catalogue: {} products", loaded));
        return {};
    }

    /// A cluster may be away when the service starts.
    void load_sample_once_ready(const std::stop_token& stop) {
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any bell;
        while (!stop.stop_requested()) {
            if (store_->is_ready()) {
                const auto loaded = load_sample_now();
                if (loaded) return;
                log::warn("the sample catalogue is not loaded yet: " + loaded.error().message);
            }
            bell.wait_for(lock, stop, sample_interval, [] { return false; });
        }
    }

    api::ServiceFacts facts(const Settings& settings) {
        return {.is_ready = [this] { return ready_.load() && store_->is_ready(); },
                .metrics =
                    [this] {
                        return metrics_text(api_.router(), {.server = server_ ? server_->figures() : http::ServerFigures{},
                                                            .store = store_->figures(),
                                                            .feed = feed_.figures(),
                                                            .changes = api_.changes_figures(),
                                                            .kafka = kafka_ ? std::optional(kafka_->figures()) : std::nullopt});
                    },
                .info = {.version = {},
                         .store = std::string(store_->name()),
                         .keyspace = settings.store == StoreKind::cql ? settings.cql.keyspace : std::string(query::keyspace),
                         .currency = settings.currency,
                         .changes_retention = std::chrono::ceil<std::chrono::seconds>(settings.changes.retention).count()}};
    }

    const Clock& clock_;
    std::atomic<bool> ready_{false};
    ListenAddress listen_;
    http::ServerSettings server_settings_;
    store::ProductIndex index_;
    boost::asio::io_context starting_{1};  ///< outlives the store: its threads may still be leaving what they woke
    std::unique_ptr<store::Store> store_;
    changes::Feed feed_;
    query::Queries queries_;
    api::Api api_;
    std::unique_ptr<changes::Retention> retention_;
    std::unique_ptr<changes::KafkaSink> kafka_;
    std::unique_ptr<http::Server> server_;
    std::jthread sample_loader_;
};

}  // namespace

Result<std::unique_ptr<Service>> Service::start(const Settings& settings) {
    const auto currency = domain::Currency::parse(settings.currency);
    if (!currency) return fail(Error::invalid("'" + settings.currency + "' is no currency; use an ISO 4217 code such as USD"));
    TRY_VOID(check(settings));
    // The store keeps a reference to the clock, so the clock lives as long as the process.
    static const SystemClock clock;
    TRY(auto store, open_store(settings, clock));
    auto service = std::make_unique<RunningService>(settings, *currency, clock, std::move(store));
    TRY_VOID(service->begin(settings));
    return service;
}

std::string api_description() {
    const SystemClock clock;
    const auto store = engines::memory::make_store(clock);
    store::ProductIndex index;
    changes::Feed feed(*store);
    query::Queries queries(*store, clock);
    const api::Api api({*store, index, feed, queries, clock}, {},
                       {.is_ready = [] { return false; }, .metrics = [] { return std::string(); }, .info = {}});
    return http::indented(api.description());
}

}  // namespace cartwheel::app
