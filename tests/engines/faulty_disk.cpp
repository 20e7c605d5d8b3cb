#include "engines/faulty_disk.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace cartwheel::test {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

namespace fs = std::filesystem;

class FaultyDisk::File final : public rocksdb::FSWritableFileOwnerWrapper {
public:
    File(FaultyDisk& disk, std::shared_ptr<Content> content, std::unique_ptr<rocksdb::FSWritableFile> below)
        : FSWritableFileOwnerWrapper(std::move(below)), disk_(disk), content_(std::move(content)) {}

    IOStatus Append(const rocksdb::Slice& data, const IOOptions& options, IODebugContext* debug) override {
        const std::scoped_lock lock(disk_.mutex_);
        auto fault = disk_.next_write();
        const rocksdb::Slice written(data.data(), fault.ok() ? data.size() : fault.IsNoSpace() ? data.size() / 2 : 0);
        auto status = FSWritableFileOwnerWrapper::Append(written, options, debug);
        if (status.ok()) content_->size += written.size();
        return fault.ok() ? status : fault;
    }
    IOStatus Append(const rocksdb::Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                    IODebugContext* debug) override {
        return Append(data, options, debug);
    }
    IOStatus Sync(const IOOptions&, IODebugContext*) override {
        std::unique_lock lock(disk_.mutex_);
        auto fault = disk_.next_write();
        if (!fault.ok() && !fault.IsNoSpace()) {  // space was found when the bytes came
            fs::resize_file(content_->where, content_->synced);  // the kernel drops what it could not write
            return fault;
        }
        const auto size = content_->size;
        disk_.held_ = disk_.holding_;
        disk_.changed_.notify_all();
        disk_.changed_.wait(lock, [this] { return !disk_.holding_; });
        content_->synced = size;
        return IOStatus::OK();
    }
    IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override { return Sync(options, debug); }
    IOStatus RangeSync(std::uint64_t, std::uint64_t, const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

private:
    FaultyDisk& disk_;
    std::shared_ptr<Content> content_;
};

class FaultyDisk::Directory final : public rocksdb::FSDirectoryWrapper {
public:
    Directory(FaultyDisk& disk, std::unique_ptr<rocksdb::FSDirectory> below) : FSDirectoryWrapper(std::move(below)), disk_(disk) {}

    IOStatus Fsync(const IOOptions&, IODebugContext*) override {
        const std::scoped_lock lock(disk_.mutex_);
        auto fault = disk_.next_write();
        if (fault.ok()) disk_.durable_ = disk_.names_;
        return fault;
    }
    IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug, const rocksdb::DirFsyncOptions&) override {
        return Fsync(options, debug);
    }

private:
    FaultyDisk& disk_;
};

FaultyDisk::FaultyDisk(std::string folder, std::string graveyard)
    : FileSystemWrapper(rocksdb::FileSystem::Default()), folder_(std::move(folder)), graveyard_(std::move(graveyard)) {
    fs::create_directories(graveyard_);
}

void FaultyDisk::fail(Fault fault, std::uint64_t after, std::uint64_t count) {
    const std::scoped_lock lock(mutex_);
    fault_ = fault;
    fail_from_ = writes_ + after;
    fail_to_ = fail_from_ + count;
}

std::uint64_t FaultyDisk::writes() const {
    const std::scoped_lock lock(mutex_);
    return writes_;
}

void FaultyDisk::set_free(std::optional<std::uint64_t> bytes) {
    const std::scoped_lock lock(mutex_);
    free_ = bytes;
}

void FaultyDisk::hold_syncs() {
    const std::scoped_lock lock(mutex_);
    holding_ = true;
}

void FaultyDisk::wait_until_held() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(30), [this] { return held_; })) throw std::runtime_error("nobody syncs");
}

void FaultyDisk::release_syncs() {
    {
        const std::scoped_lock lock(mutex_);
        holding_ = held_ = false;
    }
    changed_.notify_all();
}

IOStatus FaultyDisk::next_write() {
    const auto number = writes_++;
    if (number < fail_from_ || number >= fail_to_) return IOStatus::OK();
    if (fault_ == Fault::io_error) return IOStatus::IOError("injected");
    auto status = IOStatus::NoSpace("injected");
    status.SetRetryable(true);  // as of a real disk
    return status;
}

IOStatus FaultyDisk::NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                     std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext* debug) {
    const std::scoped_lock lock(mutex_);
    if (auto fault = next_write(); !fault.ok()) return fault;
    auto status = FileSystemWrapper::NewWritableFile(path, options, result, debug);
    if (!status.ok()) return status;
    auto content = std::make_shared<Content>(Content{path, 0, 0});
    names_[path] = content;
    *result = std::make_unique<File>(*this, std::move(content), std::move(*result));
    return status;
}

IOStatus FaultyDisk::NewDirectory(const std::string& path, const IOOptions& options, std::unique_ptr<rocksdb::FSDirectory>* result,
                                  IODebugContext* debug) {
    auto status = FileSystemWrapper::NewDirectory(path, options, result, debug);
    if (status.ok() && path == folder_) *result = std::make_unique<Directory>(*this, std::move(*result));
    return status;
}

IOStatus FaultyDisk::RenameFile(const std::string& from, const std::string& to, const IOOptions& options, IODebugContext* debug) {
    const std::scoped_lock lock(mutex_);
    if (auto fault = next_write(); !fault.ok()) return fault;
    if (names_.contains(to)) bury(to);
    auto status = FileSystemWrapper::RenameFile(from, to, options, debug);
    if (auto node = names_.extract(from); status.ok() && node) {
        node.mapped()->where = to;
        names_[to] = node.mapped();
    }
    return status;
}

IOStatus FaultyDisk::DeleteFile(const std::string& path, const IOOptions& options, IODebugContext* debug) {
    const std::scoped_lock lock(mutex_);
    if (!names_.contains(path)) return FileSystemWrapper::DeleteFile(path, options, debug);
    bury(path);
    return IOStatus::OK();
}

IOStatus FaultyDisk::GetFreeSpace(const std::string& path, const IOOptions& options, std::uint64_t* free, IODebugContext* debug) {
    const std::scoped_lock lock(mutex_);
    if (!free_) return FileSystemWrapper::GetFreeSpace(path, options, free, debug);
    *free = *free_;
    return IOStatus::OK();
}

/// Deletes the file, which comes back should the power be cut before the folder is synced.
void FaultyDisk::bury(const std::string& path) {
    const auto grave = graveyard_ + "/" + std::to_string(buried_++);
    fs::rename(path, grave);
    names_.extract(path).mapped()->where = grave;
}

void FaultyDisk::power_cut_into(const std::string& target, std::mt19937& chance) {
    const std::scoped_lock lock(mutex_);
    constexpr std::size_t page = 4096;
    const auto below = [&chance](std::uint64_t limit) { return std::uniform_int_distribution<std::uint64_t>(0, limit - 1)(chance); };
    fs::create_directories(target);
    const auto& kept = below(2) == 0 ? names_ : durable_;
    const auto way = below(3);
    for (const auto& [path, content] : kept) {
        std::ifstream file(content->where, std::ios::binary);
        std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
        bytes.resize(content->size);
        if (const auto unsynced = content->size - content->synced; unsynced > 0) {
            if (way == 0) bytes.resize(content->synced);
            if (way == 1) bytes.resize(content->synced + below(unsynced + 1));
            for (auto at = content->synced; at < bytes.size(); at = (at / page + 1) * page)
                if (way == 2 && below(2) == 0)
                    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), std::min(page - at % page, bytes.size() - at), '\0');
        }
        std::ofstream(fs::path(target) / fs::path(path).filename(), std::ios::binary) << bytes;
    }
    for (const auto& entry : fs::directory_iterator(folder_))
        if (!names_.contains(entry.path().string()) && entry.is_regular_file())
            fs::copy_file(entry.path(), fs::path(target) / entry.path().filename(), fs::copy_options::skip_existing);
}

}  // namespace cartwheel::test
