#include "cartwheel/changes/kafka_sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <thread>

#include "cartwheel/base/log.h"
#include "cartwheel/base/task_group.h"
#include "cartwheel/changes/kafka_message.h"
#include "cartwheel/changes/kafka_producer.h"
#include "cartwheel/changes/kafka_unacknowledged.h"

namespace cartwheel::changes {
namespace {

using std::chrono::milliseconds;
using Moment = std::chrono::steady_clock::time_point;

constexpr std::size_t commits_at_once = 256;
constexpr milliseconds idle_wait{200};
constexpr milliseconds busy_wait{20};      // acknowledgements are on their way
constexpr milliseconds full_wait{50};
constexpr milliseconds contact_wait{200};
constexpr milliseconds reach_wait{500};
constexpr milliseconds keep_interval{1'000};
constexpr milliseconds look_interval{2'000};  // for a Kafka that is away while there is nothing to send
constexpr milliseconds away_after{5'000};     // without an acknowledgement
constexpr milliseconds pause_first{500};
constexpr milliseconds pause_max{30'000};
constexpr milliseconds last_effort{3'000};

class Sink final : public KafkaSink, private KafkaEvents {
public:
    Sink(const KafkaSettings& settings, Feed& feed, store::Store& store, const Clock& clock)
        : settings_(settings), feed_(feed), store_(store), clock_(clock), writer_(settings) {}
    ~Sink() override { stop(); }

    Result<void> start() {
        TRY(producer_, KafkaProducer::open(settings_, *this));
        tasks_.spawn(run());
        thread_ = std::thread([this] { context_.run(); });
        return {};
    }

    KafkaFigures figures() const override {
        KafkaFigures figures;
        figures.state = state_;
        figures.in_flight = in_flight_;
        figures.sent = sent_;
        figures.failed = failed_;
        figures.retried = retried_;
        figures.gaps = gaps_;
        figures.lag_commits = lag_commits_;
        if (const auto position = position_.load(); !store_.is_shared()) {
            const auto newest = store_.figures().last_seq;
            figures.lag_commits = newest > position ? newest - position : 0;
        }
        if (const auto oldest = oldest_us_.load(); oldest != 0)
            figures.lag_seconds = std::max(0.0, static_cast<double>(clock_.now().time_since_epoch().count() - oldest) / 1e6);
        return figures;
    }

    void stop() override {
        if (!thread_.joinable()) return;
        stop_at_ = std::chrono::steady_clock::now() + last_effort;
        is_stopping_ = true;
        boost::asio::post(context_, [this] {
            if (follower_) follower_->wake();
        });
        thread_.join();
    }

private:
    Task<void> run() {
        auto pause = pause_first;
        for (;;) {
            const auto before = sent_.load();
            if (co_await send_until_trouble() || is_stopping_) break;
            if (sent_ != before) pause = pause_first;
            show();
            wait(pause);
            pause = std::min(2 * pause, pause_max);
            if (is_stopping_) break;
        }
        follower_.reset();
    }

    /// Ends well when it is told to stop.
    Task<Result<void>> send_until_trouble() {
        if (is_broken_) {
            // What the old one held is sent again, from the cursor on.
            producer_.reset();
            unacknowledged_ = {};
            held_ = 0;
            CO_TRY(producer_, KafkaProducer::open(settings_, *this));
            is_broken_ = false;
        }
        if (!make_contact()) co_return Result<void>{};
        CO_TRY(follower_, co_await store_answers(begin()));
        show();
        while (!is_stopping_ && !is_broken_) co_await send_some();
        if (!is_broken_ && state_ == KafkaState::sending) co_await finish();
        co_await keep();
        follower_.reset();
        if (is_broken_) co_return fail(Error::unavailable(trouble_));
        co_return Result<void>{};
    }

    /// Whether a broker answers; false when it was told to stop. Names the Kafka that it is.
    bool make_contact() {
        // Told to stop in its first moments, it still sends what there is, unless it has heard that Kafka is away.
        while (!is_stopping_ || (connection_trouble_.empty() && std::chrono::steady_clock::now() < stop_at_.load())) {
            if (const auto id = producer_->cluster_id(contact_wait)) {
                cursor_name_ = fmt::format("kafka {} {}", *id, settings_.topic_prefix);
                is_connected_ = true;
                last_progress_ = std::chrono::steady_clock::now();
                return true;
            }
            producer_->serve(milliseconds{0});
            show();
        }
        return false;
    }

    Task<Result<std::unique_ptr<Follower>>> begin() {
        CO_TRY(const auto kept, co_await store_.kept_cursor(cursor_name_));
        position_ = kept_ = read_to_ = kept.value_or(0);
        auto follower = co_await feed_.follow(kept ? Start::behind({*kept}) : Start::beginning());
        if (!follower && is_lost(follower.error())) follower = co_await begin_anew();
        co_return follower;
    }

    /// The changes behind the cursor are not there, so what is missing can never be sent.
    static bool is_lost(const Error& error) { return error.code == ErrorCode::gone || error.code == ErrorCode::invalid; }

    Task<Result<std::unique_ptr<Follower>>> begin_anew() {
        ++gaps_;
        log::error(
            fmt::format("Kafka {}: changes behind commit {} are not in the store any more, and were never sent; going on with the oldest "
                        "that is there. Keep changes longer than Kafka may be away",
                        fmt::join(settings_.brokers, ","), position_.load()));
        read_to_ = 0;
        co_return co_await feed_.follow(Start::beginning());
    }

    /// Remembers whether the store does what it is asked.
    template <class T>
    Task<Result<T>> store_answers(Task<Result<T>> task) {
        auto result = co_await std::move(task);
        is_store_away_ = !result && !is_lost(result.error());
        if (is_store_away_) trouble_ = result.error().message;
        co_return result;
    }

    Task<void> send_some() {
        const auto batch = co_await store_answers(read(unacknowledged_.messages() > 0 ? busy_wait : idle_wait));
        producer_->serve(milliseconds{0});
        if (batch) {
            hand_over(*batch);
        } else if (is_lost(batch.error())) {
            if (auto anew = co_await store_answers(begin_anew())) follower_ = *std::move(anew);
            else wait(pause_first);
        } else {
            wait(pause_first);
        }
        const auto now = std::chrono::steady_clock::now();
        if (now - last_keep_ >= keep_interval) {
            last_keep_ = now;
            co_await keep();
        }
        if (state_ == KafkaState::away && unacknowledged_.messages() == 0 && now - last_look_ >= look_interval) {
            last_look_ = now;
            if (producer_->reach(reach_wait)) is_connected_ = true;
        }
        show();
    }

    /// What comes next. The feed stops before the service's last requests have ended; from then on the store is asked.
    Task<Result<CommitBatch>> read(milliseconds wait_at_most) {
        auto batch = co_await follower_->next(commits_at_once, wait_at_most);
        if (batch || batch.error().code != ErrorCode::unavailable) co_return batch;
        CO_TRY(auto page, co_await store_.changes_after(read_to_, commits_at_once));
        CommitBatch commits;
        for (auto& commit : page.commits) commits.push_back(std::make_shared<const domain::Commit>(std::move(commit)));
        if (commits.empty()) wait(wait_at_most);
        co_return commits;
    }

    bool hand_over(const CommitBatch& batch) {
        for (const auto& commit : batch)
            if (!hand_over(*commit)) return false;
        if (batch.empty()) return true;
        // A batch holds all commits of each seq in it.
        unacknowledged_.close();
        read_to_ = batch.back()->seq;
        return true;
    }

    /// False: told to stop, or the producer is of no use any more.
    bool hand_over(const domain::Commit& commit) {
        if (unacknowledged_.messages() == 0) last_progress_ = std::chrono::steady_clock::now();
        const auto tombstones = std::ranges::count_if(commit.changes, [](const domain::RowChange& change) { return !change.after; });
        const auto ticket = unacknowledged_.add(commit.seq, commit.time, commit.changes.size() + static_cast<std::size_t>(tombstones));
        for (std::size_t i = 0; i < commit.changes.size(); ++i) {
            const auto& topic = writer_.topic(commit.changes[i].table());
            const auto message = writer_.message(commit, i, clock_.now());
            if (!send(topic, message.key, message.value, ticket)) return false;
            if (message.is_removal && !send(topic, message.key, std::nullopt, ticket)) return false;
        }
        return true;
    }

    bool send(const std::string& topic, std::string_view key, std::optional<std::string_view> value, std::uint64_t ticket) {
        while (!is_broken_) {
            const auto result = producer_->send(topic, key, value, ticket);
            if (!result) refused(topic, result.error().message);
            else if (*result == KafkaProducer::Taken::full) producer_->serve(full_wait);
            else {
                ++held_;
                return true;
            }
            show();
            if (is_stopping_) return false;
        }
        return false;
    }

    Task<void> keep() {
        const auto done = unacknowledged_.done();
        if (done == 0 || done == kept_) co_return;
        if (co_await store_answers(store_.keep_cursor(cursor_name_, done))) kept_ = done;
    }

    /// Nobody commits any more, so this comes to an end.
    Task<void> finish() {
        const auto end = stop_at_.load();
        while (!is_broken_ && std::chrono::steady_clock::now() < end) {
            const auto batch = co_await read(milliseconds{0});
            // With a full queue the rest is for the next run.
            if (!batch || batch->empty() || !hand_over(*batch)) break;
        }
        const auto left = std::chrono::floor<milliseconds>(end - std::chrono::steady_clock::now());
        producer_->flush(std::max(left, milliseconds{0}));
    }

    /// Blocks this thread, which nobody else needs.
    void wait(milliseconds duration) {
        const auto end = std::chrono::steady_clock::now() + duration;
        while (!is_stopping_ && std::chrono::steady_clock::now() < end) {
            // None: it was broken, and a new one could not be made.
            if (producer_) producer_->serve(full_wait);
            else std::this_thread::sleep_for(full_wait);
            show();
        }
    }

    void acknowledged(std::uint64_t ticket) override {
        // One that was broken may still have sent some.
        if (is_broken_) return;
        unacknowledged_.acknowledge(ticket);
        --held_;
        ++sent_;
        is_connected_ = true;
        is_refused_ = false;
        last_progress_ = std::chrono::steady_clock::now();
    }

    void refused(std::string_view topic, std::string_view why) override {
        ++failed_;
        is_broken_ = is_refused_ = true;
        trouble_ = topic.empty() ? std::string(why) : fmt::format("{}: {}", topic, why);
    }

    void troubled(std::string_view why) override { connection_trouble_ = why; }

    void observed(bool connected, std::uint64_t repeats) override {
        // An idle client may have no connection and no trouble.
        if (connected) is_connected_ = true;
        else if (!connection_trouble_.empty()) is_connected_ = false;
        if (is_connected_) connection_trouble_.clear();
        retried_ += repeats >= repeats_ ? repeats - repeats_ : repeats;
        repeats_ = repeats;
    }

    /// What others see of it: the figures, and a line in the log when its state is another one.
    void show() {
        if (unacknowledged_.done() != 0) position_ = unacknowledged_.done();
        in_flight_ = held_;
        lag_commits_ = unacknowledged_.commits();
        // Before it knows where it stands it is late since it began.
        const auto oldest = cursor_name_.empty() ? std::optional(began_) : unacknowledged_.oldest();
        oldest_us_ = oldest ? oldest->time_since_epoch().count() : 0;
        const auto state = present_state();
        if (state_.exchange(state) != state) tell(state);
    }

    KafkaState present_state() const {
        const auto quiet = std::chrono::steady_clock::now() - last_progress_;
        if (is_refused_) return KafkaState::refused;
        if (is_store_away_) return KafkaState::no_store;
        if (cursor_name_.empty() && connection_trouble_.empty() && quiet < away_after) return KafkaState::starting;
        if (!is_connected_ || (unacknowledged_.messages() > 0 && quiet >= away_after)) return KafkaState::away;
        return KafkaState::sending;
    }

    void tell(KafkaState state) const {
        const auto where = fmt::format("Kafka {}", fmt::join(settings_.brokers, ","));
        switch (state) {
            case KafkaState::starting: break;
            case KafkaState::sending: log::info(fmt::format("{}: sending what is behind commit {}", where, position_.load())); break;
            case KafkaState::away:
                log::warn(fmt::format("{}: no answer{}; changes wait in the store", where,
                                      connection_trouble_.empty() ? "" : " (" + connection_trouble_ + ")"));
                break;
            case KafkaState::refused: log::error(fmt::format("{}: a message is refused ({}); it is tried again", where, trouble_)); break;
            case KafkaState::no_store: log::warn(fmt::format("{}: the store does not give its changes ({})", where, trouble_)); break;
        }
    }

    const KafkaSettings settings_;
    Feed& feed_;
    store::Store& store_;
    const Clock& clock_;
    const KafkaWriter writer_;
    const Time began_ = clock_.now();
    std::atomic<bool> is_stopping_{false};
    std::atomic<Moment> stop_at_{Moment{}};  // set before it

    // Of the sink's own thread.
    std::unique_ptr<KafkaProducer> producer_;
    std::unique_ptr<Follower> follower_;
    Unacknowledged unacknowledged_;
    std::size_t held_ = 0;     // messages, by the producer
    std::string cursor_name_;  // empty until a broker has said which Kafka it is
    domain::Seq kept_ = 0;
    domain::Seq read_to_ = 0;  // and handed over
    bool is_broken_ = false;  // the producer
    bool is_refused_ = false;
    bool is_connected_ = false;
    bool is_store_away_ = false;
    std::string trouble_;
    std::string connection_trouble_;
    std::uint64_t repeats_ = 0;  // of the present producer
    Moment last_progress_ = std::chrono::steady_clock::now();
    Moment last_keep_ = last_progress_;
    Moment last_look_ = last_progress_;

    // Of all.
    std::atomic<KafkaState> state_{KafkaState::starting};
    std::atomic<domain::Seq> position_{0};
    std::atomic<std::int64_t> oldest_us_{0};
    std::atomic<std::uint64_t> lag_commits_{0};
    std::atomic<std::uint64_t> in_flight_{0};
    std::atomic<std::uint64_t> sent_{0};
    std::atomic<std::uint64_t> failed_{0};
    std::atomic<std::uint64_t> retried_{0};
    std::atomic<std::uint64_t> gaps_{0};

    boost::asio::io_context context_{1};
    TaskGroup tasks_{context_.get_executor(), [](const std::exception_ptr& error) { tell_exception(error); }};
    std::thread thread_;

    static void tell_exception(const std::exception_ptr& error) {
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& what) {
            log::error(fmt::format("sending to Kafka ended by an exception, which is a bug: {}", what.what()));
        }
    }
};

}  // namespace

std::string_view name_of(KafkaState state) noexcept {
    switch (state) {
        case KafkaState::starting: return "starting";
        case KafkaState::sending: return "sending";
        case KafkaState::away: return "away";
        case KafkaState::refused: return "refused";
        case KafkaState::no_store: return "no_store";
    }
    return "";
}

Result<std::unique_ptr<KafkaSink>> KafkaSink::open(const KafkaSettings& settings, Feed& feed, store::Store& store, const Clock& clock) {
    auto sink = std::make_unique<Sink>(settings, feed, store, clock);
    TRY_VOID(sink->start());
    return sink;
}

}  // namespace cartwheel::changes
