#include "cartwheel/app/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <limits>
#include <sstream>

namespace cartwheel::app {
namespace {

using Families = std::vector<prometheus::MetricFamily>;
using Label = prometheus::ClientMetric::Label;

prometheus::MetricFamily& add_family(Families& families, const char* name, const char* help, prometheus::MetricType type) {
    auto& family = families.emplace_back();
    family.name = name;
    family.help = help;
    family.type = type;
    return family;
}

void add_counter(Families& families, const char* name, const char* help, std::uint64_t value) {
    auto& family = add_family(families, name, help, prometheus::MetricType::Counter);
    family.metric.emplace_back().counter.value = static_cast<double>(value);
}

void add_gauge(Families& families, const char* name, const char* help, std::uint64_t value) {
    auto& family = add_family(families, name, help, prometheus::MetricType::Gauge);
    family.metric.emplace_back().gauge.value = static_cast<double>(value);
}

std::vector<Label> labels_of(const http::Router& router, std::size_t route) {
    const auto& routes = router.routes();
    if (route >= routes.size()) return {Label{"method", ""}, Label{"route", "none"}};
    return {Label{"method", std::string(http::name_of(routes[route].method))}, Label{"route", routes[route].pattern}};
}

prometheus::ClientMetric::Histogram histogram_of(const http::RouteFigures& figures) {
    prometheus::ClientMetric::Histogram histogram;
    std::uint64_t so_far = 0;
    for (std::size_t i = 0; i < figures.by_duration.size(); ++i) {
        so_far += figures.by_duration[i];
        const auto bound = i < http::duration_bounds.size() ? http::duration_bounds[i] : std::numeric_limits<double>::infinity();
        histogram.bucket.push_back({so_far, bound});
    }
    histogram.sample_count = so_far;
    histogram.sample_sum = static_cast<double>(figures.microseconds) / 1e6;
    return histogram;
}

void add_requests(Families& families, const http::Router& router, const http::ServerFigures& server) {
    auto requests = prometheus::MetricFamily{
        "cartwheel_http_requests_total", "Requests answered, by route and status class", prometheus::MetricType::Counter, {}};
    auto durations = prometheus::MetricFamily{"cartwheel_http_request_duration_seconds",
                                              "From a request's last header byte to its answer",
                                              prometheus::MetricType::Histogram,
                                              {}};
    for (std::size_t route = 0; route < server.routes.size(); ++route) {
        const auto& figures = server.routes[route];
        bool any = false;
        for (std::size_t status = 0; status < figures.by_status_class.size(); ++status) {
            if (figures.by_status_class[status] == 0) continue;
            any = true;
            auto& metric = requests.metric.emplace_back();
            metric.label = labels_of(router, route);
            metric.label.push_back({"status", std::to_string(status) + "xx"});
            metric.counter.value = static_cast<double>(figures.by_status_class[status]);
        }
        if (!any) continue;
        auto& metric = durations.metric.emplace_back();
        metric.label = labels_of(router, route);
        metric.histogram = histogram_of(figures);
    }
    families.push_back(std::move(requests));
    families.push_back(std::move(durations));
}

void add_server(Families& families, const http::Router& router, const http::ServerFigures& server) {
    add_requests(families, router, server);
    add_gauge(families, "cartwheel_http_connections_open", "Connections that are open", server.connections_open);
    add_counter(families, "cartwheel_http_connections_total", "Connections accepted", server.connections_accepted);
    add_counter(families, "cartwheel_http_connections_refused_total", "Connections refused because too many were open",
                server.connections_refused);
    add_gauge(families, "cartwheel_http_requests_running", "Requests being worked on", server.requests_running);
    add_counter(families, "cartwheel_http_requests_shed_total", "Requests answered 503 because too many were running",
                server.requests_shed);
    add_counter(families, "cartwheel_http_received_bytes_total", "Bytes received", server.bytes_in);
    add_counter(families, "cartwheel_http_sent_bytes_total", "Bytes sent", server.bytes_out);
}

void add_store(Families& families, const store::StoreFigures& figures) {
    add_gauge(families, "cartwheel_store_queue_depth", "Writes that wait for the committer", figures.queue_depth);
    add_gauge(families, "cartwheel_store_last_seq", "Position of the newest commit in the change log", figures.last_seq);
    add_gauge(families, "cartwheel_store_memory_bytes", "Memory of the store's caches and buffers", figures.memory_bytes);
    add_counter(families, "cartwheel_store_commits_total", "Commits that changed something", figures.commits);
    add_counter(families, "cartwheel_store_batches_total", "Groups of writes made durable together", figures.batches);
    add_counter(families, "cartwheel_store_syncs_total", "Times the log was forced to disk", figures.syncs);
    add_counter(families, "cartwheel_store_refused_total", "Writes turned away because the queue was full", figures.refused);
    add_gauge(families, "cartwheel_cluster_undelivered_commits", "Commits whose orders and change rows are still to be written",
              figures.undelivered);
    add_counter(families, "cartwheel_cluster_statements_total", "Statements sent to the cluster for requests", figures.statements);
    add_counter(families, "cartwheel_cluster_background_statements_total", "Statements sent to the cluster beside requests",
                figures.background_statements);
}

void add_changes(Families& families, const changes::FeedFigures& feed, const api::ChangesFigures& streams) {
    add_gauge(families, "cartwheel_changes_followers", "Who follows the changes: streams and sinks", feed.followers);
    add_gauge(families, "cartwheel_changes_newest_seq", "Position of the newest commit that followers were told of", feed.newest);
    add_gauge(families, "cartwheel_changes_lag", "Positions that the slowest follower is behind the newest; in a cluster microseconds",
              feed.lag);
    add_counter(families, "cartwheel_changes_log_reads_total", "Reads of the log by followers who were far behind", feed.log_reads);
    add_gauge(families, "cartwheel_changes_streams_open", "Streams of changes that are open", streams.streams);
    add_counter(families, "cartwheel_changes_streams_refused_total", "Streams refused because too many were open", streams.refused);
    add_counter(families, "cartwheel_changes_streams_too_slow_total", "Streams ended because the client was too slow", streams.too_slow);
    add_counter(families, "cartwheel_changes_events_sent_total", "Events sent to streams", streams.events);
    add_counter(families, "cartwheel_changes_sent_bytes_total", "Bytes sent to streams", streams.bytes);
    add_gauge(families, "cartwheel_changes_polling", "Whether a cluster's log is looked into for followers", feed.is_polling ? 1 : 0);
    add_gauge(families, "cartwheel_changes_poll_failing", "Whether the last look into a cluster's log failed", feed.is_failing ? 1 : 0);
    add_counter(families, "cartwheel_changes_polls_total", "Looks into a cluster's log", feed.polls);
    add_counter(families, "cartwheel_changes_failed_polls_total", "Looks into a cluster's log that failed", feed.failed_polls);
}

void add_kafka(Families& families, const changes::KafkaFigures& kafka) {
    auto& states = add_family(families, "cartwheel_kafka_state", "How it stands with sending to Kafka: 1 at the present state",
                              prometheus::MetricType::Gauge);
    for (std::size_t i = 0; i < changes::kafka_states; ++i) {
        const auto state = static_cast<changes::KafkaState>(i);
        auto& metric = states.metric.emplace_back();
        metric.label.push_back({"state", std::string(changes::name_of(state))});
        metric.gauge.value = kafka.state == state ? 1 : 0;
    }
    add_gauge(families, "cartwheel_kafka_lag_commits", "Commits that Kafka has not acknowledged; of a cluster those that were read for it",
              kafka.lag_commits);
    auto& seconds = add_family(families, "cartwheel_kafka_lag_seconds",
                               "Age of the oldest commit that was read and that Kafka has not acknowledged", prometheus::MetricType::Gauge);
    seconds.metric.emplace_back().gauge.value = kafka.lag_seconds;
    add_gauge(families, "cartwheel_kafka_in_flight", "Messages that wait for an acknowledgement", kafka.in_flight);
    add_counter(families, "cartwheel_kafka_sent_total", "Messages that were acknowledged", kafka.sent);
    add_counter(families, "cartwheel_kafka_failed_total", "Messages that were refused, to be sent again", kafka.failed);
    add_counter(families, "cartwheel_kafka_retried_total", "Requests that were sent once more", kafka.retried);
    add_counter(families, "cartwheel_kafka_gaps_total", "Times that changes were forgotten by the store before they were sent", kafka.gaps);
}

const std::time_t started_at = std::time(nullptr);

std::uint64_t resident_bytes() {
    std::uint64_t total = 0;
    std::uint64_t resident = 0;
    if (auto* file = std::fopen("/proc/self/statm", "re"); file != nullptr) {
        if (std::fscanf(file, "%lu %lu", &total, &resident) != 2) resident = 0;
        std::fclose(file);
    }
    return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

std::string metrics_text(const http::Router& router, const Figures& figures) {
    Families families;
    add_server(families, router, figures.server);
    add_store(families, figures.store);
    add_changes(families, figures.feed, figures.changes);
    if (figures.kafka) add_kafka(families, *figures.kafka);
    add_gauge(families, "process_resident_memory_bytes", "Resident memory of the process", resident_bytes());
    add_gauge(families, "process_start_time_seconds", "When the process began, in seconds since 1970",
              static_cast<std::uint64_t>(started_at));

    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, families);
    return out.str();
}

}  // namespace cartwheel::app
