#include "cartwheel/cli/export.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cartwheel/cli/export_rows.h"
#include "cartwheel/cli/import_plan.h"
#include "cartwheel/cli/interrupt.h"
#include "cartwheel/client/client.h"
#include "cartwheel/reflect/problems.h"

namespace cartwheel::cli {
namespace {

struct Flags {
    ExportPlan plan;
    TargetFlags target;
    std::string delimiter;
    bool no_header = false;
    bool json = false;
};

std::string progress_line(const ExportRows& rows, double seconds, ReportStyle style) {
    const auto rate = static_cast<std::uint64_t>(static_cast<double>(rows.rows()) / std::max(seconds, 1e-6));
    if (style == ReportStyle::json) return fmt::format(R"({{"progress":{{"rows":{},"rows_per_second":{}}}}})", rows.rows(), rate);
    return fmt::format("  {} rows   {} rows/s", with_commas(rows.rows()), with_commas(rate));
}

Result<void> transfer(client::Address server, ExportRows& rows, Progress& progress, ReportStyle style, const Interrupt& interrupt) {
    const auto started = std::chrono::steady_clock::now();
    client::Client client(std::move(server));
    const auto sink = [&](std::string_view piece) -> Result<void> {
        if (interrupt.raised()) return fail(Error::unavailable("interrupted"));
        TRY_VOID(rows.take(piece));
        const std::chrono::duration<double> time = std::chrono::steady_clock::now() - started;
        if (progress.is_due()) progress.show(progress_line(rows, time.count(), style));
        return {};
    };
    TRY(const auto response, client.download({.target = "/products/export"}, sink));
    if (response.status != 200) return fail(Error::unavailable("the server refused: " + client::detail_of(response)));
    return rows.finish();
}

}  // namespace

Exit run_export(const ExportPlan& plan, const TargetFlags& target_flags, ReportStyle style) {
    const Interrupt interrupt;
    auto target = open_target(target_flags);
    if (!target) {
        complain(target.error().message);
        return target.error().code == ErrorCode::invalid ? exit_usage : exit_failed;
    }
    // Standard output may be where the rows go.
    std::FILE* const out = plan.file == "-" ? stderr : stdout;
    Progress progress(out, style);
    const auto started = std::chrono::steady_clock::now();
    ExportRows rows(plan);
    const auto done = transfer(target->address, rows, progress, style, interrupt);
    if (!done) {
        progress.settle(progress_line(rows, 1, style));
        complain(done.error().message);
        return interrupt.raised() ? exit_interrupted : exit_failed;
    }
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - started;
    if (style == ReportStyle::json)
        fmt::print(out, "{{\"file\":{},\"rows\":{},\"seconds\":{:.3f}}}\n", reflect::quoted(plan.file), rows.rows(), time.count());
    else if (plan.file != "-") progress.say(fmt::format("{} rows exported to {} in {}.", rows.rows(), plan.file, in_words(time)));
    return exit_done;
}

void add_export(CLI::App& root, Exit& exit) {
    auto* command = root.add_subcommand("export", "products to CSV");
    const auto flags = std::make_shared<Flags>();
    command->add_option("FILE", flags->plan.file, "where to; - is standard output")->capture_default_str();
    command->add_option("--delimiter", flags->delimiter, "what stands between fields; \\t for a tab")->default_str(",");
    command->add_flag("--no-header", flags->no_header, "no line with the names of the columns");
    command->add_flag("--json", flags->json, "progress and report as JSON, one object a line");
    flags->target.add_to(*command);
    command->footer(
        "\nBy id, under the header id,img,name,price; RFC 4180, UTF-8. What it writes imports again to the same bytes.\n\n"
        "  cartwheel export product.csv\n"
        "  cartwheel export | gzip > products.csv.gz\n\n"
        "Exit codes: 0 done; 3 failed, and no file was made; 4 interrupted; 64 wrong usage.");
    command->callback([flags, &exit] {
        flags->plan.header = !flags->no_header;
        if (!flags->delimiter.empty()) {
            const auto delimiter = parse_character(flags->delimiter, "--delimiter");
            if (delimiter) flags->plan.dialect.delimiter = *delimiter;
            const auto* refusal = csv::refusal_of(flags->plan.dialect);
            if (!delimiter || refusal != nullptr) {
                complain(delimiter ? refusal : delimiter.error().message);
                exit = exit_usage;
                return;
            }
        }
        exit = run_export(flags->plan, flags->target, flags->json ? ReportStyle::json : ReportStyle::text);
    });
}

}  // namespace cartwheel::cli
