#pragma once
// cqlsh's COPY statement, taken apart. Pure; any thread.
//
//   COPY table [(column, ...)] FROM 'file' | STDIN | TO 'file' | STDOUT [WITH option = value [AND option = value ...]] [;]

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cartwheel/base/error.h"

namespace cartwheel::cli {

struct CopyStatement {
    std::string keyspace;  ///< empty when it was not named
    std::string table;
    std::vector<std::string> columns;  ///< empty when none were named
    bool is_import = false;            ///< FROM
    std::string file;                  ///< as it was written: a list of names and patterns; `-` for STDIN and STDOUT
    std::map<std::string, std::string> options;  ///< by name in lower case
};

/// Errors: invalid, saying what was expected where.
Result<CopyStatement> parse_copy(std::string_view text);

}  // namespace cartwheel::cli
