#pragma once
// A look at a data folder from outside, for `cartwheel doctor`. Blocks the calling thread: reads all tables, some seconds a GiB.

#include <cstdint>
#include <string>

#include "cartwheel/base/error.h"

namespace cartwheel::engines::rocks {

struct CheckedFolder {
    std::uint64_t table_bytes = 0;  ///< read and found as written
};

/// Opens the store of `folder` as a start does, which finishes what a crash left, compares every block of every table with its
/// checksum, looks whether the change log is without gaps, and closes it again. The messages name the folder, for the operator.
/// Errors: unavailable (another process holds it), invalid (foreign, newer, or not there), internal (broken), full.
Result<CheckedFolder> check_folder(const std::string& folder);

}  // namespace cartwheel::engines::rocks
