#include "cartwheel/engines/cql/streams.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "cartwheel/changes/change_time.h"
#include "cartwheel/engines/cql/errors.h"
#include "cartwheel/engines/cql/log_codec.h"
#include "cartwheel/engines/cql/run_all.h"

namespace cartwheel::engines::cql {
namespace {

using domain::Table;

class ConstantStreams final : public Streams {
public:
    explicit ConstantStreams(std::array<std::vector<std::string>, 4> ids) {
        for (std::size_t i = 0; i < ids.size(); ++i)
            all_[i].emplace(Time::min(), std::make_shared<const std::vector<std::string>>(std::move(ids[i])));
    }
    Task<Result<TableGenerations>> between(Time, Time) override { co_return all_; }

private:
    TableGenerations all_;
};

std::string text_literal(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        out += c;
        if (c == '\'') out += c;
    }
    return out + "'";
}

/// A generation begins at a whole millisecond.
std::int64_t millis(Time time) { return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count(); }

/// What follows FROM where a question is asked, and how. All tables of a keyspace without tablets share one.
struct Source {
    std::string timestamps;                                ///< "SELECT ..." of a column of timestamps
    std::function<std::string(Time generation)> streams;  ///< "SELECT ..." of a column of ids, or of sets of them
    bool in_sets;
    StatementOptions options;
};

class ScyllaStreams final : public Streams {
public:
    ScyllaStreams(Driver& driver, const Keyspace& keyspace, const StatementDefaults& defaults, const StreamTables& tables)
        : driver_(driver) {
        if (!keyspace.has_tablets) {
            sources_.push_back({fmt::format("SELECT time FROM {} WHERE key = 'timestamps'", tables.timestamps),
                                [from = tables.descriptions](Time generation) {
                                    return fmt::format("SELECT streams FROM {} WHERE time = {}", from, millis(generation));
                                },
                                true,
                                {.consistency = defaults.consistency, .idempotent = true, .timeout = defaults.timeout}});
            known_.resize(1);
            return;
        }
        for (std::size_t i = 0; i < TableGenerations().size(); ++i) {
            const auto where = fmt::format("keyspace_name = {} AND table_name = {}", text_literal(keyspace.name),
                                           text_literal(domain::name_of(static_cast<Table>(i))));
            sources_.push_back({fmt::format("SELECT timestamp FROM {} WHERE {}", tables.tablet_timestamps, where),
                                // State 0: those that there are at that time, rather than which came and went.
                                [from = tables.tablet_streams, where](Time generation) {
                                    return fmt::format("SELECT stream_id FROM {} WHERE {} AND timestamp = {} AND stream_state = 0", from,
                                                       where, millis(generation));
                                },
                                false,
                                // Every node has these tables whole.
                                {.consistency = Consistency::local_one, .idempotent = true, .timeout = defaults.timeout}});
        }
        known_.resize(sources_.size());
    }

    Task<Result<TableGenerations>> between(Time from, Time until) override {
        std::vector<Task<Result<Generations>>> reads;
        for (std::size_t i = 0; i < sources_.size(); ++i) reads.push_back(of_source(i, from, until));
        auto read = co_await run_all(std::move(reads), sources_.size());
        TableGenerations found;
        for (std::size_t i = 0; i < read.size(); ++i) {
            if (!read[i]) co_return fail(std::move(read[i]).error());
            if (read.size() == 1) found.fill(*read[i]);
            else found[i] = *std::move(read[i]);
        }
        co_return found;
    }

private:
    Task<Result<Generations>> of_source(std::size_t source, Time from, Time until);

    /// They never change. None: it was not asked for yet.
    StreamIds known(std::size_t source, Time generation) {
        const std::scoped_lock lock(mutex_);
        const auto found = known_[source].find(generation);
        return found == known_[source].end() ? nullptr : found->second;
    }

    Result<StreamIds> learn(std::size_t source, Time generation, const Rows& rows) {
        std::vector<std::string> ids;
        Cells cells(rows.cells());
        for (std::size_t left = rows.rows(); left > 0; --left) {
            std::size_t count = 1;
            auto of_row = sources_[source].in_sets ? cells.list(count) : cells;
            for (; count > 0; --count)
                if (const auto id = of_row.next()) ids.emplace_back(*id);
            if (!sources_[source].in_sets) cells = of_row;
        }
        // Written before the timestamp is, so an empty answer is a replica's that lags behind.
        if (cells.failed() || ids.empty())
            return fail(Error::unavailable("The cluster does not tell its streams of changes yet; try again later"));
        auto made = std::make_shared<const std::vector<std::string>>(std::move(ids));
        const std::scoped_lock lock(mutex_);
        known_[source].emplace(generation, made);
        return made;
    }

    /// What no follower asks for any more, as the oldest that one just asked for is newer by some.
    void forget_before(std::size_t source, const Generations& asked) {
        constexpr std::size_t kept = 8;
        const std::scoped_lock lock(mutex_);
        auto& known = known_[source];
        while (!asked.empty() && known.size() > kept && known.begin()->first < asked.begin()->first) known.erase(known.begin());
    }

    Driver& driver_;
    std::vector<Source> sources_;
    std::mutex mutex_;
    std::vector<Generations> known_;  ///< by source
};

Task<Result<Generations>> ScyllaStreams::of_source(std::size_t source, Time from, Time until) {
    // Asked each time: a generation is announced before it begins, and may be so at any moment.
    CO_TRY(const auto rows, checked(co_await driver_.query(sources_[source].timestamps, sources_[source].options)));
    std::vector<Time> begins;
    Cells cells(rows.cells());
    for (std::size_t left = rows.rows(); left > 0; --left)
        if (const auto begin = cells.int64()) begins.push_back(Time(std::chrono::milliseconds(*begin)));
    if (begins.empty()) co_return fail(Error::unavailable("The cluster has no streams of changes yet; try again later"));
    std::ranges::sort(begins);

    Generations generations;
    for (std::size_t i = 0; i < begins.size() && begins[i] <= until; ++i) {
        if (i + 1 < begins.size() && begins[i + 1] <= from) continue;
        auto ids = known(source, begins[i]);
        if (!ids) {
            CO_TRY(const auto described, checked(co_await driver_.query(sources_[source].streams(begins[i]), sources_[source].options)));
            CO_TRY(ids, learn(source, begins[i], described));
        }
        generations.emplace(begins[i], std::move(ids));
    }
    forget_before(source, generations);
    co_return generations;
}

}  // namespace

std::shared_ptr<Streams> constant_streams(std::array<std::vector<std::string>, 4> ids) {
    return std::make_shared<ConstantStreams>(std::move(ids));
}

std::shared_ptr<Streams> own_streams() {
    std::vector<std::string> ids;
    for (unsigned i = 0; i < Stream::count; ++i) {
        const auto id = Stream::at(i).id();
        ids.emplace_back(id.data(), id.size());
    }
    return constant_streams({ids, ids, ids, ids});
}

std::shared_ptr<Streams> scylla_streams(Driver& driver, Keyspace keyspace, StatementDefaults defaults, StreamTables tables) {
    return std::make_shared<ScyllaStreams>(driver, keyspace, defaults, tables);
}

}  // namespace cartwheel::engines::cql
