#include "cartwheel/engines/cql/change_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "cartwheel/base/text.h"
#include "cartwheel/engines/cql/errors.h"
#include "cartwheel/engines/cql/prepare_all.h"
#include "cartwheel/engines/cql/run_all.h"

namespace cartwheel::engines::cql {
namespace {

using domain::Commit;
using domain::Seq;
using domain::Table;
using std::chrono::microseconds;

constexpr microseconds one{1};
// ScyllaDB takes no more keys in one IN by default.
constexpr std::size_t streams_max = 100;
constexpr std::size_t reads_at_once = 16;
constexpr std::int32_t page_rows = 2'000;
constexpr std::size_t batch_bytes_max = 256UL << 10;
// A ScyllaDB has thousands of streams, so that a row or two of each would be a long time's; where nothing is the steps get longer.
constexpr microseconds window_min = std::chrono::seconds(60);
constexpr microseconds window_max = std::chrono::hours(6);
constexpr std::chrono::seconds margin{60};

std::size_t place(Table table) { return static_cast<std::size_t>(table); }

/// Any number may be named as a cursor; one beyond all times is behind all commits.
Time time_of(Seq seq) {
    return Time(microseconds(static_cast<std::int64_t>(std::min<Seq>(seq, std::numeric_limits<std::int64_t>::max() - 1))));
}
Seq seq_of(Time time) { return static_cast<Seq>(std::max<std::int64_t>(micros(time), 0)); }

Values list_of(const std::vector<std::string>& streams) {
    Values ids;
    for (const auto& id : streams) ids.blob(id);
    Values values;
    values.list(ids);
    return values;
}

std::vector<std::vector<std::string>> in_chunks(const std::vector<std::string>& streams) {
    std::vector<std::vector<std::string>> chunks;
    for (std::size_t at = 0; at < streams.size(); at += streams_max) {
        const auto from = streams.begin() + static_cast<std::ptrdiff_t>(at);
        chunks.emplace_back(from, from + static_cast<std::ptrdiff_t>(std::min(streams_max, streams.size() - at)));
    }
    return chunks;
}

/// ScyllaDB tells commits of a microsecond apart at random, and writes one twice when a coordinator fails: at the same time in the same
/// partition of the table, where a condition lets no other be.
std::uint64_t mark_of_captured(Time time, const domain::RowChange& first) {
    struct {
        std::string operator()(const domain::Product& product) const { return product.id.text(); }
        std::string operator()(const domain::CartRow& cart) const { return cart.user_id.text(); }
        std::string operator()(const domain::CartItemRow& item) const { return item.user_id.text(); }
        std::string operator()(const domain::Order& order) const { return order.user_id.text(); }
    } partition;
    const auto key = std::visit(partition, first.after ? *first.after : *first.before);
    return stable_hash(fmt::format("{} {} {}", micros(time), domain::name_of(first.table()), key)) | 1;
}

/// Rows of a stream that are asked for at first: a commit has two or three, and as a rule commits are spread over the streams.
std::int32_t first_rows_max(std::size_t limit) { return static_cast<std::int32_t>(std::clamp<std::size_t>(limit / 16, 16, 512)); }
constexpr std::int32_t rows_max_grown = 4'096;

/// When the first of them begins.
Time begin_of(const TableGenerations& generations) {
    auto begin = Time::max();
    for (const auto& of_table : generations)
        if (!of_table.empty()) begin = std::min(begin, of_table.begin()->first);
    return begin;
}

/// Takes away what is beyond `limit`, but for the rest of a microsecond.
bool cut(std::vector<domain::Commit>& commits, std::size_t limit) {
    auto kept = std::min(limit, commits.size());
    while (kept > 0 && kept < commits.size() && commits[kept].seq == commits[kept - 1].seq) ++kept;
    const bool is_cut = kept < commits.size();
    commits.resize(kept, domain::Commit{});
    return is_cut;
}

}  // namespace

bool ChangeLog::Memory::is_quiet(const Span& span) {
    const std::scoped_lock lock(mutex);
    return quiet.begin <= span.begin && span.end <= quiet.end;
}

void ChangeLog::Memory::add_quiet(Span span) {
    const std::scoped_lock lock(mutex);
    if (span.end < quiet.end) return;
    // The two together, where they touch.
    if (quiet.begin <= span.begin && span.begin <= quiet.end) span.begin = quiet.begin;
    quiet = span;
}

ChangeLog::ChangeLog(Driver& driver, const Keyspace& keyspace, std::shared_ptr<Streams> streams)
    : driver_(&driver),
      is_ours_(keyspace.dialect == Dialect::cassandra),
      price_(price_form_of_log(keyspace)),
      kept_(keyspace.changes_kept),
      streams_(std::move(streams)) {}

Task<Result<ChangeLog>> ChangeLog::prepare(Driver& driver, Keyspace keyspace, StatementDefaults defaults,
                                           std::shared_ptr<Streams> streams) {
    ChangeLog made(driver, keyspace, std::move(streams));
    std::vector<Preparation> writes;
    std::vector<Preparation> reads;
    std::vector<Preparation> last;
    for (const auto table : log_tables) {
        if (made.is_ours_) writes.push_back({&made.insert_[place(table)], insert_log_row(keyspace, table)});
        reads.push_back({&made.select_[place(table)],
                         select_log_rows(keyspace, table) +
                             R"( WHERE "cdc$stream_id" IN ? AND "cdc$time" >= ? AND "cdc$time" < ? PER PARTITION LIMIT ?)"});
        last.push_back(
            {&made.select_newest_[place(table)], fmt::format(R"(SELECT "cdc$time" FROM {} WHERE "cdc$stream_id" IN ? AND "cdc$time" < ? )"
                                                             R"(ORDER BY "cdc$time" DESC PER PARTITION LIMIT 1)",
                                                             log_table(keyspace, table))});
    }
    auto options = repeatable(defaults);
    CO_TRY_VOID(co_await prepare_all(driver, std::move(writes), options));
    // No pages here: several partitions in reverse order are only given whole.
    CO_TRY_VOID(co_await prepare_all(driver, std::move(last), options));
    options.page_size = page_rows;
    CO_TRY_VOID(co_await prepare_all(driver, std::move(reads), options));
    made.batch_ = {
        .kind = BatchOptions::Kind::unlogged, .consistency = defaults.consistency, .idempotent = true, .timeout = defaults.timeout};
    co_return made;
}

std::vector<LogBatch> ChangeLog::batches(std::span<const Intent> commits) const {
    std::vector<LogBatch> done;
    if (!is_ours_) return done;
    struct Growing {
        LogBatch batch;
        std::size_t bytes = 0;
    };
    std::map<std::pair<Table, Stream>, Growing> growing;
    for (const auto& intent : commits)
        for (const auto& partition : rows_of(intent.commit.time, intent.commit_id, intent.commit.changes)) {
            const std::pair where(partition.table, partition.stream);
            auto& group = growing.try_emplace(where, Growing{{partition.table, partition.stream, {}}}).first->second;
            for (const auto& row : partition.rows) {
                auto values = values_of(partition.stream, row);
                group.bytes += values.bytes().size();
                group.batch.items.push_back({insert_[place(partition.table)], std::move(values)});
            }
            if (group.bytes < batch_bytes_max) continue;
            done.push_back(std::move(group.batch));
            growing.erase(where);
        }
    for (auto& [where, group] : growing) done.push_back(std::move(group.batch));
    return done;
}

/// Whose rows are surely there at `now`; none: all. The engine keeps its own a while longer, ScyllaDB does not.
std::optional<Time> ChangeLog::kept_since(Time now) const {
    if (kept_.count() == 0) return std::nullopt;
    return now - (is_ours_ ? kept_ : kept_ - std::min<std::chrono::seconds>(margin, kept_ / 10));
}

/// The part of `span` to read next: within one generation of each table, and no more than the window.
ChangeLog::Span ChangeLog::step_of(const Span& span, const TableGenerations& generations, microseconds window) const {
    Span step = span;
    if (!is_ours_) step.end = std::min(step.end, span.begin + window);
    for (const auto& of_table : generations)
        if (const auto next = of_table.upper_bound(span.begin); next != of_table.end()) step.end = std::min(step.end, next->first);
    return step;
}

Commit ChangeLog::commit_of(LoggedCommit logged) const {
    const auto time = logged.time.time();
    const auto mark = is_ours_ ? logged.time.mark() : mark_of_captured(time, logged.changes.front());
    return {seq_of(time), time, std::move(logged.changes), mark};
}

Task<Result<store::ChangePage>> ChangeLog::after(Seq after, std::size_t limit, Time until, Time now) const {
    store::ChangePage page;
    const auto cursor = time_of(after);
    const auto oldest = kept_since(now).value_or(Time{});
    // In a shop where nothing happened a follower's cursor grows old and misses nothing.
    if (after != 0 && cursor < oldest && !memory_->is_quiet({cursor, oldest})) co_return fail(store::changes_are_gone());
    Span span{cursor + one, until + one};
    if (!is_ours_) span.begin = std::max(span.begin, oldest);
    TableGenerations generations;
    bool is_at_end = span.begin >= span.end;
    if (!is_at_end) {
        CO_TRY(generations, co_await streams_->between(span.begin, until));
        span.begin = std::max(span.begin, std::min(begin_of(generations), span.end));
        is_at_end = span.begin >= span.end;
    }
    auto rows_max = first_rows_max(limit);
    auto window = window_min;
    while (!is_at_end && page.commits.size() < limit) {
        const auto step = step_of(span, generations, window);
        CO_TRY(auto part, co_await read_all(step, rows_max, generations));
        // A stream has more rows in the first microsecond than were asked for, and it goes on with all of them.
        if (part.complete_to <= step.begin) {
            rows_max *= 4;
            continue;
        }
        const auto commits_before = page.commits.size();
        for (auto& logged : commits_of(std::move(part.rows))) page.commits.push_back(commit_of(std::move(logged)));
        span.begin = part.complete_to;
        // One stream is busier than the others; they have little more to give, however much is asked for.
        rows_max = std::max(rows_max, std::min(2 * rows_max, rows_max_grown));
        window = page.commits.size() == commits_before ? std::min(2 * window, window_max) : window_min;
        is_at_end = span.begin >= span.end;
    }
    if (cut(page.commits, limit)) is_at_end = false;

    if (is_at_end && cursor < until)
        memory_->add_quiet({std::max(page.commits.empty() ? cursor : page.commits.back().time, oldest), until});
    if (is_at_end && !page.commits.empty()) {
        page.last = page.commits.back().seq;
    } else if (is_at_end && (after == 0 || (after == memory_->seen && cursor <= until))) {
        page.last = after;
    } else {
        CO_TRY(page.last, co_await newest(oldest, until));
    }
    memory_->seen = page.last;
    co_return page;
}

Task<Result<ChangeLog::Part>> ChangeLog::read_all(Span span, std::int32_t rows_max, const TableGenerations& generations) const {
    std::vector<Task<Result<Part>>> reads;
    for (const auto table : log_tables) {
        // The one that `span` lies in; before the first there was nothing to capture.
        const auto next = generations[place(table)].upper_bound(span.begin);
        if (next == generations[place(table)].begin()) continue;
        for (auto& chunk : in_chunks(*std::prev(next)->second)) reads.push_back(read(table, std::move(chunk), span, rows_max));
    }
    Part all{{}, span.end};
    for (auto& part : co_await run_all(std::move(reads), reads_at_once)) {
        if (!part) co_return fail(std::move(part).error());
        std::ranges::move(part->rows, std::back_inserter(all.rows));
        all.complete_to = std::min(all.complete_to, part->complete_to);
    }
    std::erase_if(all.rows, [&](const LogRow& row) { return row.time.time() >= all.complete_to; });
    co_return all;
}

Task<Result<ChangeLog::Part>> ChangeLog::read(Table table, std::vector<std::string> streams, Span span, std::int32_t rows_max) const {
    auto values = list_of(streams);
    values.uuid(ChangeTime::first_of(span.begin).uuid()).uuid(ChangeTime::first_of(span.end).uuid()).int32(rows_max);
    struct Read {
        std::int32_t rows = 0;
        Time last;
    };
    std::map<std::string, Read, std::less<>> of_streams;
    Part part{{}, span.end};
    std::string paging_state;
    do {
        CO_TRY(const auto rows, checked(co_await driver_->execute(select_[place(table)], values, std::move(paging_state))));
        Cells cells(rows.cells());
        for (std::size_t left = rows.rows(); left > 0; --left) {
            CO_TRY(auto read, read_log_row(cells, table, price_));
            auto stream = of_streams.find(read.stream_id);
            if (stream == of_streams.end()) stream = of_streams.try_emplace(std::string(read.stream_id)).first;
            ++stream->second.rows;
            stream->second.last = read.row.time.time();
            part.rows.push_back(std::move(read.row));
        }
        paging_state = std::string(rows.paging_state());
    } while (!paging_state.empty());
    // A stream that gave as much as it may has perhaps more of its last microsecond.
    for (const auto& [id, read] : of_streams)
        if (read.rows >= rows_max) part.complete_to = std::min(part.complete_to, read.last);
    co_return part;
}

Task<Result<Seq>> ChangeLog::newest(Time since, Time until) const {
    CO_TRY(auto generations, co_await streams_->between(since, until));
    std::vector<Task<Result<Time>>> reads;
    for (const auto table : log_tables) reads.push_back(newest_of(table, std::move(generations[place(table)]), until));
    Time newest{};
    for (const auto& found : co_await run_all(std::move(reads), reads_at_once)) {
        if (!found) co_return fail(found.error());
        newest = std::max(newest, *found);
    }
    co_return seq_of(newest);
}

Task<Result<Time>> ChangeLog::newest_of(Table table, Generations generations, Time until) const {
    Time newest{};
    for (auto at = generations.rbegin(); at != generations.rend() && newest == Time{}; ++at) {
        std::vector<Task<Result<Time>>> reads;
        for (auto& chunk : in_chunks(*at->second)) reads.push_back(newest_in(table, std::move(chunk), until));
        for (const auto& found : co_await run_all(std::move(reads), reads_at_once)) {
            if (!found) co_return fail(found.error());
            newest = std::max(newest, *found);
        }
    }
    co_return newest;
}

Task<Result<Time>> ChangeLog::newest_in(Table table, std::vector<std::string> streams, Time until) const {
    auto values = list_of(streams);
    values.uuid(ChangeTime::first_of(until + one).uuid());
    CO_TRY(const auto rows, checked(co_await driver_->execute(select_newest_[place(table)], std::move(values))));
    Cells cells(rows.cells());
    Time newest{};
    for (std::size_t left = rows.rows(); left > 0; --left)
        if (const auto uuid = cells.uuid())
            if (const auto time = ChangeTime::parse(*uuid)) newest = std::max(newest, time->time());
    co_return newest;
}

}  // namespace cartwheel::engines::cql
