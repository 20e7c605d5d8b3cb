#include "cartwheel/cli/command.h"
#include "commit.inc"

namespace cartwheel::cli {

// The version comes from CMakeLists.txt, the commit from git when there is one, each at build time.
std::string_view version_text() {
    return "cartwheel " CARTWHEEL_VERSION
           "\n"
           "commit    " CARTWHEEL_COMMIT
           "\n"
           "compiler  " CARTWHEEL_COMPILER
           "\n"
           "engines   rocks (RocksDB " CARTWHEEL_ROCKSDB_VERSION
           "), "
#ifdef CARTWHEEL_CQL
           "cql, "
#endif
           "memory";
}

}  // namespace cartwheel::cli
