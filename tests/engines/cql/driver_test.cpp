#include "cartwheel/engines/cql/driver.h"

#include <cql_bridge/bridge.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/detached.hpp>
#include <future>
#include <thread>

#include "engines/cql/nodes.h"
#include "engines/cql/proxy.h"
#include "support/run_task.h"

namespace cartwheel::engines::cql {
namespace {

using namespace std::chrono_literals;
using test::run_task;
using test::run_tasks;
using ::testing::HasSubstr;
using Kind = CqlError::Kind;

constexpr StatementOptions one{.consistency = Consistency::one};
constexpr StatementOptions conditional_write{
    .consistency = Consistency::one, .serial_consistency = Consistency::serial, .conditional = true};

std::unique_ptr<Driver> started(DriverSettings settings) { return Driver::start(std::move(settings)).value(); }

std::unique_ptr<Driver> connected(DriverSettings settings) {
    auto driver = started(std::move(settings));
    const auto outcome = run_task(driver->connect());
    EXPECT_TRUE(outcome) << outcome.error().message;
    return driver;
}

/// Waits for `condition`, though not for ever: then the test that follows says what is wrong.
template <class Condition>
bool within_time(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::yield();
    }
    return true;
}

/// The kind of failure, or nothing of a success.
template <class T>
std::optional<Kind> failure(const CqlResult<T>& result) {
    if (result) return std::nullopt;
    return result.error().kind;
}

Uuid id(unsigned number) { return *Uuid::parse(fmt::format("00000000-0000-4000-8000-{:012x}", number)); }

/// One driver for all tests that need no other, and the table that they share.
class CqlDriver : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        if (!test::nodes_are_there()) return;
        shared = connected(test::node_settings());
        ask("CREATE KEYSPACE IF NOT EXISTS driver_test WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
        ask("DROP TABLE IF EXISTS driver_test.item");
        ask("CREATE TABLE driver_test.item (shop uuid, item int, name text, price decimal, tags list<text>, stock map<text, int>, "
            "version bigint static, PRIMARY KEY (shop, item))");
    }
    static void TearDownTestSuite() { shared.reset(); }

    void SetUp() override {
        if (!test::nodes_are_there()) FAIL() << test::no_nodes;
    }

    static Driver& driver() { return *shared; }
    static void ask(const std::string& cql) {
        const auto answer = run_task(shared->query(cql, one));
        EXPECT_TRUE(answer) << cql << ": " << answer.error().message;
    }
    static Statement prepared(const std::string& cql, StatementOptions options = one) { return prepared_by(*shared, cql, options); }
    static Statement prepared_by(Driver& by, const std::string& cql, StatementOptions options = one) {
        const auto statement = run_task(by.prepare(cql, options));
        EXPECT_TRUE(statement) << cql << ": " << statement.error().message;
        return statement.value_or(Statement());
    }
    static Answer run(const Statement& statement, Values values, std::string page = {}) {
        return run_task(shared->execute(statement, std::move(values), std::move(page)));
    }
    static void insert(const Uuid& shop, int item, std::string_view name) {
        static const auto statement = prepared("INSERT INTO driver_test.item (shop, item, name) VALUES (?, ?, ?)");
        EXPECT_TRUE(run(statement, Values().uuid(shop).int32(item).text(name)));
    }

    /// A driver whose way to the node is `proxy`.
    static std::unique_ptr<Driver> through(const test::Proxy& proxy, DriverSettings settings = test::node_settings()) {
        settings.hosts = {proxy.address()};
        settings.connections_per_host = 1;
        return connected(std::move(settings));
    }
    static std::string node() { return test::node_settings().hosts.front(); }

private:
    static inline std::unique_ptr<Driver> shared;
};

TEST_F(CqlDriver, AnswersAQueryWithRowsUnderTheirNames) {
    const auto answer = run_task(driver().query("SELECT key, cluster_name FROM system.local", one));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->rows(), 1U);
    EXPECT_EQ(answer->columns(), 2U);
    EXPECT_EQ(answer->column("cluster_name"), 1U);
    EXPECT_EQ(answer->column("no such"), std::nullopt);
    EXPECT_EQ(answer->column_name(0), "key");
    EXPECT_EQ(answer->column_name(7), "");
    EXPECT_EQ(answer->column_type(0), "text");
    EXPECT_EQ(Cells(answer->cells()).text(), "local");
}

TEST_F(CqlDriver, NamesTheTypesOfValuesAndRows) {
    const auto statement = prepared("SELECT name, price, tags, stock, version FROM driver_test.item WHERE shop = ? AND item = ?");
    EXPECT_EQ(statement.bind_types(), "uuid,int");
    EXPECT_EQ(statement.result_types(), "text,decimal,list<text>,map<text,int>,bigint");
}

TEST_F(CqlDriver, WritesAndReadsValuesAndNulls) {
    const auto write = prepared("INSERT INTO driver_test.item (shop, item, name, price, version) VALUES (?, ?, ?, ?, ?)");
    const auto written = run(write, Values().uuid(id(1)).int32(7).text("Wheel").null().int64(42));
    ASSERT_TRUE(written) << written.error().message;
    EXPECT_EQ(written->rows(), 0U);
    const auto read = prepared("SELECT item, name, price, version FROM driver_test.item WHERE shop = ?");
    const auto answer = run(read, Values().uuid(id(1)));
    ASSERT_TRUE(answer) << answer.error().message;
    ASSERT_EQ(answer->rows(), 1U);
    Cells cells(answer->cells());
    EXPECT_EQ(cells.int32(), 7);
    EXPECT_EQ(cells.text(), "Wheel");
    EXPECT_EQ(cells.next(), std::nullopt);
    EXPECT_EQ(cells.int64(), 42);
    EXPECT_TRUE(cells.at_end());
    EXPECT_FALSE(cells.failed());
}

TEST_F(CqlDriver, ReadsPageByPage) {
    for (int item = 0; item < 25; ++item) insert(id(2), item, "x");
    auto options = one;
    options.page_size = 10;
    const auto read = prepared("SELECT item FROM driver_test.item WHERE shop = ?", options);
    std::vector<std::size_t> pages;
    std::string page;
    do {
        const auto answer = run(read, Values().uuid(id(2)), page);
        ASSERT_TRUE(answer) << answer.error().message;
        pages.push_back(answer->rows());
        page = answer->paging_state();
    } while (!page.empty());
    EXPECT_THAT(pages, ::testing::ElementsAre(10, 10, 5));
}

TEST_F(CqlDriver, TellsWhetherAConditionalBatchWasApplied) {
    const auto guard = prepared("UPDATE driver_test.item SET version = ? WHERE shop = ? IF version = ?", conditional_write);
    const auto write = prepared("INSERT INTO driver_test.item (shop, item, name) VALUES (?, ?, ?)", conditional_write);
    const BatchOptions options{.kind = BatchOptions::Kind::unlogged,
                               .consistency = Consistency::one,
                               .serial_consistency = Consistency::serial,
                               .conditional = true};
    const auto commit = [&](Values guarded) {
        std::vector<BatchItem> items{{guard, std::move(guarded)}, {write, Values().uuid(id(3)).int32(1).text("Bell")}};
        return run_task(driver().batch(options, std::move(items)));
    };
    const auto applied = [](const Answer& answer) {
        EXPECT_EQ(answer->column("[applied]"), 0U);
        return Cells(answer->cells()).boolean();
    };
    const auto first = commit(Values().int64(1).uuid(id(3)).null());
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ(applied(first), true);
    const auto second = commit(Values().int64(1).uuid(id(3)).null());
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_EQ(applied(second), false);
    const auto version = second->column("version");
    ASSERT_TRUE(version);
    Cells cells(second->cells());
    for (std::size_t i = 0; i < *version; ++i) cells.skip();
    EXPECT_EQ(cells.int64(), 1);
}

TEST_F(CqlDriver, WritesALoggedBatchOverPartitions) {
    const auto write = prepared("INSERT INTO driver_test.item (shop, item, name) VALUES (?, ?, ?)");
    std::vector<BatchItem> items;
    for (unsigned shop = 40; shop < 43; ++shop) items.push_back({write, Values().uuid(id(shop)).int32(1).text("Tube")});
    const auto answer = run_task(driver().batch({.consistency = Consistency::one}, std::move(items)));
    ASSERT_TRUE(answer) << answer.error().message;
    const auto read = prepared("SELECT name FROM driver_test.item WHERE shop = ?");
    for (unsigned shop = 40; shop < 43; ++shop) EXPECT_EQ(run(read, Values().uuid(id(shop)))->rows(), 1U);
}

TEST_F(CqlDriver, RefusesValuesThatDoNotFit) {
    const auto read = prepared("SELECT name FROM driver_test.item WHERE shop = ? AND item = ?");
    EXPECT_EQ(failure(run(read, Values())), Kind::invalid);
    EXPECT_EQ(failure(run(read, Values().uuid(id(1)).int32(1).int32(1))), Kind::invalid);
    EXPECT_EQ(failure(run(read, Values().int64(1).int32(1))), Kind::invalid);
    EXPECT_EQ(failure(run(Statement(), Values())), Kind::invalid);
    const auto of_batch = run_task(driver().batch({.consistency = Consistency::one}, {{read, Values()}}));
    EXPECT_EQ(failure(of_batch), Kind::invalid);
    for (const auto& answer : {run(read, Values()), run(read, Values().int64(1).int32(1))}) EXPECT_FALSE(answer.error().outcome_unknown());
}

TEST_F(CqlDriver, TellsWrongStatementsApart) {
    EXPECT_EQ(failure(run_task(driver().query("SELEKT", one))), Kind::syntax);
    EXPECT_EQ(failure(run_task(driver().query("SELECT a FROM driver_test.no_such", one))), Kind::invalid);
    EXPECT_EQ(failure(run_task(driver().prepare("SELEKT", one))), Kind::syntax);
    EXPECT_EQ(failure(run_task(driver().prepare("SELECT a FROM driver_test.no_such", one))), Kind::invalid);
}

TEST_F(CqlDriver, SaysWhenTooFewNodesAreThere) {
    auto options = one;
    options.consistency = Consistency::all;
    ask("CREATE KEYSPACE IF NOT EXISTS driver_test_two WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 2}");
    ask("CREATE TABLE IF NOT EXISTS driver_test_two.item (id int PRIMARY KEY)");
    const auto write = prepared("INSERT INTO driver_test_two.item (id) VALUES (?)", options);
    const auto answer = run(write, Values().int32(1));
    EXPECT_EQ(failure(answer), Kind::unavailable);
    EXPECT_FALSE(answer.error().outcome_unknown());
}

TEST_F(CqlDriver, AwaitsTheAgreementOfSchemas) { EXPECT_TRUE(run_task(driver().await_schema_agreement())); }

TEST_F(CqlDriver, IsNotConnectedWhereNobodyListensAndMayTryAgain) {
    auto settings = test::node_settings();
    settings.hosts = {"127.0.0.1:1"};
    settings.connect_timeout = 1s;
    const auto nobody = started(settings);
    EXPECT_EQ(failure(run_task(nobody->query("SELECT key FROM system.local", one))), Kind::connection_lost);
    for (int attempt = 0; attempt < 2; ++attempt) EXPECT_EQ(failure(run_task(nobody->connect())), Kind::connection_lost);
    EXPECT_FALSE(nobody->connected());
}

TEST_F(CqlDriver, DoesNotRunOnNamesWithoutAddresses) {
    auto settings = test::node_settings();
    settings.hosts = {"no-such-host.invalid"};
    EXPECT_EQ(failure(run_task(started(settings)->connect())), Kind::connection_lost);
}

TEST_F(CqlDriver, WantsADatacenterThatIsThere) {
    auto settings = test::node_settings();
    settings.datacenter = "nowhere";
    const auto outcome = run_task(started(settings)->connect());
    ASSERT_EQ(failure(outcome), Kind::invalid);
    EXPECT_THAT(outcome.error().message, HasSubstr("no node is in a datacenter nowhere; there are: datacenter1"));
    settings.datacenter = "datacenter1";
    EXPECT_TRUE(run_task(connected(settings)->query("SELECT key FROM system.local", one)));
}

TEST_F(CqlDriver, DoesNotTellThePasswordWhenACertificateFileIsMissing) {
    auto settings = test::node_settings();
    settings.password = "a secret";
    settings.ca_file = "no-such-file.pem";
    const auto outcome = run_task(started(settings)->connect());
    ASSERT_FALSE(outcome);
    EXPECT_THAT(outcome.error().message, HasSubstr("no-such-file.pem"));
    EXPECT_THAT(outcome.error().message, ::testing::Not(HasSubstr("secret")));
}

TEST_F(CqlDriver, IsToldThatAPasswordIsWrong) {
    auto settings = test::node_settings();
    if (settings.user.empty()) GTEST_SKIP() << "this Cassandra asks for no password";
    settings.password += " not";
    EXPECT_EQ(failure(run_task(started(settings)->connect())), Kind::auth);
    settings.user.clear();
    EXPECT_EQ(failure(run_task(started(settings)->connect())), Kind::auth);
}

TEST_F(CqlDriver, TrustsNodesOfItsAuthorityOnly) {
    auto settings = test::node_settings();
    if (settings.certificate_file.empty()) GTEST_SKIP() << "this Cassandra shows and asks for no certificates";
    settings.ca_file = settings.certificate_file;
    EXPECT_EQ(failure(run_task(started(settings)->connect())), Kind::connection_lost);
}

TEST_F(CqlDriver, ShowsACertificateToNodesThatAskForOne) {
    auto settings = test::node_settings();
    if (settings.certificate_file.empty()) GTEST_SKIP() << "this Cassandra shows and asks for no certificates";
    settings.certificate_file.clear();
    EXPECT_EQ(failure(run_task(started(settings)->connect())), Kind::connection_lost);
}

TEST_F(CqlDriver, ConnectsAnewAndKeepsItsStatements) {
    const auto read = prepared("SELECT key FROM system.local");
    for (int time = 0; time < 3; ++time) {
        std::vector<Task<Answer>> tasks;
        for (int i = 0; i < 50; ++i) tasks.push_back(driver().execute(read, Values()));
        std::jthread connecting([] { EXPECT_TRUE(run_task(driver().connect())); });
        for (const auto& answer : run_tasks(std::move(tasks))) EXPECT_TRUE(answer) << answer.error().message;
    }
    EXPECT_TRUE(run(read, Values()));
}

TEST_F(CqlDriver, RefusesMoreThanItsLimitInFlight) {
    test::Proxy proxy(node());
    auto settings = test::node_settings();
    settings.in_flight_max = 3;
    const auto limited = through(proxy, settings);
    const auto read = prepared_by(*limited, "SELECT key FROM system.local");
    proxy.hold_answers();
    const auto begin = limited->figures();
    std::vector<Task<Answer>> tasks;
    for (int i = 0; i < 5; ++i) tasks.push_back(limited->execute(read, Values()));
    std::jthread passing([&] {
        EXPECT_TRUE(within_time([&] { return limited->figures().refused == begin.refused + 2; }));
        EXPECT_EQ(limited->figures().in_flight, 3U);
        proxy.pass_answers();
    });
    const auto answers = run_tasks(std::move(tasks));
    EXPECT_EQ(std::ranges::count_if(answers, [](const auto& answer) { return answer.has_value(); }), 3);
    EXPECT_EQ(std::ranges::count_if(answers, [](const auto& answer) { return failure(answer) == Kind::overloaded; }), 2);
    EXPECT_EQ(limited->figures().in_flight, 0U);
    EXPECT_EQ(limited->figures().sent, begin.sent + 3);
}

TEST_F(CqlDriver, GivesAStatementUpInTime) {
    test::Proxy proxy(node());
    const auto slow = through(proxy);
    auto options = one;
    options.timeout = 50ms;
    const auto write = prepared_by(*slow, "INSERT INTO driver_test.item (shop, item) VALUES (?, ?)", options);
    proxy.hold_answers();
    const auto answer = run_task(slow->execute(write, Values().uuid(id(5)).int32(1)));
    EXPECT_EQ(failure(answer), Kind::client_timeout);
    EXPECT_TRUE(answer.error().outcome_unknown());
    proxy.pass_answers();
}

TEST_F(CqlDriver, FindsOutThatANodeDoesNotAnswerAnyMore) {
    test::Proxy proxy(node());
    auto settings = test::node_settings();
    settings.heartbeat_interval = 100ms;
    settings.heartbeat_timeout = 200ms;
    settings.request_timeout = 60s;
    const auto patient = through(proxy, settings);
    const auto write = prepared_by(*patient, "INSERT INTO driver_test.item (shop, item) VALUES (?, ?)");
    proxy.hold_answers();
    testing::internal::CaptureStderr();
    const auto answer = run_task(patient->execute(write, Values().uuid(id(5)).int32(1)));
    EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("database driver: Timed out while waiting for response to keepalive"));
    EXPECT_EQ(failure(answer), Kind::connection_lost);
    EXPECT_TRUE(answer.error().outcome_unknown());
    proxy.pass_answers();
}

TEST_F(CqlDriver, GoesOnByItselfWhenTheNodeIsBack) {
    test::Proxy proxy(node());
    const auto cut_off = through(proxy);
    const auto read = prepared_by(*cut_off, "SELECT key FROM system.local");
    proxy.cut();
    const auto works = [&] { return run_task(cut_off->execute(read, Values())).has_value(); };
    ASSERT_TRUE(within_time([&] { return !works(); }));
    const auto answer = run_task(cut_off->execute(read, Values()));
    EXPECT_EQ(failure(answer), Kind::connection_lost);
    EXPECT_FALSE(answer.error().outcome_unknown()) << "without a connection nothing is sent";
    proxy.mend();
    EXPECT_TRUE(within_time(works));
}

TEST_F(CqlDriver, AbortsWhatIsInFlightWhenItStops) {
    test::Proxy proxy(node());
    auto stopped = through(proxy);
    const auto read = prepared_by(*stopped, "SELECT key FROM system.local");
    proxy.hold_answers();
    std::vector<Task<Answer>> tasks;
    for (int i = 0; i < 100; ++i) tasks.push_back(stopped->execute(read, Values()));
    std::jthread stopping([&] {
        EXPECT_TRUE(within_time([&] { return stopped->figures().in_flight == 100; }));
        stopped->stop();
        stopped->stop();
    });
    for (const auto& answer : run_tasks(std::move(tasks))) EXPECT_EQ(failure(answer), Kind::aborted);
    stopping.join();
    EXPECT_EQ(stopped->figures().in_flight, 0U);
    EXPECT_EQ(failure(run_task(stopped->execute(read, Values()))), Kind::aborted);
    EXPECT_EQ(failure(run_task(stopped->connect())), Kind::aborted);
}

/// Counts the coroutines that are still there.
class Alive {
public:
    explicit Alive(int& count) : count_(++count) {}
    ~Alive() { --count_; }
    Alive(const Alive&) = delete;
    Alive& operator=(const Alive&) = delete;

private:
    int& count_;
};

Task<void> ask_once(Driver* driver, Statement statement, int* alive, int* answered) {
    const Alive here(*alive);
    co_await driver->execute(std::move(statement), Values());
    ++*answered;
}

TEST_F(CqlDriver, MayOutliveAnIoContextThatWaitsForIt) {
    test::Proxy proxy(node());
    const auto survivor = through(proxy);
    const auto read = prepared_by(*survivor, "SELECT key FROM system.local");
    proxy.hold_answers();
    int alive = 0;
    int answered = 0;
    auto context = std::make_unique<boost::asio::io_context>(1);
    for (int i = 0; i < 100; ++i) boost::asio::co_spawn(*context, ask_once(survivor.get(), read, &alive, &answered), boost::asio::detached);
    context->poll();
    EXPECT_EQ(alive, 100);
    context.reset();
    EXPECT_EQ(alive, 0);
    EXPECT_EQ(answered, 0);
    proxy.pass_answers();
    EXPECT_TRUE(run_task(survivor->execute(read, Values())));
}

TEST_F(CqlDriver, MayEndBeforeAnIoContextThatWaitsForIt) {
    test::Proxy proxy(node());
    auto ended = through(proxy);
    const auto read = prepared_by(*ended, "SELECT key FROM system.local");
    proxy.hold_answers();
    int alive = 0;
    int answered = 0;
    boost::asio::io_context context(1);
    for (int i = 0; i < 100; ++i) boost::asio::co_spawn(context, ask_once(ended.get(), read, &alive, &answered), boost::asio::detached);
    context.poll();
    ended.reset();
    EXPECT_EQ(answered, 0);
    context.run();
    EXPECT_EQ(answered, 100);
    EXPECT_EQ(alive, 0);
}

TEST_F(CqlDriver, AnswersManyThreadsAtOnce) {
    const auto read = prepared("SELECT key FROM system.local");
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&] {
            std::vector<Task<Answer>> tasks;
            for (int i = 0; i < 300; ++i) tasks.push_back(driver().execute(read, Values()));
            for (const auto& answer : run_tasks(std::move(tasks))) EXPECT_TRUE(answer) << answer.error().message;
        });
    }
}

/// Says how it ended: true when it was completed.
class Ending final : public ffi::Completion {
public:
    explicit Ending(std::promise<bool>& how) : how_(how) {}
    ~Ending() override { how_.set_value(completed_); }
    void complete(rust::Box<ffi::Reply> /*reply*/) noexcept override { completed_ = true; }

private:
    std::promise<bool>& how_;
    bool completed_ = false;
};

/// Keeps the lines that it is given.
class Lines final : public ffi::Log {
public:
    explicit Lines(std::string& to) : to_(to) {}
    void warn(rust::Str /*text*/) const noexcept override {}
    void error(rust::Str text) const noexcept override { to_.append(text.data(), text.size()); }

private:
    std::string& to_;
};

TEST(CqlBridge, LetsGoOfACompletionWhoseTaskPanicsAndGoesOn) {
    std::string lines;
    const auto runtime = ffi::start_runtime(std::make_unique<Lines>(lines));
    for (int time = 0; time < 2; ++time) {
        std::promise<bool> how;
        runtime->panic(std::make_unique<Ending>(how));
        auto ended = how.get_future();
        ASSERT_EQ(ended.wait_for(30s), std::future_status::ready);
        EXPECT_FALSE(ended.get());
    }
    runtime->stop();
    EXPECT_THAT(lines, HasSubstr("asked to"));
    std::promise<bool> how;
    runtime->panic(std::make_unique<Ending>(how));
    auto ended = how.get_future();
    ASSERT_EQ(ended.wait_for(30s), std::future_status::ready);
    EXPECT_FALSE(ended.get());
}

}  // namespace
}  // namespace cartwheel::engines::cql
