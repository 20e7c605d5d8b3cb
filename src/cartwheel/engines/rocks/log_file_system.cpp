#include "cartwheel/engines/rocks/log_file_system.h"

#include <string>
#include <string_view>
#include <utility>

#include "cartwheel/engines/rocks/give_up.h"

namespace cartwheel::engines::rocks {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

/// A file of the write-ahead log. It may come into being with its first record: RocksDB can put up with a record that finds no space,
/// but not with a log file that does.
class LogFile final : public rocksdb::FSWritableFile {
public:
    LogFile(rocksdb::FileSystem& files, std::string path, const rocksdb::FileOptions& options, std::atomic<std::uint64_t>& syncs)
        : FSWritableFile(options), files_(files), path_(std::move(path)), options_(options), syncs_(syncs) {}

    IOStatus create(IODebugContext* debug) { return files_.NewWritableFile(path_, options_, &file_, debug); }

    IOStatus Append(const rocksdb::Slice& data, const IOOptions& options, IODebugContext* debug) override {
        if (!file_) {
            auto created = create(debug);
            if (!created.ok()) return created;
        }
        return file_->Append(data, options, debug);
    }
    IOStatus Append(const rocksdb::Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                    IODebugContext* debug) override {
        return Append(data, options, debug);
    }
    IOStatus Truncate(std::uint64_t size, const IOOptions& options, IODebugContext* debug) override {
        return file_ ? file_->Truncate(size, options, debug) : IOStatus::OK();
    }
    IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
        return file_ ? file_->Close(options, debug) : IOStatus::OK();
    }
    IOStatus Flush(const IOOptions& options, IODebugContext* debug) override {
        return file_ ? file_->Flush(options, debug) : IOStatus::OK();
    }
    IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
        return file_ ? checked(file_->Sync(options, debug)) : IOStatus::OK();
    }
    IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
        return file_ ? checked(file_->Fsync(options, debug)) : IOStatus::OK();
    }
    bool IsSyncThreadSafe() const override { return true; }
    std::uint64_t GetFileSize(const IOOptions& options, IODebugContext* debug) override {
        return file_ ? file_->GetFileSize(options, debug) : 0;
    }

private:
    IOStatus checked(IOStatus status) {
        if (!status.ok()) give_up(status.ToString());
        syncs_.fetch_add(1, std::memory_order_relaxed);
        return status;
    }

    rocksdb::FileSystem& files_;
    const std::string path_;
    const rocksdb::FileOptions options_;
    std::atomic<std::uint64_t>& syncs_;
    std::unique_ptr<rocksdb::FSWritableFile> file_;
};

}  // namespace

IOStatus LogFileSystem::NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext* debug) {
    if (!std::string_view(path).ends_with(".log")) return FileSystemWrapper::NewWritableFile(path, options, result, debug);
    auto file = std::make_unique<LogFile>(*target(), path, options, syncs_);
    auto status = file->create(debug);
    if (status.ok() || status.IsNoSpace()) *result = std::move(file);
    return status.IsNoSpace() ? IOStatus::OK() : status;
}

}  // namespace cartwheel::engines::rocks
