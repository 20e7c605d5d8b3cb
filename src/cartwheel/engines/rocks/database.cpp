#include "cartwheel/engines/rocks/database.h"

#include <fcntl.h>
#include <rocksdb/compaction_filter.h>
#include <rocksdb/convenience.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/memtablerep.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "cartwheel/engines/rocks/hot_state.h"
#include "cartwheel/engines/rocks/keys.h"
#include "cartwheel/engines/rocks/log_scan.h"
#include "cartwheel/store/codec.h"

#if __has_feature(thread_sanitizer)
// RocksDB's own library is not built with the sanitizer, which then takes its atomics for races.
// NOLINTNEXTLINE(bugprone-reserved-identifier, readability-identifier-naming): the sanitizer asks for this name
extern "C" const char* __tsan_default_suppressions() { return "race:librocksdb\n"; }
#endif

namespace cartwheel::engines::rocks {
namespace {

/// Drops kept answers that are over when RocksDB merges files; until then readers pass over them.
class ForgetAnswers final : public rocksdb::CompactionFilter {
public:
    explicit ForgetAnswers(const Clock& clock) : clock_(clock) {}
    const char* Name() const override { return "cartwheel.ForgetAnswers"; }
    bool Filter(int, const rocksdb::Slice&, const rocksdb::Slice& value, std::string*, bool*) const override {
        const auto kept_at = store::decode_kept_at({value.data(), value.size()});
        return kept_at && clock_.now() - *kept_at >= store::RequestKey::kept_for;
    }

private:
    const Clock& clock_;
};

/// Drops forgotten commits when RocksDB merges files; until then readers begin behind them.
class ForgetChanges final : public rocksdb::CompactionFilter {
public:
    explicit ForgetChanges(const LogStart& start) : start_(start) {}
    const char* Name() const override { return "cartwheel.ForgetChanges"; }
    bool Filter(int, const rocksdb::Slice& key, const rocksdb::Slice&, std::string*, bool*) const override {
        return read_big_endian(key.ToStringView()) < start_.droppable_before();
    }

private:
    const LogStart& start_;
};

/// RocksDB would resume by itself after seconds and only with a whole write buffer of free space; the committer asks for it instead.
class ResumeByHand final : public rocksdb::EventListener {
public:
    void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status, bool* auto_recovery) override { *auto_recovery = false; }
};

struct FamilyName {
    const char* name;
    rocksdb::ColumnFamilyHandle* Families::* handle;
};
constexpr std::array family_names{
    FamilyName{"products", &Families::products},       FamilyName{"carts", &Families::carts},
    FamilyName{"orders", &Families::orders},           FamilyName{"changes", &Families::changes},
    FamilyName{"idempotency", &Families::idempotency}, FamilyName{"meta", &Families::meta},
};

/// What a process left in the log when it was killed may be in the kernel alone. It is replayed now, seen, and built upon, so it must
/// not be lost in a power cut that spares what is written from here on.
Result<void> sync_logs(const std::string& folder) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        if (entry.path().extension() != ".log") continue;
        const int file = ::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC);
        const bool synced = file >= 0 && ::fsync(file) == 0;
        const int reason = errno;
        if (file >= 0) ::close(file);
        if (!synced) return fail(Error::internal("cannot sync " + entry.path().filename().string() + ": " + std::strerror(reason)));
    }
    return {};  // a folder that is not there yet has no logs
}

rocksdb::ColumnFamilyOptions family_options(const rocksdb::Options& common) {
    rocksdb::ColumnFamilyOptions options(common);
    options.compression = rocksdb::kLZ4Compression;
    options.level_compaction_dynamic_level_bytes = true;
    return options;
}

/// For a family that is only asked for single keys: in memory it is a hash table, which takes half of a small write's work away.
/// An iterator over it must ask for total order, and is slow.
void use_hash_table(rocksdb::ColumnFamilyOptions& options, const RocksSettings& settings) {
    const auto buckets = std::clamp<std::size_t>(settings.write_buffer_bytes / 256, 256, 1UL << 18);
    options.prefix_extractor.reset(rocksdb::NewNoopTransform());
    options.memtable_factory.reset(rocksdb::NewHashLinkListRepFactory(buckets, 0, 0, false));
}

}  // namespace

Database::Database(std::string path, const std::shared_ptr<rocksdb::FileSystem>& file_system, const Clock& clock)
    : path_(std::move(path)),
      files_(std::make_shared<LogFileSystem>(file_system)),
      env_(rocksdb::NewCompositeEnv(files_)),
      forget_answers_(std::make_unique<ForgetAnswers>(clock)),
      forget_changes_(std::make_unique<ForgetChanges>(*log_start_)) {}

rocksdb::Options Database::make_options(const RocksSettings& settings) {
    cache_ = rocksdb::NewLRUCache(settings.block_cache_bytes - settings.block_cache_bytes / hot_share);
    // Buffers are charged to the cache: one budget for both.
    write_buffers_ = std::make_shared<rocksdb::WriteBufferManager>(settings.write_buffer_bytes, cache_);

    rocksdb::BlockBasedTableOptions table;
    table.block_cache = cache_;
    table.cache_index_and_filter_blocks = true;
    table.cache_index_and_filter_blocks_with_high_priority = true;
    table.pin_l0_filter_and_index_blocks_in_cache = true;
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    table.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
    table.format_version = 5;

    rocksdb::Options options;
    options.env = env_.get();
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    options.write_buffer_manager = write_buffers_;
    options.write_buffer_size = settings.write_buffer_bytes;
    options.create_missing_column_families = true;
    options.max_background_jobs = 2;
    options.max_open_files = 1024;
    options.keep_log_file_num = 4;
    options.max_log_file_size = 1UL << 20;
    options.info_log_level = rocksdb::WARN_LEVEL;
    options.stats_dump_period_sec = 0;
    options.stats_persist_period_sec = 0;
    options.listeners.push_back(std::make_shared<ResumeByHand>());

    // There is one writer, the committer, and every write is synced.
    options.allow_concurrent_memtable_write = false;
    options.enable_write_thread_adaptive_yield = false;
    options.bytes_per_sync = 1UL << 20;  // of flushes and compactions, so that they do not pile up before a sync of the log

    // What was acknowledged is before the torn end of the log; a log that is broken elsewhere is not opened.
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    options.track_and_verify_wals_in_manifest = true;
    options.max_total_wal_size = 2 * settings.write_buffer_bytes;  // bounds what a start after a crash reads
    options.wal_compression = rocksdb::kNoCompression;
    options.avoid_flush_during_recovery = true;  // a start on a full disk needs hardly any space
    options.avoid_flush_during_shutdown = true;  // all is in the log
    options.paranoid_checks = true;
    options.allow_fallocate = false;  // no faster, and free space is what it says
    return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> Database::describe_families(const rocksdb::Options& common,
                                                                         const RocksSettings& settings) const {
    std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
    for (const auto& family : family_names) {
        auto options = family_options(common);
        if (family.handle == &Families::carts) use_hash_table(options, settings);
        if (family.handle == &Families::changes) {
            // Its keys only rise: the place for the next is beside the last, not to be searched for.
            options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(4));
            options.compaction_filter = forget_changes_.get();
        }
        if (family.handle == &Families::idempotency) {
            use_hash_table(options, settings);
            options.compaction_filter = forget_answers_.get();
            options.periodic_compaction_seconds = static_cast<std::uint64_t>(std::chrono::seconds(store::RequestKey::kept_for).count());
        }
        descriptors.emplace_back(family.name, std::move(options));
    }
    return descriptors;
}

rocksdb::Status Database::open(const rocksdb::Options& options, std::vector<rocksdb::ColumnFamilyDescriptor> descriptors) {
    const rocksdb::ColumnFamilyDescriptor unused{rocksdb::kDefaultColumnFamilyName, family_options(options)};
    std::error_code ignored;
    const bool fresh = !std::filesystem::exists(path_ + "/CURRENT", ignored);

    rocksdb::DB* rocks = nullptr;
    if (!fresh) descriptors.push_back(unused);
    auto status = rocksdb::DB::Open(options, path_, fresh ? std::vector{unused} : descriptors, &handles_, &rocks);
    rocks_.reset(rocks);
    if (!status.ok() || !fresh) return status;

    // Families made all at once cost a third of the syncs of families made by an open that misses them.
    auto* const made_by_open = handles_.front();
    status = rocks_->CreateColumnFamilies(descriptors, &handles_);
    handles_.push_back(made_by_open);
    return status;
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path, Expect expect, const RocksSettings& settings, const Clock& clock,
                                                 const std::shared_ptr<rocksdb::FileSystem>& file_system) {
    std::unique_ptr<Database> self(new Database(path, file_system, clock));
    auto options = self->make_options(settings);
    options.create_if_missing = expect == Expect::new_or_existing;
    TRY_VOID(sync_logs(path));
    auto status = self->open(options, self->describe_families(options, settings));
    if (status.IsCorruption()) {
        TRY(const bool torn, only_the_end_is_torn(path));
        if (torn) {
            options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
            options.avoid_flush_during_recovery = false;  // so that the torn log is not needed a second time
            status = self->open(options, self->describe_families(options, settings));
        }
    }
    if (!status.ok()) {
        auto error = error_of(status);
        error.message = status.ToString();
        return fail(std::move(error));
    }
    for (std::size_t i = 0; i < family_names.size(); ++i) self->families_.*family_names[i].handle = self->handles_[i];
    TRY_VOID(self->read_log_start());
    return self;
}

Result<void> Database::read_log_start() {
    std::string value;
    const auto status = rocks_->Get({}, families_.meta, std::string(first_commit_key), &value);
    if (status.IsNotFound()) return {};
    if (!status.ok()) return fail(Error::internal(status.ToString()));
    const auto first = read_seq(value);
    if (!first) return fail(Error::internal("where the change log begins cannot be read"));
    log_start_->move_to(*first);
    return {};
}

Result<void> Database::drop_forgotten() const {
    const auto end = change_key(log_start_->droppable_before());
    const rocksdb::Slice slice(end);
    const auto status = rocksdb::DeleteFilesInRange(rocks_.get(), families_.changes, nullptr, &slice, false);
    if (!status.ok()) return fail(error_of(status));
    return {};
}

Database::~Database() {
    if (!rocks_) return;
    for (auto* handle : handles_) rocks_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    rocks_->Close().PermitUncheckedError();
}

std::uint64_t Database::memory_bytes() const { return cache_->GetUsage(); }

std::optional<std::uint64_t> Database::free_bytes() const {
    std::uint64_t bytes = 0;
    if (!files_->GetFreeSpace(path_, {}, &bytes, nullptr).ok()) return std::nullopt;
    return bytes;
}

Error error_of(const rocksdb::Status& status) {
    if (status.IsNoSpace()) return Error::full("The disk is full");
    return Error::internal("The store cannot be read");
}

}  // namespace cartwheel::engines::rocks
