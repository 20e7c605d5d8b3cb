#pragma once
// How far an import came: beside the rejects, in the working folder, so that --resume can go on there. Kept only while an import is
// unfinished. Values; the functions block.

#include <cstdint>
#include <optional>
#include <string>

#include "cartwheel/base/error.h"

namespace cartwheel::cli {

struct ImportState {
    std::uint64_t offset = 0;  ///< behind the last row that the server has on disk
    std::uint64_t hash = 0;    ///< of all bytes up to there
};

/// `product.csv.import-state` for any folder's product.csv.
std::string import_state_path(const std::string& file);

/// None when there is none. Errors: invalid (it is broken), unavailable (it cannot be read).
Result<std::optional<ImportState>> load_import_state(const std::string& path);

/// Replaces the file as a whole. Errors: unavailable.
Result<void> save_import_state(const std::string& path, const ImportState& state);

}  // namespace cartwheel::cli
