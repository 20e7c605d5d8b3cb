#include "cartwheel/engines/cql/cart_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <random>
#include <vector>

#include "cartwheel/base/log.h"
#include "cartwheel/engines/cql/delivery.h"
#include "cartwheel/engines/cql/errors.h"
#include "cartwheel/engines/cql/prepare_all.h"
#include "cartwheel/engines/cql/products.h"
#include "cartwheel/engines/cql/run_all.h"
#include "cartwheel/engines/cql/values.h"
#include "cartwheel/store/codec.h"

namespace cartwheel::engines::cql {
namespace {

using namespace domain;
using namespace store;
using std::chrono::steady_clock;

// Rows of former carts that a partition may hold before its lines are asked for by their cart; the sample application never deletes any.
constexpr std::size_t rows_max = 2 * Cart::lines_max;
constexpr int attempts_max = 16;
constexpr int find_out_max = 4;
constexpr std::int32_t sweep_page = 500;
// An answer is kept for a day by the service's clock; the cluster forgets it some time after that.
constexpr std::int32_t answer_ttl_seconds = 25 * 3600;

// Writers of other processes have come between: the wait before trying again, longer each time and never the same for two.
std::chrono::microseconds pause_before(int attempt) {
    thread_local std::minstd_rand random{std::random_device{}()};
    const auto limit = std::min(1'000 << std::min(attempt, 6), 50'000);
    return std::chrono::microseconds(std::uniform_int_distribution(limit / 4, limit)(random));
}

Error too_contended() { return Error::overloaded("Too many writes to this cart at once; try again"); }

/// Whether the one conditional batch was applied: the first column of the first row, by its name.
Result<bool> is_applied(const Rows& rows) {
    Cells cells(rows.cells());
    for (std::size_t i = 0; i < rows.columns() && rows.rows() > 0; ++i) {
        if (rows.column_name(i) == "[applied]")
            if (const auto applied = cells.boolean()) return *applied;
        cells.skip();
    }
    return fail(Error::internal("The cluster did not say whether a conditional write was applied"));
}

}  // namespace

/// What a request has tried to write so far. One that was taken for refused or lost may be applied after all, and is not to be done again
/// then.
struct CartWriter::Tries {
    struct One {
        CommitId id;
        Written written;
        std::optional<Intent> owed;
    };
    std::vector<One> all;
    RecentCommits recent_before;  ///< the first
    /// The version that a try whose answer was lost asks for: while it lasts the try may still be on its way.
    std::optional<Version> in_doubt;
};

/// One try: what it was decided from, and what is to be written.
struct CartWriter::Plan {
    CartPartition found;
    CommitId commit_id;
    Time time;
    std::optional<CartStep> step;  ///< with changes; none: only an answer is kept
    std::string intent;
    std::optional<std::string> key;
    std::string kept;
};

Task<Result<CartStatements>> CartStatements::prepare(Driver& driver, Keyspace keyspace, StatementDefaults defaults) {
    const auto items = keyspace.table("cart_items");
    const std::string head = "version, active_cart_id, committed_us, recent_commits, intent";
    const std::string line = "cart_id, product_id, product_quantity";
    const std::string partition = fmt::format("{}, {} FROM {} WHERE user_id = ? LIMIT {}", head, line, items, rows_max);
    const StatementOptions by_quorum = repeatable(defaults);
    // A read by consensus may be repeated as well, and goes where the user's writes go.
    StatementOptions by_consensus = by_quorum;
    by_consensus.consistency = defaults.serial_consistency;
    by_consensus.conditional = true;

    CartStatements made;
    for (auto [reads, options] : {std::pair(&made.by_quorum, by_quorum), std::pair(&made.by_consensus, by_consensus)}) {
        std::vector<Preparation> texts{
            {&reads->partition, "SELECT " + partition},
            {&reads->lines, fmt::format("SELECT product_id, product_quantity FROM {} WHERE user_id = ? AND cart_id = ?", items)},
            {&reads->answers, fmt::format("SELECT DISTINCT user_id, idempotency FROM {} WHERE user_id = ?", items)},
        };
        CO_TRY_VOID(co_await prepare_all(driver, std::move(texts), options));
        // ScyllaDB selects an element of a map from 2025.1 on. Before that all answers are read, by one more statement.
        auto with_answer = co_await driver.prepare("SELECT idempotency[?], " + partition, options);
        const bool is_unknown =
            !with_answer && (with_answer.error().kind == CqlError::Kind::syntax || with_answer.error().kind == CqlError::Kind::invalid);
        if (!with_answer && !is_unknown) co_return fail(to_error(with_answer.error()));
        if (with_answer) reads->partition_and_answer = *std::move(with_answer);
    }
    StatementOptions page = by_quorum;
    page.page_size = sweep_page;
    CO_TRY_VOID(co_await prepare_all(
        driver, {{&made.intent, fmt::format("SELECT DISTINCT user_id, intent FROM {} WHERE user_id = ?", items)}}, by_quorum));
    CO_TRY_VOID(
        co_await prepare_all(driver, {{&made.sweep, fmt::format("SELECT DISTINCT user_id, version, intent FROM {}", items)}}, page));

    const std::string advance = fmt::format(
        "UPDATE {} SET version = ?, active_cart_id = ?, committed_us = ?, recent_commits = ?, intent = ? WHERE user_id = ? IF version = ",
        items);
    const std::string touch = fmt::format("UPDATE {} SET recent_commits = ? WHERE user_id = ? IF version = ", items);
    std::vector<Preparation> texts{
        {&made.advance_first, advance + "null"},
        {&made.advance, advance + "?"},
        {&made.touch_first, touch + "null"},
        {&made.touch, touch + "?"},
        {&made.put_line, fmt::format("INSERT INTO {} (user_id, cart_id, product_id, product_quantity) VALUES (?, ?, ?, ?)", items)},
        {&made.drop_line, fmt::format("DELETE FROM {} WHERE user_id = ? AND cart_id = ? AND product_id = ?", items)},
        {&made.drop_cart, fmt::format("DELETE FROM {} WHERE user_id = ? AND cart_id = ?", items)},
        {&made.keep_answer, fmt::format("UPDATE {} USING TTL {} SET idempotency[?] = ? WHERE user_id = ?", items, answer_ttl_seconds)},
        {&made.clear_intent, fmt::format("UPDATE {} SET intent = null, committed_us = ? WHERE user_id = ? IF version = ?", items)},
    };
    CO_TRY_VOID(co_await prepare_all(driver, std::move(texts),
                                     {.consistency = defaults.consistency,
                                      .serial_consistency = defaults.serial_consistency,
                                      .conditional = true,
                                      .timeout = defaults.timeout}));
    made.conditional = {.kind = BatchOptions::Kind::unlogged,
                        .consistency = defaults.consistency,
                        .serial_consistency = defaults.serial_consistency,
                        .conditional = true,
                        .timeout = defaults.timeout};
    co_return made;
}

Task<Result<CartPartition>> CartWriter::read(UserId user) const {
    co_return co_await read_with(statements_.by_quorum, std::move(user), std::nullopt);
}

Task<Result<CartPartition>> CartWriter::read_with(const CartStatements::Reads& reads, UserId user, std::optional<std::string> key) const {
    const bool at_once = key && reads.partition_and_answer;
    Values values;
    if (at_once) values.text(*key);
    values.text(user.text());
    CO_TRY(const auto rows, checked(co_await driver_.execute(at_once ? reads.partition_and_answer : reads.partition, std::move(values))));
    CO_TRY(auto partition, read_partition(user, rows, at_once));
    if (key && !at_once) {
        CO_TRY(const auto answers, checked(co_await driver_.execute(reads.answers, Values().text(user.text()))));
        CO_TRY(partition.kept, find_answer(user, answers, *key));
    }
    if (partition.rows < rows_max || !partition.state.active) co_return partition;

    auto& active = *partition.state.active;
    CO_TRY(const auto lines, checked(co_await driver_.execute(reads.lines, Values().text(user.text()).id(active.id))));
    CO_TRY(active.lines, read_lines(lines));
    co_return partition;
}

Task<Result<std::optional<Intent>>> CartWriter::intent(UserId user) const {
    CO_TRY(const auto rows, checked(co_await driver_.execute(statements_.intent, Values().text(user.text()))));
    std::optional<Intent> intent;
    if (rows.rows() == 0) co_return intent;
    Cells cells(rows.cells());
    cells.skip();
    if (const auto bytes = cells.next()) {
        CO_TRY(intent, decode_intent(*bytes));
    }
    co_return intent;
}

Task<Result<CartWriter::Written>> CartWriter::update(UserId user, std::optional<RequestKey> key, CartDecision decision,
                                                     Deadline deadline) const {
    Tries tries;
    auto written = co_await update_by(deadline, std::move(user), std::move(key), std::move(decision), tries);
    // Whatever goes wrong after a lost answer, it is the lost answer that the client has to know of.
    if (!written && tries.in_doubt && written.error().code != ErrorCode::invalid) co_return fail(outcome_not_known());
    co_return written;
}

Task<Result<CartWriter::Written>> CartWriter::update_by(Deadline deadline, UserId user, std::optional<RequestKey> key,
                                                        CartDecision decision, Tries& tries) const {
    const auto key_text = key ? std::optional(key->text) : std::nullopt;
    std::optional<std::vector<Product>> product;  // the one asked for, or none
    Error last = too_contended();
    for (int attempt = 0; attempt < attempts_max && steady_clock::now() < deadline; ++attempt) {
        if (attempt > 0) {
            boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, pause_before(attempt));
            co_await timer.async_wait(use_task);
        }
        // After a lost race the others' writes are to be seen for certain.
        const auto& reads = attempt == 0 ? statements_.by_quorum : statements_.by_consensus;
        auto read = read_with(reads, user, key_text);
        Result<CartPartition> read_now = CartPartition();
        if (decision.with_product && !product) {
            auto [cart, found] = co_await run_both(std::move(read), products_.read(*decision.with_product));
            if (!found && found.error().code != ErrorCode::not_found) co_return fail(std::move(found).error());
            product.emplace();
            if (found) product->push_back(*std::move(found));
            read_now = std::move(cart);
        } else {
            read_now = co_await std::move(read);
        }
        if (!read_now && attempt > 0) {
            // A read by consensus that others come between fails like a write; there is time for another.
            last = std::move(read_now).error();
            continue;
        }
        Plan plan;
        CO_TRY(plan.found, std::move(read_now));
        const auto& found = plan.found;
        for (auto& tried : tries.all) {
            if (!found.recent.holds(tried.id)) continue;
            if (tried.owed) delivery_.add(*std::move(tried.owed));
            co_return std::move(tried.written);
        }
        if (!tries.all.empty() && !found.recent.reaches_back_to(tries.recent_before)) co_return fail(outcome_not_known());
        if (key && found.kept && !is_expired(*found.kept, clock_.now())) {
            CO_TRY(auto outcome, replay(*found.kept, *key));
            co_return Written{std::move(outcome), std::nullopt};
        }

        std::vector<Product> products;
        if (decision.with_product) {
            products = *product;
        } else if (decision.with_products && found.state.active) {
            std::vector<ProductId> ids;
            for (const auto& line : found.state.active->lines) ids.push_back(line.product_id);
            CO_TRY(products, co_await products_.read_all(std::move(ids)));
        }
        auto step = decision.decide(found.state, products);
        if (!step && !is_refusal(step.error().code)) co_return fail(std::move(step).error());

        Written written;
        auto& outcome = written.outcome;
        const bool advances = step && !step->changes.empty();
        outcome.version = found.state.version + (advances ? 1 : 0);
        if (step) outcome.answer = step->order;
        else outcome.answer = fail(step.error());
        if (!advances && tries.in_doubt == found.state.version) co_return fail(outcome_not_known());
        if (!advances && !(key && is_kept(outcome.answer))) co_return written;

        // The head has room for one intent: what it holds goes out before, and is older in the log.
        if (advances && found.intent) CO_TRY_VOID(co_await delivery_.settle(*found.intent));
        plan.commit_id = CommitId::random();
        plan.time = clock_.next(found.committed_at);
        if (key) {
            plan.key = key_text;
            if (is_kept(outcome.answer)) encode(KeptAnswer{key->fingerprint, clock_.now(), outcome.answer, outcome.version}, plan.kept);
        }
        std::optional<Intent> owed;
        if (advances) {
            written.commit =
                Commit{static_cast<Seq>(plan.time.time_since_epoch().count()), plan.time, step->changes, mark_of(plan.commit_id)};
            owed = Intent{plan.commit_id, *written.commit};
            if (dialect_ == Dialect::scylla) {
                // The cluster itself captures rows of cart_items.
                std::erase_if(owed->commit.changes, [](const auto& change) { return change.table() == Table::cart_items; });
            }
            if (!owed->commit.changes.empty()) plan.intent = encode(*owed);
            plan.step = std::move(*step);
        }
        if (steady_clock::now() >= deadline) break;
        const auto version_before = found.state.version;
        if (tries.all.empty()) tries.recent_before = found.recent;
        tries.all.push_back({plan.commit_id, written, owed});
        CO_TRY(const auto fate, co_await write(user, std::move(plan)));
        if (fate == Fate::lost) tries.in_doubt = version_before;
        if (fate == Fate::refused || fate == Fate::lost) {
            last = too_contended();
            continue;
        }
        if (fate == Fate::unknown) co_return fail(outcome_not_known());
        if (owed) delivery_.add(std::move(*owed));
        co_return written;
    }
    co_return fail(std::move(last));
}

Task<Result<CartWriter::Fate>> CartWriter::write(UserId user, Plan plan) const {
    const auto& found = plan.found;
    std::vector<BatchItem> batch;
    const auto recent = found.recent.with(plan.commit_id);
    Values head;
    if (plan.step) {
        head.int64(static_cast<std::int64_t>(found.state.version + 1));
        head.id(plan.step->active ? std::optional(plan.step->active->id) : std::nullopt);
        head.int64(plan.time.time_since_epoch().count());
    }
    head.blob(recent.bytes());
    if (plan.step) {
        if (plan.intent.empty()) head.null();
        else head.blob(plan.intent);
    }
    head.text(user.text());
    if (found.has_head) head.int64(static_cast<std::int64_t>(found.state.version));
    if (plan.step) batch.push_back({found.has_head ? statements_.advance : statements_.advance_first, std::move(head)});
    else batch.push_back({found.has_head ? statements_.touch : statements_.touch_first, std::move(head)});

    if (plan.step) {
        for (const auto& change : plan.step->changes) {
            if (change.table() != Table::cart_items) continue;
            const auto& row = std::get<CartItemRow>(change.after ? *change.after : *change.before);
            auto key = Values().text(user.text()).id(row.cart_id).id(row.product_id);
            if (change.after) batch.push_back({statements_.put_line, std::move(key.int32(row.quantity.count()))});
            else batch.push_back({statements_.drop_line, std::move(key)});
        }
        // One range delete, which is no shop event in a change log: the order has the lines.
        if (found.state.active && (!plan.step->active || plan.step->active->id != found.state.active->id))
            batch.push_back({statements_.drop_cart, Values().text(user.text()).id(found.state.active->id)});
    }
    if (!plan.kept.empty()) batch.push_back({statements_.keep_answer, Values().text(*plan.key).blob(plan.kept).text(user.text())});

    auto answer = co_await driver_.batch(statements_.conditional, std::move(batch));
    if (answer) {
        CO_TRY(const bool applied, is_applied(*answer));
        co_return applied ? Fate::applied : Fate::refused;
    }
    if (!answer.error().outcome_unknown()) co_return fail(to_error(answer.error()));
    const auto kind = answer.error().kind;
    CO_TRY(const auto fate, co_await find_out(std::move(user), std::move(plan)));
    // Where the coordinator itself has given up, nothing is on its way any more.
    const bool is_final = kind == CqlError::Kind::write_timeout || kind == CqlError::Kind::read_timeout;
    co_return fate == Fate::lost&& is_final ? Fate::refused : fate;
}

/// A read by consensus ends every unfinished round on the partition, so what it shows is final: either the commit is among the recent
/// ones, or no round that began before can apply it any more.
Task<Result<CartWriter::Fate>> CartWriter::find_out(UserId user, Plan plan) const {
    for (int tries = 0; tries < find_out_max; ++tries) {
        const auto now = co_await read_with(statements_.by_consensus, user, std::nullopt);
        if (!now) continue;
        if (now->recent.holds(plan.commit_id)) co_return Fate::applied;
        co_return now->recent.reaches_back_to(plan.found.recent) ? Fate::lost : Fate::unknown;
    }
    co_return Fate::unknown;
}

Task<Result<std::string>> CartWriter::sweep(std::string paging_state, std::chrono::milliseconds older_than) const {
    CO_TRY(const auto rows, checked(co_await driver_.execute(statements_.sweep, Values(), std::move(paging_state))));
    Cells cells(rows.cells());
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        const auto user = cells.text();
        const auto version = cells.int64();
        const auto bytes = cells.next();
        if (cells.failed() || !user || !version || !bytes) continue;
        auto intent = decode_intent(*bytes);
        if (!intent) {
            log::error(fmt::format("a cart's undelivered rows cannot be read: {}", intent.error().message));
            continue;
        }
        const auto committed_at = intent->commit.time;
        if (clock_.now() - committed_at < older_than) continue;
        CO_TRY_VOID(co_await delivery_.settle(*std::move(intent)));
        // Refused when the user has committed since: then the head holds another intent. The next commit is to be later in the log.
        const auto delivered_us = clock_.next(committed_at).time_since_epoch().count();
        CO_TRY_VOID(checked(co_await driver_.execute(statements_.clear_intent, Values().int64(delivered_us).text(*user).int64(*version))));
    }
    co_return std::string(rows.paging_state());
}

}  // namespace cartwheel::engines::cql
