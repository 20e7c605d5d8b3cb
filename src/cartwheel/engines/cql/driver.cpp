#include "cartwheel/engines/cql/driver.h"

#include <cql_bridge/bridge.h>
#include <fmt/format.h>

#include <atomic>
#include <mutex>
#include <utility>

#include "cartwheel/base/log.h"
#include "cartwheel/engines/cql/bridged.h"
#include "cartwheel/engines/cql/inbox.h"

namespace cartwheel::engines::cql {
namespace {

using Session = std::shared_ptr<const rust::Box<ffi::Session>>;

rust::Str str(std::string_view text) { return {text.data(), text.size()}; }
rust::Slice<const std::uint8_t> bytes(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }
std::string_view view(rust::Slice<const std::uint8_t> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

class DriverLog final : public ffi::Log {
public:
    void warn(rust::Str text) const noexcept override {
        // Cassandra warns of batches over 5 KiB, which a product with a long picture is by itself; that is nothing to mend.
        if (std::string_view(text.data(), text.size()).find("exceeding specified threshold") != std::string_view::npos) return;
        write(log::Level::warn, text);
    }
    void error(rust::Str text) const noexcept override { write(log::Level::error, text); }

private:
    static void write(log::Level level, rust::Str text) noexcept {
        try {
            log::write(level, fmt::format("database driver: {}", std::string_view(text.data(), text.size())));
        } catch (const std::exception&) {  // no memory for the line: the driver goes on without it
        }
    }
};

/// Of what never left this process.
std::unexpected<CqlError> not_sent(CqlError::Kind kind, std::string message) {
    return std::unexpected(CqlError{.kind = kind, .write = WriteKind::none, .may_have_happened = false, .message = std::move(message)});
}

}  // namespace

struct Driver::Parts : std::enable_shared_from_this<Driver::Parts> {
    Parts(DriverSettings what, rust::Box<ffi::Runtime> where) : settings(std::move(what)), runtime(std::move(where)) {}

    const DriverSettings settings;
    const rust::Box<ffi::Runtime> runtime;
    std::atomic<std::uint64_t> sent = 0;
    std::atomic<std::uint64_t> failed = 0;
    std::atomic<std::uint64_t> refused = 0;
    std::atomic<std::size_t> in_flight = 0;
    std::atomic<bool> stopped = false;

    Session session() const {
        const std::scoped_lock lock(mutex_);
        return session_;
    }
    void replace_session(Session with) {
        Session old;  // freed outside the lock, if nobody else has it
        const std::scoped_lock lock(mutex_);
        old = std::exchange(session_, std::move(with));
    }

    /// What a statement needs to be sent, or why it is not.
    struct Place {
        Session session;
        InFlight in_flight;
    };
    CqlResult<Place> take_place(Admission admission = Admission::limited) {
        if (stopped) return not_sent(CqlError::Kind::aborted, "the driver was stopped");
        Place place{.session = session(), .in_flight = {}};
        if (!place.session) return not_sent(CqlError::Kind::connection_lost, "not connected yet");
        if (in_flight.fetch_add(1) >= settings.in_flight_max && admission == Admission::limited) {
            in_flight.fetch_sub(1);
            refused.fetch_add(1);
            return not_sent(CqlError::Kind::overloaded, "too many statements are in flight");
        }
        place.in_flight = InFlight({shared_from_this(), &in_flight});
        sent.fetch_add(1);
        return place;
    }

    /// The reply, if it is no failure.
    CqlResult<ReplyBox> check(Result<ReplyBox> reply) {
        if (reply && (*reply)->error() == ffi::ErrorKind::None) return *std::move(reply);
        failed.fetch_add(1);
        if (!reply) {
            return std::unexpected(CqlError{.kind = CqlError::Kind::aborted,
                                            .write = WriteKind::none,
                                            .may_have_happened = true,
                                            .message = "the driver stopped before the answer came"});
        }
        return std::unexpected(CqlError{.kind = kind_of((*reply)->error()),
                                        .write = kind_of((*reply)->write_kind()),
                                        .may_have_happened = (*reply)->may_have_happened(),
                                        .message = std::string((*reply)->message())});
    }

    /// Asks the driver: `question` gets what Rust is to answer to. Touches nothing of a Driver after the answer.
    template <class Question>
    static Task<Result<ReplyBox>> ask(InFlight in_flight, Question question) {
        auto begin = [in_flight = std::move(in_flight), question = std::move(question)](Completion<ReplyBox> completion) mutable {
            auto& inbox = boost::asio::use_service<Inbox>(completion.executor().context());
            question(inbox.expect(std::move(completion), std::move(in_flight)));
        };
        return Completion<ReplyBox>::wait(std::move(begin));
    }

private:
    mutable std::mutex mutex_;
    Session session_;  // shared with the statements in flight
};

void Rows::Free::operator()(ffi::Reply* reply) const noexcept { ReplyBox::from_raw(reply); }
std::size_t Rows::rows() const noexcept { return reply_->rows(); }
std::size_t Rows::columns() const noexcept { return reply_->columns(); }
std::string_view Rows::column_name(std::size_t index) const noexcept {
    const auto name = reply_->column_name(static_cast<std::uint32_t>(index));
    return {name.data(), name.size()};
}
std::string Rows::column_type(std::size_t index) const { return std::string(reply_->column_type(static_cast<std::uint32_t>(index))); }
std::string Rows::column_layout(std::size_t index) const { return std::string(reply_->column_layout(static_cast<std::uint32_t>(index))); }
std::optional<std::size_t> Rows::column(std::string_view name) const noexcept {
    for (std::size_t i = 0; i < columns(); ++i)
        if (column_name(i) == name) return i;
    return std::nullopt;
}
std::string_view Rows::cells() const noexcept { return view(reply_->cells()); }
std::string_view Rows::paging_state() const noexcept { return view(reply_->paging_state()); }

std::string Statement::bind_types() const { return std::string(statement_->bind_types()); }
std::string Statement::result_types() const { return std::string(statement_->result_types()); }

Driver::Driver(std::shared_ptr<Parts> parts) : parts_(std::move(parts)) {}

Driver::~Driver() { stop(); }

Result<std::unique_ptr<Driver>> Driver::start(DriverSettings settings) {
    try {
        return std::unique_ptr<Driver>(
            new Driver(std::make_shared<Parts>(std::move(settings), ffi::start_runtime(std::make_unique<DriverLog>()))));
    } catch (const rust::Error&) {
        return fail(Error::unavailable("The thread of the database driver could not be started"));
    }
}

void Driver::stop() {
    parts_->stopped = true;
    parts_->runtime->stop();
    parts_->replace_session(nullptr);
}

bool Driver::connected() const { return parts_->session() != nullptr; }

DriverFigures Driver::figures() const noexcept {
    return {.sent = parts_->sent, .failed = parts_->failed, .refused = parts_->refused, .in_flight = parts_->in_flight};
}

Task<CqlResult<void>> Driver::connect() {
    const auto parts = parts_;
    if (parts->stopped) co_return not_sent(CqlError::Kind::aborted, "the driver was stopped");
    auto question = [&parts](AnswerTo answer_to) { parts->runtime->connect(to_bridge(parts->settings), std::move(answer_to)); };
    CO_TRY(auto reply, parts->check(co_await Parts::ask({}, question)));
    parts->replace_session(std::make_shared<const rust::Box<ffi::Session>>(reply->take_session()));
    if (parts->stopped) parts->replace_session(nullptr);
    co_return CqlResult<void>();
}

Task<CqlResult<Statement>> Driver::prepare(std::string cql, StatementOptions options) {
    const auto parts = parts_;
    CO_TRY(auto place, parts->take_place());
    auto question = [&](AnswerTo answer_to) { (*place.session)->prepare(str(cql), to_bridge(options), std::move(answer_to)); };
    CO_TRY(auto reply, parts->check(co_await Parts::ask(std::move(place.in_flight), question)));
    auto* const raw = reply->take_statement().into_raw();
    co_return Statement(
        {raw, [](const ffi::Statement* statement) { rust::Box<ffi::Statement>::from_raw(const_cast<ffi::Statement*>(statement)); }});
}

Task<Answer> Driver::query(std::string cql, StatementOptions options) {
    const auto parts = parts_;
    CO_TRY(auto place, parts->take_place());
    auto question = [&](AnswerTo answer_to) { (*place.session)->query(str(cql), to_bridge(options), std::move(answer_to)); };
    CO_TRY(auto reply, parts->check(co_await Parts::ask(std::move(place.in_flight), question)));
    co_return Rows(std::move(reply).into_raw());
}

Task<Answer> Driver::execute(Statement statement, Values values, std::string paging_state, Admission admission) {
    const auto parts = parts_;
    if (!statement) co_return not_sent(CqlError::Kind::invalid, "the statement was not prepared");
    CO_TRY(auto place, parts->take_place(admission));
    auto question = [&](AnswerTo answer_to) {
        (*place.session)->execute(*statement.statement_, bytes(values.bytes()), values.count(), bytes(paging_state), std::move(answer_to));
    };
    CO_TRY(auto reply, parts->check(co_await Parts::ask(std::move(place.in_flight), question)));
    co_return Rows(std::move(reply).into_raw());
}

Task<Answer> Driver::batch(BatchOptions options, std::vector<BatchItem> items, Admission admission) {
    const auto parts = parts_;
    auto batch = ffi::new_batch(options.kind == BatchOptions::Kind::logged, to_bridge(options));
    for (const auto& item : items) {
        if (!item.statement) co_return not_sent(CqlError::Kind::invalid, "a statement of the batch was not prepared");
        batch->add(*item.statement.statement_, bytes(item.values.bytes()), item.values.count());
    }
    CO_TRY(auto place, parts->take_place(admission));
    auto question = [&](AnswerTo answer_to) { (*place.session)->batch(std::move(batch), std::move(answer_to)); };
    CO_TRY(auto reply, parts->check(co_await Parts::ask(std::move(place.in_flight), question)));
    co_return Rows(std::move(reply).into_raw());
}

Task<CqlResult<void>> Driver::await_schema_agreement() {
    const auto parts = parts_;
    CO_TRY(auto place, parts->take_place());
    auto question = [&](AnswerTo answer_to) { (*place.session)->await_schema_agreement(std::move(answer_to)); };
    CO_TRY(auto reply, parts->check(co_await Parts::ask(std::move(place.in_flight), question)));
    co_return CqlResult<void>();
}

}  // namespace cartwheel::engines::cql
