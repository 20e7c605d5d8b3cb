#include "cartwheel/engines/rocks/check.h"

#include <fmt/format.h>
#include <rocksdb/file_system.h>

#include "cartwheel/base/time.h"
#include "cartwheel/engines/rocks/database.h"
#include "cartwheel/engines/rocks/folder.h"

namespace cartwheel::engines::rocks {
namespace {

Error broken(const std::string& folder, const std::string& why) {
    return Error::internal(fmt::format("the store in {} is broken ({}); put a copy of the folder in its place", folder, why));
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
    CheckedFolder checked;
    rocks.GetAggregatedIntProperty(rocksdb::DB::Properties::kTotalSstFilesSize, &checked.table_bytes);
    return checked;
}

}  // namespace cartwheel::engines::rocks
