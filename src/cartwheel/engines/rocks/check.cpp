#include "cartwheel/engines/rocks/check.h"

#include <fmt/format.h>
#include <rocksdb/file_system.h>

#include <memory>
#include <string>

#include "cartwheel/base/time.h"
#include "cartwheel/engines/rocks/database.h"
#include "cartwheel/engines/rocks/folder.h"
#include "cartwheel/engines/rocks/keys.h"

namespace cartwheel::engines::rocks {
namespace {

Error broken(const std::string& folder, const std::string& why) {
    return Error::internal(fmt::format("the store in {} is broken ({}); put a copy of the folder in its place", folder, why));
}

/// Whether the change log is there from its first commit to its last, and what followers kept can be read.
Result<void> check_contents(const Database& database) {
    const auto internal = [](const char* why) { return fail(Error::internal(why)); };
    const std::unique_ptr<rocksdb::Iterator> changes(database.rocks().NewIterator({}, database.families().changes));
    auto expected = database.log_start().first();
    for (changes->Seek(change_key(expected)); changes->Valid(); changes->Next())
        if (read_seq(changes->key().ToStringView()) != expected++) return internal("the change log has a gap");
    if (!changes->status().ok()) return internal("the change log cannot be read");
    if (expected == database.log_start().first() && expected > 1) return internal("the end of the change log is missing");

    const std::unique_ptr<rocksdb::Iterator> cursors(database.rocks().NewIterator({}, database.families().meta));
    const auto end = after_prefix(std::string(cursor_prefix));
    for (cursors->Seek(std::string(cursor_prefix)); cursors->Valid() && cursors->key().compare(end) < 0; cursors->Next())
        if (!read_seq(cursors->value().ToStringView())) return internal("a follower's cursor cannot be read");
    if (!cursors->status().ok()) return internal("the followers' cursors cannot be read");
    return {};
}

}  // namespace

Result<CheckedFolder> check_folder(const std::string& folder) {
    TRY(const auto held, Folder::open(folder));
    if (!held.has_store()) return fail(Error::invalid(fmt::format("there is no store in {}", folder)));
    const SystemClock clock;
    RocksSettings settings;
    settings.folder = folder;
    const auto database = Database::open(held.rocks_path(), Expect::existing, settings, clock, rocksdb::FileSystem::Default());
    if (!database) return fail(broken(folder, database.error().message));
    auto& rocks = (*database)->rocks();
    if (const auto status = rocks.VerifyChecksum(); !status.ok()) return fail(broken(folder, status.ToString()));
    if (const auto contents = check_contents(**database); !contents) return fail(broken(folder, contents.error().message));
    CheckedFolder checked;
    rocks.GetAggregatedIntProperty(rocksdb::DB::Properties::kTotalSstFilesSize, &checked.table_bytes);
    return checked;
}

}  // namespace cartwheel::engines::rocks
