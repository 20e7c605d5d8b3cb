#include "cartwheel/engines/rocks/log_file_system.h"

#include <string_view>
#include <utility>

#include "cartwheel/engines/rocks/give_up.h"

namespace cartwheel::engines::rocks {
namespace {

class LogFile final : public rocksdb::FSWritableFileOwnerWrapper {
public:
    LogFile(std::unique_ptr<rocksdb::FSWritableFile> below, std::atomic<std::uint64_t>& syncs)
        : FSWritableFileOwnerWrapper(std::move(below)), syncs_(syncs) {}

    rocksdb::IOStatus Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
        return checked(FSWritableFileOwnerWrapper::Sync(options, debug));
    }
    rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
        return checked(FSWritableFileOwnerWrapper::Fsync(options, debug));
    }

private:
    rocksdb::IOStatus checked(rocksdb::IOStatus status) {
        if (!status.ok()) give_up(status.ToString());
        syncs_.fetch_add(1, std::memory_order_relaxed);
        return status;
    }

    std::atomic<std::uint64_t>& syncs_;
};

}  // namespace

rocksdb::IOStatus LogFileSystem::NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                                 std::unique_ptr<rocksdb::FSWritableFile>* result, rocksdb::IODebugContext* debug) {
    auto status = FileSystemWrapper::NewWritableFile(path, options, result, debug);
    if (status.ok() && std::string_view(path).ends_with(".log")) *result = std::make_unique<LogFile>(std::move(*result), syncs_);
    return status;
}

}  // namespace cartwheel::engines::rocks
