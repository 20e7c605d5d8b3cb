#include "engines/cql/test_keyspace.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "cartwheel/engines/cql/schema_text.h"
#include "engines/cql/nodes.h"
#include "support/run_task.h"

namespace cartwheel::test {

using namespace engines::cql;
using namespace std::chrono_literals;

TestKeyspace& TestKeyspace::get() {
    static TestKeyspace only;
    return only;
}

TestKeyspace::TestKeyspace() : name_(fmt::format("test_{}", ::getpid())) {
    if (!nodes_are_there()) throw std::runtime_error(std::string(no_nodes));
    auto settings = node_settings();
    settings.request_timeout = 30s;
    driver_ = Driver::start(std::move(settings)).value();
    if (const auto connected = run_task(driver_->connect()); !connected) throw std::runtime_error(connected.error().message);
    query(fmt::format("DROP KEYSPACE IF EXISTS {}", name_));
    const auto cluster = run_task(read_cluster(*driver_)).value();
    const auto plan = plan_schema({name_, 1}, cluster, std::nullopt).value();
    for (const auto& step : plan.steps) query(step.cql);
    for (const auto& step : plan.last_steps) query(step.cql);
}

TestKeyspace::~TestKeyspace() {
    std::ignore = run_task(driver_->query(fmt::format("DROP KEYSPACE IF EXISTS {}", name_)));
    driver_->stop();
}

void TestKeyspace::empty() {
    for (const auto& table : table_shapes(Dialect::cassandra, false)) query(fmt::format("TRUNCATE {}.{}", name_, table.name));
}

Rows TestKeyspace::query(const std::string& cql) {
    auto answer = run_task(driver_->query(cql));
    if (!answer) throw std::runtime_error(cql + ": " + answer.error().message);
    return *std::move(answer);
}

CqlSettings TestKeyspace::settings() const {
    const auto node = node_settings();
    CqlSettings settings;
    settings.hosts = node.hosts;
    settings.user = node.user;
    settings.password = node.password;
    settings.ca_file = node.ca_file;
    settings.certificate_file = node.certificate_file;
    settings.key_file = node.key_file;
    settings.keyspace = name_;
    settings.statement_timeout = 20s;
    settings.request_timeout = 60s;
    settings.change_delay = 0ms;
    settings.sweep_interval = 1h;
    return settings;
}

std::unique_ptr<store::Store> TestKeyspace::open(const Clock& clock, const CqlSettings& settings) const {
    auto opened = open_store(settings, clock).value();
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!opened->is_ready()) {
        if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("the store did not become ready");
        std::this_thread::yield();
    }
    return opened;
}

}  // namespace cartwheel::test
