#pragma once
// What a COPY statement asks for, as a plan of `import` or `export`, with cqlsh's defaults. Pure but for looking up file patterns.

#include <string>
#include <variant>
#include <vector>

#include "cartwheel/cli/copy_statement.h"
#include "cartwheel/cli/export.h"
#include "cartwheel/cli/import_plan.h"

namespace cartwheel::cli {

struct CopyPlan {
    std::variant<ImportPlan, ExportPlan> plan;
    std::vector<std::string> ignored;  ///< options of cqlsh that were given and mean nothing here, in capitals
};

/// Errors: invalid, as cqlsh says it where it has words for it.
Result<CopyPlan> plan_copy(const CopyStatement& statement);

}  // namespace cartwheel::cli
