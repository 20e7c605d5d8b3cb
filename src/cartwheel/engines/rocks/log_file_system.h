#pragma once
// The file system as RocksDB sees it, with an eye on the write-ahead log: its syncs are counted, and one that fails ends the process,
// whatever the reason. After a failed sync the kernel may call the pages clean, and a later sync would tell us that all is well.
// A failed append is no such thing: what did not get into the file is missing from it, and RocksDB goes on in a new one. For that a
// new log file is had even on a full disk: it is made again with its first record.

#include <rocksdb/file_system.h>

#include <atomic>
#include <cstdint>
#include <memory>

namespace cartwheel::engines::rocks {

class LogFileSystem final : public rocksdb::FileSystemWrapper {
public:
    explicit LogFileSystem(const std::shared_ptr<rocksdb::FileSystem>& below) : FileSystemWrapper(below) {}
    const char* Name() const override { return "cartwheel.LogFileSystem"; }

    rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* result, rocksdb::IODebugContext* debug) override;

    std::uint64_t syncs() const noexcept { return syncs_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> syncs_{0};
};

}  // namespace cartwheel::engines::rocks
