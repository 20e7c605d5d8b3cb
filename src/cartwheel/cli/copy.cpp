// The COPY statement of cqlsh, as a command.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "cartwheel/cli/copy_plan.h"
#include "cartwheel/cli/import.h"

namespace cartwheel::cli {
namespace {

struct Flags {
    std::string statement;
    TargetFlags target;
    bool json = false;
};

Result<CopyPlan> plan_of(const std::string& text) {
    TRY(const auto statement, parse_copy(text));
    return plan_copy(statement);
}

Exit copy(const Flags& flags) {
    const auto copy_plan = plan_of(flags.statement);
    if (!copy_plan) {
        complain(copy_plan.error().message);
        return exit_usage;
    }
    const auto style = flags.json ? ReportStyle::json : ReportStyle::text;
    if (!copy_plan->ignored.empty())
        fmt::print(stderr, "Note: {} mean{} nothing here.\n", fmt::join(copy_plan->ignored, ", "),
                   copy_plan->ignored.size() == 1 ? "s" : "");
    if (const auto* plan = std::get_if<ImportPlan>(&copy_plan->plan)) return run_import(*plan, flags.target, style);
    return run_export(std::get<ExportPlan>(copy_plan->plan), flags.target, style);
}

}  // namespace

void add_copy(CLI::App& root, Exit& exit) {
    auto* command = root.add_subcommand("copy", "products from and to CSV, as cqlsh's COPY");
    const auto flags = std::make_shared<Flags>();
    command->add_option("STATEMENT", flags->statement, "the statement, in quotes")->required();
    command->add_flag("--json", flags->json, "progress and report as JSON, one object a line");
    flags->target.add_to(*command);
    command->footer(
        "\nWith cqlsh's defaults: no header, columns by position, a backslash as escape. Every option of cqlsh is taken; those that mean\n"
        "nothing here are named in a note.\n\n"
        "  cartwheel copy \"COPY ecommerce.product (id, img, name, price) FROM 'product.csv' WITH HEADER = TRUE\"\n"
        "  cartwheel copy \"COPY ecommerce.product TO 'out.csv' WITH HEADER = TRUE AND DELIMITER = ';'\"\n\n"
        "Exit codes: those of import and export.");
    command->callback([flags, &exit] { exit = copy(*flags); });
}

}  // namespace cartwheel::cli
