#pragma once
// Runs a planned export; shared by `export` and `copy`.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cartwheel/cli/command.h"
#include "cartwheel/cli/progress.h"
#include "cartwheel/cli/target.h"
#include "cartwheel/csv/dialect.h"

namespace cartwheel::cli {

struct ExportPlan {
    std::string file = "-";            ///< `-` is standard output
    std::vector<std::string> columns;  ///< which, and in which order; empty: all
    bool header = true;
    csv::Dialect dialect;
    char decimal_point = '.';
    std::optional<char> thousands;
    std::optional<std::uint64_t> rows_a_file;  ///< more rows go on in FILE.1, FILE.2 ...
};

/// Blocks until the export ended. A file is there whole or not at all.
Exit run_export(const ExportPlan& plan, const TargetFlags& target, ReportStyle style);

}  // namespace cartwheel::cli
