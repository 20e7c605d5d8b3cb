#include "cartwheel/query/log_table.h"

#include <algorithm>

#include "cartwheel/changes/change_rows.h"
#include "cartwheel/query/rows.h"

namespace cartwheel::query {
namespace {

using changes::LogOperation;
using changes::Stream;
using domain::RowChange;

constexpr unsigned commits_between_looks = 256;

// Columns before those of the table: stream, time, number; then one for each of the table's that is no part of the key; then three.
constexpr std::size_t leading = 3;
constexpr std::size_t trailing = 3;

/// A commit's place in time. In a store of one process a commit's number tells it from others of its microsecond, and orders them.
changes::ChangeTime change_time(const domain::Commit& commit) {
    constexpr unsigned number_bytes = 5;
    constexpr std::uint8_t sign_bit = 0x80;  // the low bytes are compared as signed ones
    Uuid::Bytes bytes{};
    for (unsigned i = 0; i < number_bytes; ++i) bytes[15 - i] = static_cast<std::uint8_t>(commit.seq >> (8 * i)) ^ sign_bit;
    return changes::ChangeTime::of(commit.time, changes::CommitId(Uuid(bytes)));
}

const domain::Row& any_row(const RowChange& change) { return change.after ? *change.after : *change.before; }

std::optional<Time> ordered_at(const domain::Commit& commit, const RowChange& change) {
    const auto* cart = change.after ? std::get_if<domain::CartRow>(&*change.after) : nullptr;
    if (cart == nullptr || cart->is_active) return std::nullopt;
    for (const auto& other : commit.changes)
        if (const auto* order = other.after ? std::get_if<domain::Order>(&*other.after) : nullptr; order && order->id == cart->cart_id)
            return order->placed_at;
    return std::nullopt;
}

template <class T>
bool is_among(const std::optional<std::vector<T>>& wanted, const T& value) {
    return !wanted || std::ranges::binary_search(*wanted, value);
}

/// Whether a row, whose columns are all those of the key at least, can fit.
bool fits(const Filters& filters, const domain::Row& row) {
    struct {
        bool operator()(const domain::Product& product) const { return is_among(filters.products, product.id); }
        bool operator()(const domain::CartRow& cart) const {
            return is_among(filters.carts, cart.cart_id) && is_among(filters.users, cart.user_id);
        }
        bool operator()(const domain::CartItemRow& item) const {
            return is_among(filters.products, item.product_id) && is_among(filters.carts, item.cart_id) &&
                   is_among(filters.users, item.user_id);
        }
        bool operator()(const domain::Order& order) const {
            return is_among(filters.carts, order.id) && is_among(filters.users, order.user_id);
        }
        const Filters& filters;
    } visitor{filters};
    return std::visit(visitor, row);
}

template <domain::Table table>
class LogReader final : public Reader {
public:
    LogReader(store::Snapshot& snapshot, Filters filters, Watch& watch)
        : filters_(std::move(filters)), watch_(watch), commits_(snapshot.commits(filters_.from, filters_.before)) {
        for (const auto& column : columns_of(table)) key_columns_ += column.is_key ? 1 : 0;
        value_columns_ = columns_of(table).size() - key_columns_;
    }

    Result<bool> next() override {
        if (commit_ != nullptr) ++at_;
        while (at_ == lines_.size()) {
            if (++count_ % commits_between_looks == 0) TRY_VOID(may_go_on(watch_));
            TRY(commit_, commits_->next());
            if (commit_ == nullptr) return false;
            unfold();
        }
        return true;
    }

    void write(std::size_t column, Answer& answer) const override {
        const auto& line = lines_[at_];
        if (column >= leading + value_columns_ + trailing) return write_own(line, column - leading - value_columns_ - trailing, answer);
        if (column == 0) {
            const auto id = Stream::of(any_row(*line.change)).id();
            return answer.blob({id.data(), id.size()});
        }
        if (column == 1) return answer.uuid(change_time(*commit_).uuid());
        if (column == 2) return answer.integer(line.number);
        if (column < leading + value_columns_) return answer.null();  // cdc$deleted_...: nothing of the shop is ever set to null
        switch (column - leading - value_columns_) {
            case 0: return answer.boolean(line.is_last);
            case 1: return answer.integer(static_cast<std::int64_t>(line.operation));
            default: return answer.null();  // cdc$ttl
        }
    }

private:
    struct Line {
        const RowChange* change;
        std::int32_t number;
        LogOperation operation;
        bool is_last;
    };

    /// The rows of the commit that can fit.
    void unfold() {
        lines_.clear();
        at_ = 0;
        group_.clear();
        for (const auto& change : commit_->changes)
            if (change.table() == table) group_.push_back({Stream::at(0), &change});
        if (group_.size() > 1) {
            for (auto& [stream, change] : group_) stream = Stream::of(any_row(*change));
            std::ranges::sort(group_);  // those of one stream stay in their order, which is that of their addresses
        }
        for (auto begin = group_.begin(); begin != group_.end();) {
            const auto end = std::find_if(begin, group_.end(), [&](const auto& entry) { return entry.first != begin->first; });
            unfold_stream({begin, end});
            begin = end;
        }
    }

    void unfold_stream(std::span<const std::pair<Stream, const RowChange*>> changes) {
        std::int32_t rows = 0;
        for (const auto& [stream, change] : changes) rows += 1 + (change->before ? 1 : 0) + (change->after ? 1 : 0);
        std::int32_t number = 0;
        const auto add = [&](const RowChange& change, LogOperation operation, const domain::Row& row) {
            const auto mine = number++;
            const bool is_wanted = (filters_.operations >> static_cast<unsigned>(operation) & 1U) != 0;
            if (is_wanted && fits(filters_, row)) lines_.push_back({&change, mine, operation, mine + 1 == rows});
        };
        for (const auto& [stream, change] : changes)
            if (change->before) add(*change, LogOperation::preimage, *change->before);
        for (const auto& [stream, change] : changes) add(*change, static_cast<LogOperation>(change->operation), any_row(*change));
        for (const auto& [stream, change] : changes)
            if (change->after) add(*change, LogOperation::postimage, *change->after);
    }

    void write_own(const Line& line, std::size_t column, Answer& answer) const {
        const auto& change = *line.change;
        if (line.operation == LogOperation::preimage) return query::write(*change.before, std::nullopt, column, answer);
        if (line.operation != LogOperation::row_delete) return query::write(*change.after, ordered_at(*commit_, change), column, answer);
        if (column < key_columns_) query::write(*change.before, std::nullopt, column, answer);
        else answer.null();
    }

    Filters filters_;
    Watch& watch_;
    std::unique_ptr<store::Scan<domain::Commit>> commits_;
    std::size_t key_columns_ = 0;
    std::size_t value_columns_ = 0;
    const domain::Commit* commit_ = nullptr;
    std::vector<std::pair<Stream, const RowChange*>> group_;
    std::vector<Line> lines_;
    std::size_t at_ = 0;
    unsigned count_ = 0;
};

template <domain::Table table>
std::unique_ptr<Reader> open(store::Snapshot& snapshot, Filters filters, Watch& watch) {
    return std::make_unique<LogReader<table>>(snapshot, std::move(filters), watch);
}

auto open_of(domain::Table table) {
    switch (table) {
        case domain::Table::product: return &open<domain::Table::product>;
        case domain::Table::cart: return &open<domain::Table::cart>;
        case domain::Table::cart_items: return &open<domain::Table::cart_items>;
        case domain::Table::orders: break;
    }
    return &open<domain::Table::orders>;
}

}  // namespace

Table log_table(domain::Table of) {
    std::vector<Column> columns = {{"cdc$stream_id", "blob", Role::none, true},
                                   {"cdc$time", "timeuuid", Role::time, true},
                                   {"cdc$batch_seq_no", "int", Role::none, true}};
    for (const auto& column : columns_of(of))
        if (!column.is_key) columns.push_back({"cdc$deleted_" + column.name, "boolean"});
    columns.push_back({"cdc$end_of_batch", "boolean"});
    columns.push_back({"cdc$operation", "tinyint", Role::operation});
    columns.push_back({"cdc$ttl", "bigint"});
    for (auto column : columns_of(of)) {
        column.is_key = false;
        if (column.role == Role::active) column.role = Role::none;
        columns.push_back(std::move(column));
    }
    return {std::string(name_of(of)) + "_scylla_cdc_log", std::move(columns), 1e6, {}, open_of(of)};
}

}  // namespace cartwheel::query
