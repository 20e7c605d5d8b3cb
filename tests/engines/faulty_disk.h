#pragma once
// A disk for RocksDB that fails on demand, and whose content can be had as a power cut would leave it. Thread-safe.
// Nothing is really synced, so it is also fast: what is durable is kept account of here.

#include <rocksdb/file_system.h>

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>

namespace cartwheel::test {

class FaultyDisk final : public rocksdb::FileSystemWrapper {
public:
    enum class Fault : std::uint8_t { no_space, io_error };

    /// `folder` is the one that RocksDB uses; `graveyard` one of its own for what is deleted and might come back.
    FaultyDisk(std::string folder, std::string graveyard);
    const char* Name() const override { return "FaultyDisk"; }

    /// Fails `count` writes (creations, appends, syncs, renames) after letting `after` more through. An append without space is torn.
    void fail(Fault fault, std::uint64_t after, std::uint64_t count);
    void mend() { fail(Fault::no_space, 0, 0); }
    /// Writes so far.
    std::uint64_t writes() const;
    /// What the disk says is free; none: plenty.
    void set_free(std::optional<std::uint64_t> bytes);

    /// Holds whoever syncs a file until `release`.
    void hold_syncs();
    void wait_until_held();
    void release_syncs();

    /// The folder's content after a power cut now, into `target`: what was synced, and of the rest what chance leaves.
    void power_cut_into(const std::string& target, std::mt19937& chance);

    rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* result, rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus NewDirectory(const std::string& path, const rocksdb::IOOptions& options,
                                   std::unique_ptr<rocksdb::FSDirectory>* result, rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                                 rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus GetFreeSpace(const std::string& path, const rocksdb::IOOptions& options, std::uint64_t* free,
                                   rocksdb::IODebugContext* debug) override;

private:
    class File;
    class Directory;
    struct Content {
        std::string where;  ///< its real path
        std::uint64_t size = 0;
        std::uint64_t synced = 0;
    };
    using Names = std::map<std::string, std::shared_ptr<Content>>;

    // The mutex is held in these.
    rocksdb::IOStatus next_write();
    void bury(const std::string& path);

    const std::string folder_;
    const std::string graveyard_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    Names names_;    ///< as a running process sees them
    Names durable_;  ///< as of the folder's last sync
    std::uint64_t buried_ = 0;

    Fault fault_ = Fault::no_space;
    std::uint64_t writes_ = 0;
    std::uint64_t fail_from_ = 0;
    std::uint64_t fail_to_ = 0;
    std::optional<std::uint64_t> free_;
    bool holding_ = false;
    bool held_ = false;
};

}  // namespace cartwheel::test
