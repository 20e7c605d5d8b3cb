#include "cartwheel/cli/input_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace cartwheel::cli {
namespace {

std::unexpected<Error> failure(std::string_view what, const std::string& name) {
    return fail(Error::unavailable(fmt::format("cannot {} {}: {}", what, name, std::strerror(errno))));
}

}  // namespace

Result<InputFile> InputFile::open(const std::string& name) {
    if (name == "-") return InputFile(dup(STDIN_FILENO), "standard input", {});
    const int file = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return failure("open", name);
    InputFile opened(file, name, {});
    struct stat status = {};
    if (fstat(file, &status) != 0) return failure("open", name);
    if (S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return failure("open", name);
    }
    if (S_ISREG(status.st_mode)) opened.bytes_ = static_cast<std::uint64_t>(status.st_size);
    return opened;
}

InputFile::InputFile(InputFile&& other) noexcept
    : file_(std::exchange(other.file_, -1)), name_(std::move(other.name_)), bytes_(other.bytes_) {}

InputFile::~InputFile() {
    if (file_ >= 0) close(file_);
}

Result<std::size_t> InputFile::read(std::span<char> into, const Interrupt& interrupt) {
    constexpr int look_ms = 200;  // a pipe may be silent for long, and the signal may have gone to another thread
    while (!interrupt.raised()) {
        if (!bytes_) {
            pollfd wait{file_, POLLIN, 0};
            if (poll(&wait, 1, look_ms) <= 0) continue;  // nothing yet, or a signal
        }
        const auto got = ::read(file_, into.data(), into.size());
        if (got >= 0) return static_cast<std::size_t>(got);
        if (errno != EINTR) return failure("read", name_);
    }
    return 0;
}

}  // namespace cartwheel::cli
