// Makes the tables of a shop in a cluster, or prints them as CQL.

#include "cartwheel/app/schema.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>

#include "cartwheel/base/log.h"
#include "cartwheel/cli/command.h"
#include "cartwheel/cli/interrupt.h"
#include "cartwheel/cli/progress.h"
#include "cartwheel/cli/setting_flags.h"
#include "cartwheel/reflect/problems.h"

namespace cartwheel::cli {
namespace {

struct Flags {
    bool print = false;
    bool json = false;
    std::optional<int> replication;
    std::string dialect;
};

std::string counted(std::uint64_t number, std::string_view what) {
    return fmt::format("{} {}{}", with_commas(number), what, number == 1 ? "" : "s");
}

std::string in_words(const app::CarryOver& carried) {
    return fmt::format("{} of the sample application looked at, {} taken over, {} there already", counted(carried.carts, "cart"),
                       counted(carried.adopted, "user"), with_commas(carried.known));
}

std::string as_json(const app::CarryOver& carried) {
    return fmt::format(R"({{"carts":{},"adopted":{},"known":{},"several":{}}})", carried.carts, carried.adopted, carried.known,
                       carried.several);
}

void print_text(const app::SchemaReport& report, const std::string& keyspace) {
    if (report.carried_over && report.carried_over->several > 0)
        fmt::print(
            "{} had several active carts. Each now has the first, which is the one that the sample application showed; the others stay\n"
            "in the tables cart and cart_items and are shown to nobody.\n",
            counted(report.carried_over->several, "user"));
    for (const auto& remark : report.remarks) fmt::print("Note: {}.\n", remark);
    if (report.interrupted) return;
    fmt::print("{}Keyspace {} is ready for cartwheel serve --store cql ({}).\n", report.steps == 0 ? "Nothing was missing. " : "", keyspace,
               report.cluster);
}

void print_json(const app::SchemaReport& report, const std::string& keyspace) {
    std::string remarks;
    for (const auto& remark : report.remarks) remarks += (remarks.empty() ? "" : ",") + reflect::quoted(remark);
    fmt::print(R"({{"end":"{}","keyspace":{},"cluster":{},"steps":{},"carried_over":{},"remarks":[{}]}})"
               "\n",
               report.interrupted ? "interrupted" : "done", reflect::quoted(keyspace), reflect::quoted(report.cluster), report.steps,
               report.carried_over ? as_json(*report.carried_over) : "null", remarks);
}

Exit fail_with(const Error& error) {
    complain(error.message);
    return error.code == ErrorCode::invalid ? exit_usage : exit_failed;
}

Exit apply(const app::Settings& settings, const Flags& flags) {
    const Interrupt interrupt;
    Progress progress(stdout, flags.json ? ReportStyle::json : ReportStyle::text);
    const app::SchemaWatch watch{.done =
                                     [&](std::string_view words) {
                                         if (flags.json) progress.show(fmt::format(R"({{"done":{}}})", reflect::quoted(words)));
                                         else progress.say(words);
                                     },
                                 .carrying_over =
                                     [&](const app::CarryOver& carried) {
                                         if (progress.is_due()) progress.show(flags.json ? as_json(carried) : "  " + in_words(carried));
                                     },
                                 .interrupted = [&] { return interrupt.raised(); }};
    const auto report = app::apply_schema(settings, flags.replication, watch);
    if (!report) return fail_with(report.error());
    if (report->carried_over) progress.settle(in_words(*report->carried_over));
    if (flags.json) print_json(*report, settings.cql.keyspace);
    else print_text(*report, settings.cql.keyspace);
    std::fflush(stdout);
    if (!report->interrupted) return exit_done;
    complain("interrupted; run it again, and it goes on");
    return exit_interrupted;
}

Exit print(const app::LoadedSettings& loaded, const Flags& flags) {
    const bool is_named = std::ranges::find(loaded.given, "cql.host") != loaded.given.end();
    if (flags.dialect.empty() && !is_named) {
        complain("for which product? name it with --dialect cassandra or --dialect scylla, or name a node to be asked with --host");
        return exit_usage;
    }
    const auto product = flags.dialect == "scylla" ? app::ClusterProduct::scylla : app::ClusterProduct::cassandra;
    const auto text = flags.dialect.empty() ? app::print_missing_schema(loaded.settings, flags.replication)
                                            : app::print_schema(loaded.settings, flags.replication, product);
    if (!text) return fail_with(text.error());
    const bool written = std::fwrite(text->data(), 1, text->size(), stdout) == text->size() && std::fflush(stdout) == 0;
    if (!written) complain("the statements could not be written to standard output; is its disk full?");
    return written ? exit_done : exit_failed;
}

Exit run(const SettingFlags& settings, const Flags& flags) {
    // What the driver would say of each attempt, the one line at the end says too.
    const auto log = log::start(log::Level::off, false);
    const auto loaded = app::load_settings(settings.sources());
    if (!loaded) return fail_with(loaded.error());
    for (const auto& warning : loaded->warnings) complain(warning);
    return flags.print ? print(*loaded, flags) : apply(loaded->settings, flags);
}

}  // namespace

void add_schema(CLI::App& root, Exit& exit) {
    auto* command = root.add_subcommand("schema", "makes the tables of a shop in a ScyllaDB or Cassandra cluster, or prints them");
    const auto flags = std::make_shared<Flags>();
    command->add_flag("--print", flags->print, "prints the CQL that would be run, for cqlsh -f");
    command->add_option("--dialect", flags->dialect, "with --print: the whole for this product, without asking a cluster")
        ->check(CLI::IsMember({"cassandra", "scylla"}).description(""))
        ->type_name("cassandra|scylla");
    command->add_option("--replication", flags->replication, "copies of each row in each datacenter; 3, or as many as there are nodes")
        ->check(CLI::Range(1, 100).description(""))
        ->type_name("N");
    command->add_flag("--json", flags->json, "progress and report as JSON, one object a line");
    const auto settings = std::make_shared<SettingFlags>(*command, SettingFlags::Which::where_the_cluster_is);
    command->footer(
        "\nAdds what is missing and changes nothing else, so it may be run again at any time. A keyspace that the sample application made\n"
        "is carried over: columns are added, and each user's active cart is taken over.\n"
        "The settings are those of serve --store cql, from the same places; the password comes from --password-file or the variable\n"
        "CARTWHEEL_CQL_PASSWORD.\n\n"
        "  cartwheel schema --host 10.0.0.1\n"
        "  cartwheel schema --host 10.0.0.1 --user shop --password-file shop.password --replication 3\n"
        "  cartwheel schema --host 10.0.0.1 --print | cqlsh 10.0.0.1\n"
        "  cartwheel schema --print --dialect scylla > shop.cql\n\n"
        "Exit codes: 0 done; 3 failed; 4 interrupted; 64 wrong usage.");
    command->callback([&exit, settings, flags] { exit = run(*settings, *flags); });
}

}  // namespace cartwheel::cli
