#include "cartwheel/api/changes.h"

#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include "cartwheel/changes/event.h"

namespace cartwheel::api {
namespace {

using changes::CommitBatch;
using changes::Cursor;
using domain::Table;
using std::chrono::steady_clock;

constexpr std::size_t batch_commits = 256;
constexpr std::size_t piece_bytes = 64 * 1024;  // what is rendered before it is sent
constexpr std::array tables{Table::product, Table::cart, Table::cart_items, Table::orders};

/// Gives its place among the streams back.
class Place {
public:
    explicit Place(std::atomic<std::uint64_t>& streams) : streams_(streams) {}
    ~Place() { --streams_; }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

private:
    std::atomic<std::uint64_t>& streams_;
};

std::string_view event_name(domain::Operation operation) noexcept {
    switch (operation) {
        case domain::Operation::insert: return "insert";
        case domain::Operation::update: return "update";
        case domain::Operation::remove: return "delete";
    }
    return "";
}

}  // namespace

/// One client's stream: what it lets through, and how far it has come.
class ChangeStream {
public:
    ChangeStream(ChangesApi& api, http::Exchange& exchange, const ChangesQuery& query, Cursor had)
        : api_(api), exchange_(exchange), query_(query), seq_(had.whole_seq()), had_(had) {}

    /// The head, and where the client is, so that it can come back there before it has heard of any change.
    Task<Result<void>> begin(bool has_cursor) {
        text_ += "retry: 1000\n";
        if (has_cursor) append_id(had_);
        text_ += '\n';
        return send();
    }

    Task<Result<void>> give(CommitBatch batch) {
        for (std::size_t i = 0; i < batch.size(); ++i) {
            const auto& commit = *batch[i];
            const bool seq_ends = i + 1 == batch.size() || batch[i + 1]->seq != commit.seq;
            if (commit.seq != seq_) change_ = 0;
            seq_ = commit.seq;
            for (std::size_t index = 0; index < commit.changes.size(); ++index) {
                const bool is_last = seq_ends && index + 1 == commit.changes.size();
                ++change_;
                const bool was_had = had_.change && commit.seq == had_.seq && change_ <= *had_.change;
                if (was_had || !is_wanted(commit.changes[index])) continue;
                append(commit, index, is_last ? Cursor{seq_} : Cursor{seq_, change_});
                if (text_.size() >= piece_bytes) CO_TRY_VOID(co_await send());
            }
        }
        if (!text_.empty()) CO_TRY_VOID(co_await send());
        co_return Result<void>{};
    }

    /// When the client must hear something again.
    steady_clock::duration until_keep_alive() const { return said_at_ + api_.settings_.keep_alive - steady_clock::now(); }

    /// A comment keeps proxies awake. An id without data is no event, and yet the client comes back with it: so it passes what it did not
    /// ask for before that is forgotten.
    Task<Result<void>> keep_alive() {
        if (seq_ == said_) text_ += ":\n\n";
        else {
            append_id({seq_});
            text_ += '\n';
        }
        return send();
    }

    Task<Result<void>> end(domain::Seq target) {
        seq_ = std::max(seq_, target);
        append_id({seq_});
        text_ += ": up to now\n\n";
        return send();
    }

private:
    bool is_wanted(const domain::RowChange& change) const {
        if (query_.table && change.table() != *query_.table) return false;
        if (query_.product_id && !changes::is_about(change, *query_.product_id)) return false;
        if (!query_.user_id) return true;
        const auto* user = changes::user_of(change);
        return user != nullptr && *user == *query_.user_id;
    }

    void append_id(Cursor cursor) {
        text_ += "id: ";
        text_ += cursor.text();
        text_ += '\n';
        said_ = cursor.change ? cursor.whole_seq() : cursor.seq;
    }

    void append(const domain::Commit& commit, std::size_t index, Cursor cursor) {
        append_id(cursor);
        text_ += "event: ";
        text_ += event_name(commit.changes[index].operation);
        text_ += "\ndata: ";  // JSON without line ends is one line
        changes::append_event(text_, commit, index, api_.clock_.now());
        text_ += "\n\n";
        ++api_.events_;
    }

    Task<Result<void>> send() {
        api_.bytes_ += text_.size();
        auto sent = co_await exchange_.write_piece(text_);
        text_.clear();
        if (text_.capacity() > 4 * piece_bytes) text_.shrink_to_fit();
        if (sent) sent = co_await exchange_.flush();
        if (!sent && sent.error().code == ErrorCode::deadline) ++api_.too_slow_;
        said_at_ = steady_clock::now();
        co_return sent;
    }

    ChangesApi& api_;
    http::Exchange& exchange_;
    const ChangesQuery& query_;
    std::string text_;
    domain::Seq seq_;  ///< all before it was given or is not wanted
    std::uint32_t change_ = 0;  ///< of it
    const Cursor had_;
    domain::Seq said_ = 0;  ///< the last whole seq that the client knows
    steady_clock::time_point said_at_;
};

Task<Result<EventStream>> ChangesApi::follow(http::Query<ChangesQuery> query, LastEventId last, http::Exchange* exchange) {
    const auto start = last.start.value_or(query.after.value_or(changes::Start::now()));
    if (++streams_ > settings_.streams_max) {
        --streams_;
        ++refused_;
        co_return fail(Error::overloaded("There are too many streams of changes; try again later"));
    }
    const Place place(streams_);
    CO_TRY(const auto follower, co_await feed_.follow(start));
    domain::Seq target = 0;
    if (query.until) {
        CO_TRY(target, co_await feed_.newest());
    }

    auto& response = exchange->response;
    response.content_type = "text/event-stream";
    response.add_header("Cache-Control", "no-store");
    response.add_header("X-Accel-Buffering", "no");  // nginx would keep events back
    if (exchange->request.method == http::Method::head) {
        // Sends the head alone.
        (void)co_await exchange->write_piece({});
        co_return EventStream{};
    }
    bool is_gone = false;
    exchange->become_endless();
    exchange->watch_client([&] {
        is_gone = true;
        follower->wake();
    });

    auto had = start.cursor();
    if (start.is_now()) had = Cursor{follower->seq()};
    ChangeStream stream(*this, *exchange, query, had);
    CO_TRY_VOID(co_await stream.begin(!start.is_beginning()));
    while (!is_gone) {
        if (query.until && follower->seq() >= target) {
            CO_TRY_VOID(co_await stream.end(target));
            break;
        }
        const auto wait = std::chrono::ceil<std::chrono::milliseconds>(stream.until_keep_alive());
        CO_TRY(auto batch, co_await follower->next(batch_commits, std::max(wait, std::chrono::milliseconds(0))));
        const bool is_full = batch.size() >= batch_commits;
        CO_TRY_VOID(co_await stream.give(std::move(batch)));
        if (!is_gone && stream.until_keep_alive() <= steady_clock::duration::zero()) CO_TRY_VOID(co_await stream.keep_alive());
        // Who has a long way to go and wants little of it must not keep the thread from others.
        if (is_full) co_await boost::asio::post(co_await boost::asio::this_coro::executor, use_task);
    }
    co_return EventStream{};
}

ChangesFigures ChangesApi::figures() const {
    return {.streams = streams_, .refused = refused_, .events = events_, .bytes = bytes_, .too_slow = too_slow_};
}

}  // namespace cartwheel::api

namespace cartwheel::reflect {
namespace {

constexpr std::string_view start_pattern = R"(^(beginning|now|\d+(\.\d+)?)$)";
constexpr std::string_view tables_in_words = "'product', 'cart', 'cart_items' or 'orders'";

}  // namespace

std::optional<changes::Start> Codec<changes::Start>::read_text(std::string_view text, const Where& where, Problems& problems) {
    auto start = changes::Start::parse(text);
    if (!start)
        problems.add("string_pattern_mismatch", where, "Must be beginning, now, or the id of an event", quoted(text),
                     R"({"pattern":"^(beginning|now|\\d+(\\.\\d+)?)$"})");
    return start;
}

boost::json::value Codec<changes::Start>::schema(Schemas&) { return boost::json::object{{"type", "string"}, {"pattern", start_pattern}}; }

std::optional<api::StreamEnd> Codec<api::StreamEnd>::read_text(std::string_view text, const Where& where, Problems& problems) {
    if (text == "now") return api::StreamEnd{};
    problems.add("enum", where, "Must be 'now'", quoted(text), R"({"expected":"'now'"})");
    return std::nullopt;
}

boost::json::value Codec<api::StreamEnd>::schema(Schemas&) {
    return boost::json::object{{"type", "string"}, {"enum", boost::json::array{"now"}}};
}

std::optional<domain::Table> Codec<domain::Table>::read_text(std::string_view text, const Where& where, Problems& problems) {
    for (const auto table : api::tables)
        if (text == domain::name_of(table)) return table;
    problems.add("enum", where, "Must be " + std::string(tables_in_words), quoted(text),
                 R"({"expected":")" + std::string(tables_in_words) + R"("})");
    return std::nullopt;
}

boost::json::value Codec<domain::Table>::schema(Schemas&) {
    boost::json::array names;
    for (const auto table : api::tables) names.emplace_back(domain::name_of(table));
    return boost::json::object{{"type", "string"}, {"enum", std::move(names)}};
}

}  // namespace cartwheel::reflect

namespace cartwheel::http {

std::optional<api::LastEventId> Bind<api::LastEventId>::read(Exchange& exchange, Reading& reading) {
    static const reflect::Where header("header");
    const auto text = exchange.request.header("last-event-id");
    // Empty: a client that has heard of no event yet.
    if (!text || text->empty()) return api::LastEventId{};
    const auto start = reflect::Codec<changes::Start>::read_text(*text, reflect::Where("last-event-id", &header), reading.problems);
    if (!start) return std::nullopt;
    return api::LastEventId{start};
}

void Bind<api::LastEventId>::describe(Describing& to) {
    to.operation.add_parameter("header", "Last-Event-ID", reflect::Codec<changes::Start>::schema(to.schemas), false,
                               "The id of the last event that the client had; goes before `after`");
}

void Reply<api::EventStream>::describe(Describing& to) {
    to.operation.add_response("200", "Events, as they happen", "text/event-stream");
    to.operation.add_error_response("410", "Some of the changes behind the cursor are kept no longer; start at beginning");
    to.operation.add_error_response("503", "Too many streams, or stopping; try again after Retry-After seconds");
}

}  // namespace cartwheel::http
