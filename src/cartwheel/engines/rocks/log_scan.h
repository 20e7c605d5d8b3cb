#pragma once
// Tells a log that a power cut left torn at its end from one that is damaged. Reads files; used at a start that RocksDB refused.
//
// The committer syncs each batch before it begins the next, so only the newest batch can be torn, and not only by being short: of
// pages that were never synced any may be missing. Damage with a whole record behind it was synced, so it is the disk's.
// Format: https://github.com/facebook/rocksdb/wiki/Write-Ahead-Log-File-Format (blocks of 32 KiB; records with crc, length, type).

#include <string>
#include <string_view>

#include "cartwheel/base/error.h"

namespace cartwheel::engines::rocks {

enum class LogEnd : std::uint8_t { whole, torn, damaged };

/// Of one log file's content.
LogEnd end_of_log(std::string_view content);

/// Whether nothing worse happened to the logs in `folder` than a torn end of the newest. Errors: internal (cannot be read).
Result<bool> only_the_end_is_torn(const std::string& folder);

}  // namespace cartwheel::engines::rocks
