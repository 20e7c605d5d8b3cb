#pragma once
// The embedded engine: everything in one folder, in RocksDB. One committer thread decides and makes durable; writers share its syncs.
// Owned by the composition root, one for a folder in the whole machine.
// A sync that fails ends the process with a line on stderr: what the kernel holds is not to be trusted then, the log on disk is.

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "cartwheel/store/store.h"

namespace cartwheel::engines::rocks {

struct RocksSettings {
    std::string folder;                           ///< made when it is not there, readable by its owner alone
    std::size_t block_cache_bytes = 256UL << 20;  ///< an eighth of it for carts and products kept decoded
    std::size_t write_buffer_bytes = 64UL << 20;  ///< counted against the block cache
    std::size_t queue_max = 4096;                 ///< writes that wait for the committer
    std::chrono::milliseconds queue_wait_max{5000};
    unsigned read_pool_threads = 2;  ///< for reads that need the disk
};

/// `clock` must outlive the store. The messages name the folder, for the operator alone.
/// Errors: unavailable (another process holds the folder), invalid (foreign or newer), internal (broken), full.
Result<std::unique_ptr<store::Store>> open_store(RocksSettings settings, const Clock& clock);

}  // namespace cartwheel::engines::rocks
