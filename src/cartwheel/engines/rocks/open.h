#pragma once
// Opening the store on a file system of the caller's choice, so that tests can make disks fail.

#include <rocksdb/file_system.h>

#include <memory>

#include "cartwheel/engines/rocks/rocks_store.h"

namespace cartwheel::engines::rocks {

/// As `open_store`; `file_system` carries RocksDB's files.
Result<std::unique_ptr<store::Store>> open_store_on(std::shared_ptr<rocksdb::FileSystem> file_system, RocksSettings settings,
                                                    const Clock& clock);

}  // namespace cartwheel::engines::rocks
