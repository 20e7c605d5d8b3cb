#pragma once
// Runs a planned import and reports it; shared by `import` and `copy`.

#include "cartwheel/cli/command.h"
#include "cartwheel/cli/import_plan.h"
#include "cartwheel/cli/progress.h"
#include "cartwheel/cli/target.h"

namespace cartwheel::cli {

/// Blocks until the import ended. What went wrong is told on stderr, the rest on stdout.
Exit run_import(const ImportPlan& plan, const TargetFlags& target, ReportStyle style);

}  // namespace cartwheel::cli
