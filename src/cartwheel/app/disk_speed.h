#pragma once
// How long the disk under a folder takes to make a small write durable. Blocks the calling thread for at most a few seconds.

#include <chrono>
#include <cstddef>
#include <filesystem>

#include "cartwheel/base/error.h"

namespace cartwheel::app {

struct SyncSpeed {
    std::chrono::microseconds median;
    std::size_t syncs;
    bool in_memory;  ///< a file system that keeps nothing on any disk
};

/// Appends to a file of its own in `folder`, with fdatasync after each 4 KiB, 50 times or for 3 s; the file has no name by then.
/// Errors: full; unavailable, with the path and the reason.
Result<SyncSpeed> measure_syncs(const std::filesystem::path& folder);

}  // namespace cartwheel::app
