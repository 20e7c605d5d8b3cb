#pragma once
// RocksDB with its column families open: the one owner of those handles. Thread-safe as RocksDB is.
// What goes wrong in it becomes an Error here; paths and keys stay in the log file that RocksDB keeps in its folder.

#include <rocksdb/db.h>
#include <rocksdb/write_buffer_manager.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cartwheel/base/time.h"
#include "cartwheel/engines/rocks/log_file_system.h"
#include "cartwheel/engines/rocks/log_start.h"
#include "cartwheel/engines/rocks/rocks_store.h"

namespace cartwheel::engines::rocks {

struct Families {
    rocksdb::ColumnFamilyHandle* products = nullptr;
    rocksdb::ColumnFamilyHandle* carts = nullptr;
    rocksdb::ColumnFamilyHandle* orders = nullptr;
    rocksdb::ColumnFamilyHandle* changes = nullptr;
    rocksdb::ColumnFamilyHandle* idempotency = nullptr;
    rocksdb::ColumnFamilyHandle* meta = nullptr;
};

/// Whether RocksDB's files must be there already.
enum class Expect : std::uint8_t { existing, new_or_existing };

class Database {
public:
    /// `path` is RocksDB's own folder; `file_system` carries its files.
    static Result<std::unique_ptr<Database>> open(const std::string& path, Expect expect, const RocksSettings& settings, const Clock& clock,
                                                  const std::shared_ptr<rocksdb::FileSystem>& file_system);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    rocksdb::DB& rocks() const noexcept { return *rocks_; }
    const Families& families() const noexcept { return families_; }
    std::uint64_t memory_bytes() const;
    std::uint64_t log_syncs() const noexcept { return files_->syncs(); }
    /// Of the disk; none when it does not say.
    std::optional<std::uint64_t> free_bytes() const;
    LogStart& log_start() const noexcept { return *log_start_; }
    /// Removes files of forgotten commits; what is left goes when RocksDB merges them.
    Result<void> drop_forgotten() const;
    /// In memory and in the log, and not yet in a table.
    std::uint64_t unflushed_bytes() const { return write_buffers_->memory_usage(); }

private:
    Database(std::string path, const std::shared_ptr<rocksdb::FileSystem>& file_system, const Clock& clock);
    std::vector<rocksdb::ColumnFamilyDescriptor> describe_families(const rocksdb::Options& common, const RocksSettings& settings) const;
    rocksdb::Status open(const rocksdb::Options& options, std::vector<rocksdb::ColumnFamilyDescriptor> descriptors);
    Result<void> read_log_start();
    rocksdb::Options make_options(const RocksSettings& settings);

    std::string path_;
    std::shared_ptr<LogFileSystem> files_;
    std::unique_ptr<rocksdb::Env> env_;
    std::shared_ptr<rocksdb::Cache> cache_;
    std::shared_ptr<rocksdb::WriteBufferManager> write_buffers_;
    std::unique_ptr<LogStart> log_start_ = std::make_unique<LogStart>();
    std::unique_ptr<rocksdb::CompactionFilter> forget_answers_;
    std::unique_ptr<rocksdb::CompactionFilter> forget_changes_;
    std::vector<rocksdb::ColumnFamilyHandle*> handles_;  ///< all, to give back; used by name only
    Families families_;
    std::unique_ptr<rocksdb::DB> rocks_;
};

/// For a read that failed, or a write that failed for want of space.
Error error_of(const rocksdb::Status& status);

}  // namespace cartwheel::engines::rocks
