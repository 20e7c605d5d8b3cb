#pragma once
// The data folder: whose it is, in which format, and who holds it. One Folder object holds one folder until it is destroyed.
// Beside RocksDB's own folder `rocks` there are FORMAT, which says what this is, and `lock`, which names the process that has it open.

#include <string>

#include "cartwheel/base/error.h"

namespace cartwheel::engines::rocks {

class Folder {
public:
    /// Makes the folder where there is none, and takes it. Messages name the path, for the operator.
    /// Errors: unavailable (held by another process), invalid (foreign or of a newer format), internal (cannot be used), full.
    static Result<Folder> open(const std::string& path);
    ~Folder();
    Folder(Folder&& other) noexcept;
    Folder& operator=(Folder&&) = delete;

    /// Whether a store was made here before.
    bool has_store() const noexcept { return has_store_; }
    std::string rocks_path() const { return path_ + "/rocks"; }
    /// Writes FORMAT, durably, once the store is there.
    Result<void> mark_made();

private:
    explicit Folder(std::string path) : path_(std::move(path)) {}
    Result<void> take_lock();
    Result<void> check_format();

    std::string path_;
    int lock_ = -1;
    bool has_store_ = false;
};

}  // namespace cartwheel::engines::rocks
