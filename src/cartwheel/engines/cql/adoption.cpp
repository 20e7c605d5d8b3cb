#include "cartwheel/engines/cql/adoption.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cartwheel/base/time.h"
#include "cartwheel/engines/cql/operator.h"
#include "cartwheel/engines/cql/run_all.h"

namespace cartwheel::engines::cql {
namespace {

constexpr std::int32_t carts_a_page = 1'000;
constexpr std::size_t users_at_once = 32;
constexpr int tries_max = 10;
constexpr std::chrono::milliseconds first_pause{100};
constexpr std::chrono::milliseconds longest_pause{5'000};

struct ActiveCart {
    std::string user;
    Uuid cart;
};

bool may_go_away(const CqlError& error) {
    using Kind = CqlError::Kind;
    return error.kind == Kind::unavailable || error.kind == Kind::read_timeout || error.kind == Kind::write_timeout ||
           error.kind == Kind::client_timeout || error.kind == Kind::overloaded || error.kind == Kind::connection_lost;
}

Task<Answer> execute_with_patience(Driver& driver, Statement statement, Values values, std::string paging_state = {}) {
    auto time = first_pause;
    for (int tries = 1;; ++tries) {
        auto answer = co_await driver.execute(statement, values, paging_state);
        if (answer || tries == tries_max || !may_go_away(answer.error())) co_return answer;
        co_await pause(time);
        time = std::min(time * 2, longest_pause);
    }
}

/// Whether the first row says that the condition held.
bool was_applied(const Rows& rows) {
    const auto column = rows.column("[applied]");
    if (rows.rows() == 0 || !column) return false;
    Cells cells(rows.cells());
    for (std::size_t i = 0; i < *column; ++i) cells.skip();
    return cells.boolean().value_or(false);
}

class Adoption {
public:
    Adoption(Driver& driver, Statement scan, Statement take, AdoptionWatch watch)
        : driver_(driver), scan_(std::move(scan)), take_(std::move(take)), watch_(std::move(watch)) {}

    Task<CqlResult<AdoptionCounts>> run() {
        std::string next;
        do {
            if (watch_.interrupted()) co_return counts_;
            CO_TRY(const auto page, co_await execute_with_patience(driver_, scan_, Values(), next));
            read(page);
            next = page.paging_state();
            if (next.empty()) end_user();
            CO_TRY_VOID(co_await take_all());
            watch_.progress(counts_);
        } while (!next.empty());
        counts_.whole = true;
        co_return counts_;
    }

private:
    /// A user's rows come one after another, in the order of their carts, perhaps on two pages.
    void read(const Rows& page) {
        Cells cells(page.cells());
        for (std::size_t row = 0; row < page.rows(); ++row) {
            const auto user = cells.text().value_or("");
            const auto cart = cells.uuid();
            const bool active = cells.boolean().value_or(false);
            ++counts_.carts;
            if (user != user_) {
                end_user();
                user_ = user;
            }
            if (!active || !cart) continue;
            ++active_carts_;
            if (!first_) first_ = *cart;
        }
    }

    void end_user() {
        if (first_) found_.push_back({user_, *first_});
        if (active_carts_ > 1) ++counts_.several;
        first_.reset();
        active_carts_ = 0;
    }

    Task<CqlResult<void>> take_all() {
        std::vector<Task<CqlResult<bool>>> tasks;
        for (auto& active : found_) tasks.push_back(take(std::move(active)));
        found_.clear();
        for (const auto& taken : co_await run_all(std::move(tasks), users_at_once)) {
            if (!taken) co_return std::unexpected(taken.error());
            ++(*taken ? counts_.adopted : counts_.known);
        }
        co_return CqlResult<void>{};
    }

    Task<CqlResult<bool>> take(ActiveCart active) {
        const auto now = std::chrono::duration_cast<std::chrono::microseconds>(SystemClock{}.now().time_since_epoch());
        Values values;
        values.uuid(active.cart).int64(now.count()).text(active.user);
        // Repeating it after an outcome that is not known does no harm: then the version is there.
        CO_TRY(const auto rows, co_await execute_with_patience(driver_, take_, std::move(values)));
        co_return was_applied(rows);
    }

    Driver& driver_;
    Statement scan_;
    Statement take_;
    AdoptionWatch watch_;
    AdoptionCounts counts_;
    std::string user_;
    std::optional<Uuid> first_;
    std::uint64_t active_carts_ = 0;
    std::vector<ActiveCart> found_;
};

}  // namespace

Task<CqlResult<AdoptionCounts>> adopt_carts(Driver& driver, Keyspace keyspace, StatementDefaults defaults, AdoptionWatch watch) {
    CO_TRY(auto scan,
           co_await driver.prepare(
               fmt::format("SELECT user_id, cart_id, is_active FROM {}", keyspace.table("cart")),
               {.consistency = defaults.consistency, .idempotent = true, .page_size = carts_a_page, .timeout = defaults.timeout}));
    CO_TRY(auto take, co_await driver.prepare(
                          fmt::format("UPDATE {} SET version = 1, active_cart_id = ?, committed_us = ? WHERE user_id = ? IF version = null",
                                      keyspace.table("cart_items")),
                          {.consistency = defaults.consistency,
                           .serial_consistency = defaults.serial_consistency,
                           .conditional = true,
                           .timeout = defaults.timeout}));
    Adoption adoption(driver, std::move(scan), std::move(take), std::move(watch));
    co_return co_await adoption.run();
}

}  // namespace cartwheel::engines::cql
