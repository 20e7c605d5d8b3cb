#include "cartwheel/cli/import.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cartwheel/cli/importer.h"
#include "cartwheel/reflect/problems.h"

namespace cartwheel::cli {
namespace {

struct Flags {
    ImportPlan plan;
    TargetFlags target;
    std::string columns;
    std::string delimiter;
    std::string null;
    std::string max_errors = "100";
    bool json = false;
};

const char* word_of(ImportEnd end) {
    switch (end) {
        case ImportEnd::done: return "done";
        case ImportEnd::too_many_rejected: return "too_many_rejected";
        case ImportEnd::interrupted: return "interrupted";
        case ImportEnd::failed: return "failed";
    }
    return "failed";
}

Exit exit_of(const ImportReport& report) {
    switch (report.end) {
        case ImportEnd::done: return report.rejected == 0 ? exit_done : exit_some_rejected;
        case ImportEnd::too_many_rejected: return exit_too_many_rejected;
        case ImportEnd::interrupted: return exit_interrupted;
        case ImportEnd::failed: return exit_failed;
    }
    return exit_failed;
}

void print_text(const ImportReport& report, const ImportPlan& plan) {
    const auto& tally = report.tally;
    fmt::print("{} rows {} in {}: {} new, {} replaced, {} unchanged, {} rejected.\n", tally.rows(), plan.dry_run ? "checked" : "imported",
               in_words(std::chrono::duration<double>(report.seconds)), tally.created, tally.replaced, tally.unchanged, report.rejected);
    if (plan.dry_run) fmt::print("Nothing was stored.\n");
    else if (tally.batches > 1) fmt::print("They went in {} batches, each on disk before it was counted.\n", tally.batches);
    if (!report.rejects.empty()) fmt::print("Rejected rows are in {}, the reasons in {}.log.\n", report.rejects, report.rejects);
    if (!report.state.empty()) fmt::print("{} keeps how far it came: --resume goes on there.\n", report.state);
}

void print_json(const ImportReport& report, const ImportPlan& plan) {
    const auto& tally = report.tally;
    const auto text_or_null = [](const std::string& text) { return text.empty() ? "null" : reflect::quoted(text); };
    std::vector<std::string> files;
    for (const auto& file : plan.files) files.push_back(reflect::quoted(file));
    fmt::print(R"({{"end":"{}","files":[{}],"rows":{},"created":{},"replaced":{},"unchanged":{},"rejected":{},"batches":{},"dry_run":{},)"
               R"("seconds":{:.3f},"rejects":{},"state":{},"failure":{}}})"
               "\n",
               word_of(report.end), fmt::join(files, ","), tally.rows(), tally.created, tally.replaced, tally.unchanged, report.rejected,
               tally.batches, plan.dry_run, report.seconds, text_or_null(report.rejects), text_or_null(report.state),
               text_or_null(report.failure));
}

Result<void> complete(Flags& flags) {
    auto& plan = flags.plan;
    if (!flags.columns.empty()) {
        for (const auto name : csv::split_names(flags.columns)) plan.columns.emplace_back(name);
        plan.header = HeaderRule::if_there;
        TRY_VOID(csv::Columns::from_names(csv::split_names(flags.columns), csv::product_columns()));
    }
    if (!flags.delimiter.empty()) {
        TRY(plan.dialect.delimiter, parse_character(flags.delimiter, "--delimiter"));
    }
    if (const auto* refusal = csv::refusal_of(plan.dialect)) return fail(Error::invalid(refusal));
    TRY(plan.max_errors, ErrorLimit::parse(flags.max_errors));
    if (std::ranges::count(plan.files, "-") > 1) return fail(Error::invalid("standard input can be read once"));
    return {};
}

}  // namespace

Exit run_import(const ImportPlan& plan, const TargetFlags& target_flags, ReportStyle style) {
    const Interrupt interrupt;
    auto target = open_target(target_flags);
    if (!target) {
        complain(target.error().message);
        return target.error().code == ErrorCode::invalid ? exit_usage : exit_failed;
    }
    Progress progress(stdout, style);
    const auto report = Importer(plan, target->address, progress, interrupt).run();
    const bool began = report.tally.rows() + report.rejected > 0;
    if (style == ReportStyle::json) print_json(report, plan);
    else if (began || report.end != ImportEnd::failed) print_text(report, plan);
    std::fflush(stdout);
    if (report.end == ImportEnd::failed) complain(report.failure);
    if (report.end == ImportEnd::interrupted) complain("interrupted");
    if (report.end == ImportEnd::too_many_rejected)
        complain(fmt::format("stopped: {} rows were rejected and --max-errors is {}; mend the file, or raise it", report.rejected,
                             plan.max_errors.text()));
    return exit_of(report);
}

void add_import(CLI::App& root, Exit& exit) {
    auto* command = root.add_subcommand("import", "products from CSV");
    const auto flags = std::make_shared<Flags>();
    command->add_option("FILE", flags->plan.files, "CSV files (RFC 4180, UTF-8); - is standard input")->required();
    command->add_option("--columns", flags->columns, "the columns, where the file has no header: id,img,name,price");
    command->add_option("--delimiter", flags->delimiter, "what stands between fields; \\t for a tab")->default_str(",");
    command->add_option("--null", flags->null, "the text that stands for nothing")->type_name("TEXT");
    command->add_option("--max-errors", flags->max_errors, "rejected rows that are borne: a count, or a share such as 5%")
        ->capture_default_str();
    command->add_flag("--dry-run", flags->plan.dry_run, "checks and compares, and stores nothing");
    command->add_flag("--resume", flags->plan.resume, "goes on where an import of the same file ended");
    command->add_flag("--json", flags->json, "progress and report as JSON, one object a line");
    flags->target.add_to(*command);
    command->footer(
        "\nThe header names the columns, in any order. A row that cannot be taken goes to import_ecommerce_product.err in the working\n"
        "folder, as it was; the reasons go to import_ecommerce_product.err.log. Mend the former and import it.\n"
        "An import that ends early leaves FILE.import-state there, from which --resume goes on.\n\n"
        "  cartwheel import product.csv\n"
        "  zcat products.csv.gz | cartwheel import - --max-errors 5%\n"
        "  cartwheel import --columns id,img,name,price --delimiter ';' old.csv\n\n"
        "Exit codes: 0 done; 1 done, with rejected rows; 2 stopped, too many rejected; 3 failed; 4 interrupted; 64 wrong usage.");
    command->callback([command, flags, &exit] {
        if (command->count("--null") > 0) flags->plan.style.null = flags->null;
        if (const auto completed = complete(*flags); !completed) {
            complain(completed.error().message);
            exit = exit_usage;
            return;
        }
        exit = run_import(flags->plan, flags->target, flags->json ? ReportStyle::json : ReportStyle::text);
    });
}

}  // namespace cartwheel::cli
