#include "cartwheel/app/disk_speed.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

namespace cartwheel::app {
namespace {

constexpr std::size_t syncs_wanted = 50;
constexpr std::chrono::seconds time_max{3};

Error failed(const std::filesystem::path& folder, int reason) {
    auto message = fmt::format("{} cannot be written to: {}", folder.string(), std::strerror(reason));
    return reason == ENOSPC ? Error::full(message + "; make room")
                            : Error::unavailable(message + "; mend that, or name another folder with --data");
}

class UnnamedFile {
public:
    explicit UnnamedFile(const std::filesystem::path& folder) {
        std::string name = (folder / ".doctor-XXXXXX").string();
        descriptor_ = ::mkostemp(name.data(), O_CLOEXEC);
        if (descriptor_ >= 0) ::unlink(name.c_str());
    }
    UnnamedFile(const UnnamedFile&) = delete;
    UnnamedFile& operator=(const UnnamedFile&) = delete;
    ~UnnamedFile() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    int descriptor() const { return descriptor_; }

private:
    int descriptor_;
};

}  // namespace

Result<SyncSpeed> measure_syncs(const std::filesystem::path& folder) {
    using Steady = std::chrono::steady_clock;
    const UnnamedFile file(folder);
    if (file.descriptor() < 0) return fail(failed(folder, errno));
    struct statfs system{};
    const bool known = ::fstatfs(file.descriptor(), &system) == 0;
    const auto magic = static_cast<std::uint64_t>(system.f_type);

    const std::array<char, 4096> block{};
    std::vector<std::chrono::microseconds> times;
    const auto end = Steady::now() + time_max;
    while (times.size() < syncs_wanted && Steady::now() < end) {
        const auto start = Steady::now();
        const auto written = ::write(file.descriptor(), block.data(), block.size());
        if (written != static_cast<ssize_t>(block.size())) return fail(failed(folder, written < 0 ? errno : ENOSPC));
        if (::fdatasync(file.descriptor()) != 0) return fail(failed(folder, errno));
        times.push_back(std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - start));
    }
    std::ranges::nth_element(times, times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2));
    return SyncSpeed{times[times.size() / 2], times.size(), known && (magic == TMPFS_MAGIC || magic == RAMFS_MAGIC)};
}

}  // namespace cartwheel::app
