#include "cartwheel/engines/rocks/durable_writer.h"

#include "cartwheel/engines/rocks/give_up.h"

namespace cartwheel::engines::rocks {
namespace {

/// For what RocksDB writes beside a batch and at a start: a manifest, options, its own log file.
constexpr std::uint64_t slack_bytes = 2UL << 20;

/// A flush that frees less than this of log is not worth a small file.
constexpr std::uint64_t flush_bytes_min = 4UL << 20;

}  // namespace

bool DurableWriter::write_anyway(rocksdb::WriteBatch& batch) {
    if (refused_by_rocks_ && !resume()) return false;
    keep_log_replaceable();
    rocksdb::WriteOptions options;
    options.sync = true;
    const auto status = database_.rocks().Write(options, &batch);
    if (!status.ok() && !status.IsNoSpace()) give_up(status.ToString());
    refused_by_rocks_ = !status.ok();
    flushed_ = flushed_ && refused_by_rocks_;
    return status.ok();
}

/// Room for the batch in the log and in a table, and for the tables of what is in memory now.
bool DurableWriter::has_space_for(const rocksdb::WriteBatch& batch) {
    const auto enough = [&] {
        const auto free = database_.free_bytes();
        return !free || *free >= database_.unflushed_bytes() + 2 * batch.GetDataSize() + slack_bytes;
    };
    if (enough()) return true;
    if (flushed_ || database_.unflushed_bytes() < flush_bytes_min) return false;
    flush();
    return enough();
}

/// Tables are smaller than the log that they replace.
void DurableWriter::flush() {
    flushed_ = true;
    rocksdb::FlushOptions options;
    options.allow_write_stall = true;
    const auto& families = database_.families();
    database_.rocks()
        .Flush(options, {families.products, families.carts, families.orders, families.changes, families.idempotency, families.meta})
        .PermitUncheckedError();  // one that fails leaves all as it was
}

/// When an append fails, RocksDB resumes by flushing what is in memory and beginning a new log; with nothing in memory it would go on
/// in the log that has the torn record. So something always is there: a marker that is in no log and means nothing.
void DurableWriter::keep_log_replaceable() {
    std::uint64_t entries = 0;
    auto* const meta = database_.families().meta;
    if (!database_.rocks().GetIntProperty(meta, rocksdb::DB::Properties::kNumEntriesActiveMemTable, &entries) || entries > 0) return;
    rocksdb::WriteOptions options;
    options.disableWAL = true;
    const auto status = database_.rocks().Put(options, meta, "marker", "");
    if (!status.ok() && !status.IsNoSpace()) give_up(status.ToString());
}

bool DurableWriter::resume() {
    const auto status = database_.rocks().Resume();
    if (!status.ok() && !status.IsNoSpace() && !status.IsBusy()) give_up(status.ToString());
    return status.ok();
}

}  // namespace cartwheel::engines::rocks
