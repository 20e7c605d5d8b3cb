#pragma once
// The change log as a stream of events (Server-Sent Events, WHATWG HTML, section 9.2): GET /changes.
// Owned by the composition root; any io thread. A stream ends with its client, with the feed, or when what it asks for is kept no longer.

#include <atomic>
#include <chrono>
#include <optional>

#include "cartwheel/api/bindings.h"
#include "cartwheel/changes/feed.h"

namespace cartwheel::api {

struct ChangesSettings {
    std::size_t streams_max = 1'000;
    std::chrono::milliseconds keep_alive{15'000};  ///< a client hears something at least this often
};

/// Cheap figures for metrics. All but the first rise forever.
struct ChangesFigures {
    std::uint64_t streams = 0;
    std::uint64_t refused = 0;  ///< over the limit
    std::uint64_t events = 0;
    std::uint64_t bytes = 0;
    std::uint64_t too_slow = 0;  ///< ended because the client did not take what was sent
};

/// How far a stream goes. The only word is `now`: to what is newest when it begins.
struct StreamEnd {};

struct ChangesQuery {
    std::optional<changes::Start> after;
    std::optional<StreamEnd> until;
    std::optional<domain::Table> table;
    std::optional<domain::UserId> user_id;
    std::optional<domain::ProductId> product_id;
};
BOOST_DESCRIBE_STRUCT(ChangesQuery, (), (after, until, table, user_id, product_id))

/// The Last-Event-ID header, with which a browser's EventSource comes back by itself.
struct LastEventId {
    std::optional<changes::Start> start;
};

/// A streamed answer of text/event-stream.
struct EventStream {};

class ChangesApi {
public:
    ChangesApi(changes::Feed& feed, const Clock& clock, ChangesSettings settings) : feed_(feed), clock_(clock), settings_(settings) {}

    /// Errors, as long as nothing was sent: invalid (the cursor is ahead), gone, overloaded (too many streams), and those of the store.
    Task<Result<EventStream>> follow(http::Query<ChangesQuery> query, LastEventId last, http::Exchange* exchange);

    ChangesFigures figures() const;

private:
    friend class ChangeStream;

    changes::Feed& feed_;
    const Clock& clock_;
    const ChangesSettings settings_;
    std::atomic<std::uint64_t> streams_{0};
    std::atomic<std::uint64_t> refused_{0};
    std::atomic<std::uint64_t> events_{0};
    std::atomic<std::uint64_t> bytes_{0};
    std::atomic<std::uint64_t> too_slow_{0};
};

}  // namespace cartwheel::api

namespace cartwheel::reflect {

template <>
struct Codec<changes::Start> {
    static std::optional<changes::Start> read_text(std::string_view text, const Where& where, Problems& problems);
    static boost::json::value schema(Schemas&);
};

template <>
struct Codec<api::StreamEnd> {
    static std::optional<api::StreamEnd> read_text(std::string_view text, const Where& where, Problems& problems);
    static boost::json::value schema(Schemas&);
};

template <>
struct Codec<domain::Table> {
    static std::optional<domain::Table> read_text(std::string_view text, const Where& where, Problems& problems);
    static boost::json::value schema(Schemas&);
};

}  // namespace cartwheel::reflect

namespace cartwheel::http {

template <>
struct Bind<api::LastEventId> {
    static std::optional<api::LastEventId> read(Exchange& exchange, Reading& reading);
    static void describe(Describing& to);
};

template <>
struct Reply<api::EventStream> {
    static void write(Exchange&, api::EventStream&&) {}
    static void describe(Describing& to);
};

}  // namespace cartwheel::http
