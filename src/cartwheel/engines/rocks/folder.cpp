#include "cartwheel/engines/rocks/folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

namespace cartwheel::engines::rocks {
namespace {

constexpr int format_number = 1;
constexpr std::string_view first_line = "cartwheel store\n";
constexpr std::string_view number_label = "format ";

Error cannot(std::string_view what, const std::string& path, int reason) {
    auto message = fmt::format("cannot {} {}: {}", what, path, std::strerror(reason));
    return reason == ENOSPC ? Error::full(std::move(message)) : Error::internal(std::move(message));
}

Result<void> write_durably(const std::string& path, std::string_view text) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return fail(cannot("write", path, errno));
    const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
    const int reason = errno;
    ::close(file);
    if (!written) return fail(cannot("write", path, reason));
    return {};
}

Result<void> sync_folder(const std::string& path) {
    const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return fail(cannot("open", path, errno));
    const bool synced = ::fsync(folder) == 0;
    const int reason = errno;
    ::close(folder);
    if (!synced) return fail(cannot("sync", path, reason));
    return {};
}

/// What a folder may hold that was being made when the process ended, or is the root of a file system.
bool is_of_a_beginning(const std::string& name) {
    return name == "lock" || name == "FORMAT.new" || name == "rocks" || name == "lost+found";
}

}  // namespace

Result<Folder> Folder::open(const std::string& path) {
    Folder folder(path);
    std::error_code error;
    if (std::filesystem::create_directories(path, error)) {
        if (::chmod(path.c_str(), 0700) != 0) return fail(cannot("protect", path, errno));
        TRY_VOID(sync_folder(std::filesystem::absolute(path).parent_path().string()));
    } else if (error || !std::filesystem::is_directory(path, error)) {
        return fail(cannot("make the data folder", path, error ? error.value() : ENOTDIR));
    }
    TRY_VOID(folder.check_format());
    TRY_VOID(folder.take_lock());
    return folder;
}

Folder::Folder(Folder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)), has_store_(other.has_store_) {}

Folder::~Folder() {
    if (lock_ >= 0) ::close(lock_);
}

Result<void> Folder::take_lock() {
    const auto path = path_ + "/lock";
    lock_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock_ < 0) return fail(cannot("open", path, errno));
    if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return fail(cannot("lock", path, errno));
        std::array<char, 32> text{};
        const auto size = ::pread(lock_, text.data(), text.size(), 0);
        int holder = 0;
        const auto [end, status] = std::from_chars(text.data(), text.data() + std::max<ssize_t>(size, 0), holder);
        const auto who = status == std::errc{} ? fmt::format("process {}", holder) : std::string("another process");
        return fail(
            Error::unavailable(fmt::format("the data folder {} is in use by {}; stop that one or choose another folder", path_, who)));
    }
    const auto pid = fmt::format("{}\n", ::getpid());
    if (::ftruncate(lock_, 0) != 0 || ::pwrite(lock_, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size()))
        return fail(cannot("write", path, errno));
    return {};
}

Result<void> Folder::check_format() {
    const auto path = path_ + "/FORMAT";
    std::ifstream file(path);
    if (!file) {
        if (errno != ENOENT) return fail(cannot("read", path, errno));
        std::error_code error;
        for (const auto& entry : std::filesystem::directory_iterator(path_, error))
            if (!is_of_a_beginning(entry.path().filename().string()))
                return fail(Error::invalid(fmt::format("{} is not empty and holds no Cartwheel store; choose another folder", path_)));
        if (error) return fail(cannot("read", path_, error.value()));
        return {};
    }
    std::stringstream text;
    text << file.rdbuf();
    const std::string all = std::move(text).str();
    std::string_view rest = all;
    int number = 0;
    if (rest.starts_with(first_line)) {
        rest.remove_prefix(first_line.size());
        if (rest.starts_with(number_label)) std::from_chars(rest.data() + number_label.size(), rest.data() + rest.size(), number);
    }
    if (number < 1)
        return fail(Error::invalid(fmt::format("{} does not describe a Cartwheel store; run: cartwheel doctor --data {}", path, path_)));
    if (number > format_number)
        return fail(
            Error::invalid(fmt::format("the store in {} has format {}, and this program knows formats up to {}; use a newer Cartwheel",
                                       path_, number, format_number)));
    has_store_ = true;
    return {};
}

Result<void> Folder::mark_made() {
    const auto path = path_ + "/FORMAT";
    TRY_VOID(write_durably(path + ".new",
                           fmt::format("{}{}{}\ncreated by cartwheel {}\n", first_line, number_label, format_number, CARTWHEEL_VERSION)));
    if (::rename((path + ".new").c_str(), path.c_str()) != 0) return fail(cannot("write", path, errno));
    TRY_VOID(sync_folder(path_));
    has_store_ = true;
    return {};
}

}  // namespace cartwheel::engines::rocks
