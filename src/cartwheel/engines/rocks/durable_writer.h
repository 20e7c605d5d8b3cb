#pragma once
// Makes batches durable, and knows what to do when the disk is full. Used by the committer's thread alone.
// Space is looked at before a batch, so that what is in memory can always be flushed and a start finds room; when the disk fills up
// all the same, a batch is refused as a whole, and RocksDB is asked to resume once the next one comes.
// Any other failure ends the process.

#include <rocksdb/write_batch.h>

#include <cstdint>

#include "cartwheel/engines/rocks/database.h"

namespace cartwheel::engines::rocks {

class DurableWriter {
public:
    explicit DurableWriter(const Database& database) : database_(database) {}

    /// Whether the batch is on disk; else there is no space and nothing of it will ever be seen.
    bool write(rocksdb::WriteBatch& batch) { return has_space_for(batch) && write_anyway(batch); }
    /// The same for a small batch that makes space, or will.
    bool write_anyway(rocksdb::WriteBatch& batch);

private:
    bool has_space_for(const rocksdb::WriteBatch& batch);
    bool resume();
    void keep_log_replaceable();
    void flush();

    const Database& database_;
    bool refused_by_rocks_ = false;  ///< the last batch met a full disk: RocksDB takes none until it resumes
    bool flushed_ = false;           ///< since the last batch that was written
};

}  // namespace cartwheel::engines::rocks
