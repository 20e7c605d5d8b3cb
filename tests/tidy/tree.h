#pragma once
// The project's files as they lie on the disk: what a checkout holds, without what is built or run there.

#include <string>
#include <vector>

#include "tidy/rules.h"

namespace tidy {

/// Every text file, by path. `root` is the project's folder.
std::vector<Source> read_tree(const std::string& root);

/// The folders below src/cartwheel that hold sources, as `engines/rocks`.
std::vector<std::string> library_folders(const std::vector<Source>& tree);

}  // namespace tidy
