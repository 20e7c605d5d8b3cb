// Shoppers, as the sample's generator; with many of them the load generator and the check that a shop keeps its promises.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <memory>
#include <random>

#include "cartwheel/cli/command.h"
#include "cartwheel/cli/simulation.h"
#include "cartwheel/cli/target.h"
#include "cartwheel/reflect/problems.h"

namespace cartwheel::cli {
namespace {

constexpr std::size_t violations_shown_max = 100;

struct Flags {
    SimulationPlan plan;
    TargetFlags target;
    std::string duration;
    std::string pace = "1s";
    double rate = 0;
    bool json = false;
};

double in_ms(std::chrono::microseconds time) { return static_cast<double>(time.count()) / 1000; }

std::string table_row(std::string_view name, const Histogram& times, double seconds) {
    return fmt::format("{:<10}{:>12}{:>10.1f}{:>10.2f}{:>10.2f}{:>10.2f}{:>10.2f}{:>10.2f}\n", name, with_commas(times.count()),
                       static_cast<double>(times.count()) / seconds, in_ms(times.quantile(0.5)), in_ms(times.quantile(0.9)),
                       in_ms(times.quantile(0.99)), in_ms(times.quantile(0.999)), in_ms(times.max()));
}

void print_text(const SimulationReport& report, const SimulationPlan& plan) {
    fmt::print("\n{} shopper{}, {}{}.\n\n", plan.shoppers, plan.shoppers == 1 ? "" : "s",
               in_words(std::chrono::duration<double>(report.seconds)),
               plan.rate ? fmt::format(", {} requests a second intended; times are from when each was meant to be sent", *plan.rate) : "");
    fmt::print("{:<10}{:>12}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}\n", "", "requests", "a second", "p50 ms", "p90", "p99", "p99.9", "max");
    for (std::size_t i = 0; i < calls; ++i) {
        const auto call = static_cast<Call>(i);
        const auto& times = report.meter.times(call);
        if (times.count() > 0) fmt::print("{}", table_row(name_of(call), times, report.seconds));
    }
    fmt::print("{}\n", table_row("all", report.meter.all_times(), report.seconds));
    for (const auto& [what, count] : report.meter.errors_by_status()) fmt::print("Error: {} ({} times)\n", what, with_commas(count));
    for (std::size_t i = 0; i < std::min(report.violations.size(), violations_shown_max); ++i)
        fmt::print("Violation: {}\n", report.violations[i]);
    fmt::print("{} errors.\n", with_commas(report.meter.errors()));
    fmt::print("{} violations: {} carts and {} orders were read back and compared with what was done.\n",
               with_commas(report.violations.size()), with_commas(plan.shoppers - report.unchecked), with_commas(report.orders));
}

std::string json_of(const Histogram& times, double seconds) {
    return fmt::format(
        R"({{"requests":{},"per_second":{:.1f},"p50_ms":{:.3f},"p90_ms":{:.3f},"p99_ms":{:.3f},"p999_ms":{:.3f},"max_ms":{:.3f}}})",
        times.count(), static_cast<double>(times.count()) / seconds, in_ms(times.quantile(0.5)), in_ms(times.quantile(0.9)),
        in_ms(times.quantile(0.99)), in_ms(times.quantile(0.999)), in_ms(times.max()));
}

void print_json(const SimulationReport& report, const SimulationPlan& plan) {
    std::string by_call;
    for (std::size_t i = 0; i < calls; ++i) {
        const auto call = static_cast<Call>(i);
        by_call += fmt::format("{}\"{}\":{}", i == 0 ? "" : ",", name_of(call), json_of(report.meter.times(call), report.seconds));
    }
    std::string errors;
    for (const auto& [what, count] : report.meter.errors_by_status())
        errors += fmt::format("{}{}:{}", errors.empty() ? "" : ",", reflect::quoted(what), count);
    std::string violations;
    for (std::size_t i = 0; i < std::min(report.violations.size(), violations_shown_max); ++i)
        violations += (i == 0 ? "" : ",") + reflect::quoted(report.violations[i]);
    fmt::print(
        R"({{"shoppers":{},"seconds":{:.3f},"seed":{},"interrupted":{},"all":{},"by_call":{{{}}},"errors":{},"errors_by_status":{{{}}},)"
        R"("orders":{},"unchecked_shoppers":{},"violations":{},"violation_texts":[{}]}})"
        "\n",
        plan.shoppers, report.seconds, plan.seed, report.interrupted, json_of(report.meter.all_times(), report.seconds), by_call,
        report.meter.errors(), errors, report.orders, report.unchecked, report.violations.size(), violations);
}

/// `30s`, `500ms`, `2m`, `0`. Errors: invalid.
Result<std::chrono::milliseconds> parse_time(std::string_view text, std::string_view flag) {
    double number = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    const double factor = unit == "ms"                  ? 1
                          : unit == "s"                 ? 1000
                          : unit == "m"                 ? 60'000
                          : unit == "h"                 ? 3'600'000
                          : unit.empty() && number == 0 ? 1
                                                        : 0;
    constexpr double longest_ms = 1e10;
    if (status != std::errc{} || factor == 0 || number < 0 || number * factor > longest_ms)
        return fail(Error::invalid(fmt::format("{} is a time such as 30s, 500ms or 2m, not '{}'", flag, text)));
    return std::chrono::milliseconds(static_cast<std::int64_t>(number * factor));
}

Result<void> complete(Flags& flags) {
    auto& plan = flags.plan;
    TRY(plan.pace, parse_time(flags.pace, "--pace"));
    plan.tells_its_story = plan.shoppers == 1 && !flags.json;
    constexpr std::chrono::seconds usual{30};
    if (!flags.duration.empty()) {
        TRY(plan.duration, parse_time(flags.duration, "--duration"));
    } else if (!plan.tells_its_story) {
        plan.duration = usual;
    }
    if (flags.rate > 0) plan.rate = flags.rate;
    if (plan.seed == 0) plan.seed = std::random_device{}();
    return {};
}

Exit run(Flags& flags) {
    if (const auto completed = complete(flags); !completed) {
        complain(completed.error().message);
        return exit_usage;
    }
    const Interrupt interrupt;
    auto target = open_target(flags.target);
    if (!target) {
        complain(target.error().message);
        return target.error().code == ErrorCode::invalid ? exit_usage : exit_failed;
    }
    Progress progress(stdout, flags.json ? ReportStyle::json : ReportStyle::text);
    const auto report = simulate(flags.plan, target->address, progress, interrupt);
    if (!report) {
        complain(report.error().message);
        return exit_failed;
    }
    if (flags.json) print_json(*report, flags.plan);
    else print_text(*report, flags.plan);
    std::fflush(stdout);
    if (!report->violations.empty()) {
        complain("the shop broke its promises; the violations are listed above");
        return exit_failed;
    }
    if (report->unchecked > 0) {
        complain(
            fmt::format("{} shoppers could not read their cart or orders back at the end: the server did not answer", report->unchecked));
        return exit_failed;
    }
    return report->interrupted ? exit_interrupted : exit_done;
}

}  // namespace

void add_simulate(CLI::App& root, Exit& exit) {
    auto* command = root.add_subcommand("simulate", "shoppers, as the sample's generator; also the load generator");
    const auto flags = std::make_shared<Flags>();
    command->add_option("--shoppers", flags->plan.shoppers, "how many at once")->check(CLI::Range(1, 100'000))->capture_default_str();
    command->add_option("--duration", flags->duration, "how long; 30s, but one shopper goes on until Ctrl-C")->type_name("TIME");
    command->add_option("--pace", flags->pace, "between two things that a shopper does; 0: as fast as the server answers")
        ->type_name("TIME")
        ->capture_default_str();
    command->add_option("--rate", flags->rate, "requests a second over all shoppers")->check(CLI::Range(0.001, 1e7));
    command->add_option("--connections", flags->plan.connections, "that the shoppers share, at most")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
    command->add_option("--seed", flags->plan.seed, "of what is drawn, but for the users' ids; 0: another each time")
        ->capture_default_str();
    command->add_flag("--json", flags->json, "progress and report as JSON, one object a line");
    flags->target.add_to(*command);
    command->footer(
        "\nOne shopper tells what it does, an item a second. Many look around, fill carts and check out; a report of rates and times "
        "follows.\n"
        "All of them compare what the shop says with what they did: every cart, every sum, every order, once each.\n\n"
        "  cartwheel simulate\n"
        "  cartwheel simulate --shoppers 200 --duration 30s --pace 0\n"
        "  cartwheel simulate --shoppers 200 --duration 1m --pace 0 --rate 5000 --json\n\n"
        "Exit codes: 0 done, nothing violated; 3 a violation, or no server; 4 interrupted, nothing violated; 64 wrong usage.");
    command->callback([flags, &exit] { exit = run(*flags); });
}

}  // namespace cartwheel::cli
