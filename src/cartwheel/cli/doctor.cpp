#include "cartwheel/app/doctor.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "cartwheel/base/log.h"
#include "cartwheel/cli/command.h"
#include "cartwheel/cli/setting_flags.h"
#include "cartwheel/reflect/json.h"

namespace cartwheel::cli {
namespace {

const char* word(app::Health health) {
    switch (health) {
        case app::Health::ok: return "ok";
        case app::Health::warn: return "warn";
        case app::Health::failed: return "FAIL";
    }
    return "";
}

void print_lines(const std::vector<app::Finding>& findings) {
    for (const auto& finding : findings) fmt::print("{:<5} {:<11} {}\n", word(finding.health), finding.subject, finding.words);
}

void print_json(const std::vector<app::Finding>& findings, bool well) {
    std::string out = fmt::format("{{\"ok\":{},\"findings\":[", well);
    for (const auto& finding : findings) {
        if (out.back() == '}') out += ',';
        out += fmt::format("{{\"health\":\"{}\",\"subject\":\"{}\",\"text\":", word(finding.health), finding.subject);
        reflect::append_json_string(out, finding.words);
        out += '}';
    }
    fmt::print("{}]}}\n", out);
}

}  // namespace

void add_doctor(CLI::App& root, Exit& exit) {
    auto* command =
        root.add_subcommand("doctor", "checks settings, folder or cluster, and address, and says what is wrong and how to mend it");
    command->footer(
        "\nTakes the settings of serve, from the same places, so add `doctor` where you would say `serve`:\n\n"
        "  cartwheel doctor --data /var/lib/cartwheel\n"
        "  cartwheel doctor --store cql --host 10.0.0.1\n"
        "  cartwheel doctor --json\n\n"
        "Exit codes: 0 nothing stands in the way (there may be warnings); 3 something does; 64 wrong usage.");
    auto flags = std::make_shared<SettingFlags>(*command);
    auto as_json = std::make_shared<bool>(false);
    command->add_flag("--json", *as_json, "for programs: one object with all findings");
    command->callback([&exit, flags, as_json] {
        // What the parts would say while they are looked at, the findings say too.
        const auto log = log::start(log::Level::off, false);
        const auto findings = app::examine(flags->sources());
        const bool well = std::ranges::none_of(findings, [](const auto& finding) { return finding.health == app::Health::failed; });
        if (*as_json) print_json(findings, well);
        else print_lines(findings);
        exit = well ? exit_done : exit_failed;
    });
}

}  // namespace cartwheel::cli
