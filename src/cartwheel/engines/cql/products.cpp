#include "cartwheel/engines/cql/products.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "cartwheel/changes/change_rows.h"
#include "cartwheel/engines/cql/errors.h"
#include "cartwheel/engines/cql/log_codec.h"
#include "cartwheel/engines/cql/prepare_all.h"
#include "cartwheel/engines/cql/run_all.h"

namespace cartwheel::engines::cql {
namespace {

using namespace domain;
using namespace store;

// ScyllaDB takes no more keys in one IN by default.
constexpr std::size_t ids_max = 100;
constexpr std::size_t reads_at_once = 8;
constexpr std::size_t writes_at_once = 64;
// Cassandra warns of batches over 5 KiB, of which this much values is about two thirds, and refuses those over 50. A single product with
// a long picture goes beyond that by itself.
constexpr std::size_t batch_bytes_max = 3UL << 10;

Error broken_table() { return Error::internal("The table of products is of another kind; run `cartwheel doctor`"); }
Error not_found() { return Error::not_found("Product not found"); }

}  // namespace

Task<Result<ProductTable>> ProductTable::prepare(Driver& driver, Keyspace keyspace, StatementDefaults defaults) {
    const auto form = keyspace.price_is_float ? PriceForm::sample_float : PriceForm::exact;
    const auto table = keyspace.table("product");
    const auto price = price_columns(form);
    const auto columns = fmt::format("id, name, {}, img", price);
    const auto times = "writetime(name), writetime(price), writetime(img)";
    const std::string_view price_marks = form == PriceForm::exact ? "?" : "?, ?";
    const std::string_view price_sets = form == PriceForm::exact ? "price = ?" : "price = ?, price_exact = ?";

    ProductTable made(driver, form);
    std::vector<Preparation> texts{
        {&made.select_, fmt::format("SELECT {} FROM {} WHERE id = ?", columns, table)},
        {&made.select_some_, fmt::format("SELECT {}, {} FROM {} WHERE id IN ?", columns, times, table)},
        {&made.select_first_, fmt::format("SELECT {} FROM {} LIMIT ?", columns, table)},
        {&made.select_next_, fmt::format("SELECT {} FROM {} WHERE token(id) > token(?) LIMIT ?", columns, table)},
        // Written at the commit's time, so that of two writes the one counts that is later in the log, whichever arrives last.
        {&made.insert_, fmt::format("INSERT INTO {} ({}) VALUES (?, ?, {}, ?) USING TIMESTAMP ?", table, columns, price_marks)},
        {&made.update_, fmt::format("UPDATE {} USING TIMESTAMP ? SET name = ?, {}, img = ? WHERE id = ?", table, price_sets)},
        {&made.delete_, fmt::format("DELETE FROM {} USING TIMESTAMP ? WHERE id = ?", table)},
    };
    if (keyspace.dialect == Dialect::cassandra) texts.push_back({&made.log_, insert_log_row(keyspace, Table::product)});
    CO_TRY_VOID(co_await prepare_all(driver, std::move(texts), repeatable(defaults)));
    made.batch_ = {
        .kind = BatchOptions::Kind::logged, .consistency = defaults.consistency, .idempotent = true, .timeout = defaults.timeout};
    co_return made;
}

std::optional<Product> ProductTable::read_product(Cells& cells) const {
    const auto id = cells.id<ProductId>();
    const auto name = cells.text();
    const auto price = read_price(cells, price_);
    const auto image = cells.text();
    if (!id || !price) return std::nullopt;
    return Product{*id, std::string(name.value_or("")), *price, std::string(image.value_or(""))};
}

Task<Result<Product>> ProductTable::read(ProductId id) const {
    CO_TRY(const auto rows, checked(co_await driver_->execute(select_, Values().id(id))));
    if (rows.rows() == 0) co_return fail(not_found());
    Cells cells(rows.cells());
    auto product = read_product(cells);
    if (cells.failed()) co_return fail(broken_table());
    if (!product) co_return fail(not_found());
    co_return *std::move(product);
}

Task<Result<std::vector<Product>>> ProductTable::read_all(std::vector<ProductId> ids) const {
    CO_TRY(auto found, co_await find(ids));
    std::unordered_map<ProductId, const Product*> by_id;
    for (const auto& each : found) by_id.emplace(each.product.id, &each.product);
    std::vector<Product> products;
    products.reserve(found.size());
    for (const auto& id : ids)
        if (const auto at = by_id.find(id); at != by_id.end()) products.push_back(*at->second);
    co_return products;
}

Task<Result<ProductPage>> ProductTable::page(ProductPageRequest request) const {
    ProductPage page;
    do {
        // One more than is asked for tells whether there are more.
        const auto wanted = static_cast<std::int32_t>(request.limit - page.products.size() + 1);
        auto answer = co_await (request.after ? driver_->execute(select_next_, Values().id(*request.after).int32(wanted))
                                              : driver_->execute(select_first_, Values().int32(wanted)));
        CO_TRY(const auto rows, checked(std::move(answer)));
        Cells cells(rows.cells());
        page.more = rows.rows() == static_cast<std::size_t>(wanted);
        for (std::size_t left = rows.rows() - (page.more ? 1 : 0); left > 0; --left) {
            const auto id = Cells(cells).id<ProductId>();
            auto product = read_product(cells);
            if (cells.failed() || !id) co_return fail(broken_table());
            request.after = *id;
            if (product) page.products.push_back(*std::move(product));
        }
    } while (page.more && page.products.size() < request.limit);  // rows that are no products were among them
    co_return page;
}

Task<Result<std::vector<ProductTable::Found>>> ProductTable::find(std::vector<ProductId> ids) const {
    std::ranges::sort(ids);
    ids.erase(std::ranges::unique(ids).begin(), ids.end());
    std::vector<Task<Result<std::vector<Found>>>> reads;
    for (std::size_t at = 0; at < ids.size(); at += ids_max) {
        const auto from = ids.begin() + static_cast<std::ptrdiff_t>(at);
        const auto count = static_cast<std::ptrdiff_t>(std::min(ids_max, ids.size() - at));
        reads.push_back(find_some({from, from + count}));
    }
    std::vector<Found> found;
    found.reserve(ids.size());
    for (auto& part : co_await run_all(std::move(reads), reads_at_once)) {
        if (!part) co_return fail(std::move(part).error());
        std::ranges::move(*part, std::back_inserter(found));
    }
    co_return found;
}

Task<Result<std::vector<ProductTable::Found>>> ProductTable::find_some(std::vector<ProductId> ids) const {
    Values list;
    for (const auto& id : ids) list.id(id);
    CO_TRY(const auto rows, checked(co_await driver_->execute(select_some_, Values().list(list))));
    Cells cells(rows.cells());
    std::vector<Found> found;
    for (std::size_t left = rows.rows(); left > 0; --left) {
        auto product = read_product(cells);
        std::int64_t written_us = 0;
        for (int i = 0; i < 3; ++i) written_us = std::max(written_us, cells.int64().value_or(0));
        if (cells.failed()) co_return fail(broken_table());
        if (product) found.push_back({*std::move(product), Time(std::chrono::microseconds(written_us))});
    }
    co_return found;
}

Task<Result<ProductTable::Put>> ProductTable::put(std::vector<Product> products, ProductWrite mode, CommitClock& clock) const {
    std::vector<ProductId> ids;
    for (const auto& product : products) ids.push_back(product.id);
    CO_TRY(const auto found, co_await find(std::move(ids)));

    // Each as it was, and as the products so far leave it.
    struct Step {
        const Found* before = nullptr;
        const Product* after = nullptr;
    };
    std::unordered_map<ProductId, Step> steps;
    for (const auto& each : found) steps[each.product.id] = {&each, &each.product};
    ProductTally tally;
    std::vector<ProductId> in_order;
    for (const auto& product : products) {
        auto& step = steps[product.id];
        if (step.after == nullptr) ++tally.created;
        else if (*step.after == product) ++tally.unchanged;
        else ++tally.replaced;
        if (step.after == nullptr || *step.after != product) in_order.push_back(product.id);
        step.after = &product;
    }

    Time newest{};
    std::vector<RowChange> changes;
    std::vector<ProductId> created;
    for (const auto& id : in_order) {
        auto& step = steps[id];
        if (step.after == nullptr) continue;  // done: it is in there twice
        const auto* product = std::exchange(step.after, nullptr);
        if (step.before == nullptr) {
            created.push_back(id);
            changes.push_back({Operation::insert, std::nullopt, *product});
        } else if (step.before->product != *product) {
            newest = std::max(newest, step.before->written_at);
            changes.push_back({Operation::update, step.before->product, *product});
        }
    }
    if (mode == ProductWrite::only_compare || changes.empty()) co_return Put{tally, std::nullopt};

    const auto time = clock.next(newest);
    const auto commit_id = CommitId::random();
    auto writes = writes_of(time, commit_id, std::move(changes));
    bool failed = false;
    std::vector<Task<Result<void>>> tasks;
    for (auto& each : writes) tasks.push_back(write(std::move(each.items), &failed));
    const auto results = co_await run_all(std::move(tasks), writes_at_once);

    Put put{tally, Commit{static_cast<Seq>(micros(time)), time, {}, mark_of(commit_id)}};
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (results[i]) std::ranges::move(writes[i].changes, std::back_inserter(put.commit->changes));
        else if (put.tally) put.tally = fail(results[i].error());
    }
    if (put.commit->changes.empty()) put.commit.reset();
    if (put.tally) put.tally = co_await seen(std::move(created), *put.tally);
    co_return put;
}

Task<Result<ProductTally>> ProductTable::seen(std::vector<ProductId> created, ProductTally tally) const {
    const auto count = created.size();
    CO_TRY(const auto found, co_await find(std::move(created)));
    if (found.size() < count)
        co_return fail(
            Error::unavailable("A product that was removed lately cannot be put yet, since a clock is ahead; run `cartwheel doctor`"));
    co_return tally;
}

Task<Result<std::optional<Commit>>> ProductTable::remove(ProductId id, CommitClock& clock) const {
    CO_TRY(auto found, co_await find_some({id}));
    if (found.empty()) co_return std::nullopt;
    const auto time = clock.next(found.front().written_at);
    std::vector<RowChange> changes;
    changes.push_back({Operation::remove, std::move(found.front().product), std::nullopt});
    const auto commit_id = CommitId::random();
    auto writes = writes_of(time, commit_id, std::move(changes));
    CO_TRY_VOID(checked(co_await send(std::move(writes.front().items))));
    co_return Commit{static_cast<Seq>(micros(time)), time, std::move(writes.front().changes), mark_of(commit_id)};
}

std::vector<ProductTable::Write> ProductTable::writes_of(Time time, const CommitId& commit_id, std::vector<RowChange> changes) const {
    std::vector<LogPartition> partitions;
    if (log_) partitions = rows_of(time, commit_id, changes);
    std::unordered_map<ProductId, std::vector<BatchItem>> log;
    for (const auto& partition : partitions)
        for (const auto& row : partition.rows)
            log[*std::get<ProductColumns>(row.columns).id].push_back({log_, values_of(partition.stream, row)});

    // A stream's products share batches, as their rows of the log are of one partition.
    std::vector<Write> writes;
    std::unordered_map<unsigned, std::size_t> of_streams;
    for (auto& change : changes) {
        const auto id = std::get<Product>(change.after ? *change.after : *change.before).id;
        std::vector<BatchItem> items;
        if (log_) items = std::move(log[id]);
        items.push_back(statement_of(change, time));
        std::size_t bytes = 0;
        for (const auto& item : items) bytes += item.values.bytes().size();

        const auto [open, is_new] = of_streams.try_emplace(Stream::of(id).index(), writes.size());
        if (is_new || !log_ || writes[open->second].bytes + bytes > batch_bytes_max) {
            open->second = writes.size();
            writes.emplace_back();
        }
        auto& write = writes[open->second];
        write.changes.push_back(std::move(change));
        std::ranges::move(items, std::back_inserter(write.items));
        write.bytes += bytes;
    }
    return writes;
}

BatchItem ProductTable::statement_of(const RowChange& change, Time time) const {
    Values values;
    if (!change.after) {
        values.int64(micros(time)).id(std::get<Product>(*change.before).id);
        return {delete_, std::move(values)};
    }
    const auto& product = std::get<Product>(*change.after);
    if (change.before) values.int64(micros(time)).text(product.name);
    else values.id(product.id).text(product.name);
    append_price(values, product.price, price_);
    values.text(product.image);
    if (change.before) values.id(product.id);
    else values.int64(micros(time));
    return {change.before ? update_ : insert_, std::move(values)};
}

Task<Result<void>> ProductTable::write(std::vector<BatchItem> items, bool* failed) const {
    // Of many, the rest would only wait for the same.
    if (*failed) co_return fail(Error::unavailable("The cluster did not take all products; try again later"));
    const auto answer = co_await send(std::move(items));
    if (answer) co_return Result<void>{};
    *failed = true;
    co_return fail(to_error(answer.error()));
}

Task<Answer> ProductTable::send(std::vector<BatchItem> items) const {
    if (items.size() == 1) return driver_->execute(std::move(items.front().statement), std::move(items.front().values));
    return driver_->batch(batch_, std::move(items));
}

}  // namespace cartwheel::engines::cql
