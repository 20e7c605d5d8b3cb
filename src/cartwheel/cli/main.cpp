// The program: its commands, and what it says to a command line that it does not understand.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "cartwheel/base/nearest.h"
#include "cartwheel/cli/command.h"

namespace cartwheel::cli {
namespace {

constexpr const char* about =
    "A shopping-cart service in one binary: exact, durable, and ready to use.\n\n"
    "  cartwheel serve --sample               serves http://127.0.0.1:8000 with a sample catalogue\n"
    "  cartwheel import product.csv           adds products to the running server\n"
    "  cartwheel simulate --shoppers 20 --duration 10s\n";

/// The command whose flags were being read, or the program itself.
const CLI::App& deepest(const CLI::App& root) {
    const CLI::App* at = &root;
    while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
    return *at;
}

std::vector<std::string> names_of_flags(const CLI::App& command) {
    std::vector<std::string> names;
    for (const auto* option : command.get_options())
        for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    return names;
}

std::vector<std::string> names_of_commands(const CLI::App& root) {
    std::vector<std::string> names;
    for (const auto* command : root.get_subcommands([](const CLI::App*) { return true; })) names.push_back(command->get_name());
    return names;
}

/// What to do about a command line that could not be read.
std::string advice(const CLI::App& root, const CLI::ParseError& error) {
    const auto& command = deepest(root);
    const auto help = fmt::format("{} --help", &command == &root ? "cartwheel" : "cartwheel " + command.get_name());
    const auto left = root.remaining(true);
    if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr || left.empty()) return fmt::format("{}; see {}", error.what(), help);
    const auto name = left.front().substr(0, left.front().find('='));
    const bool is_flag = name.starts_with('-');
    const bool is_command = !is_flag && &command == &root;
    auto hint = is_command ? did_you_mean(name, names_of_commands(root)) : is_flag ? did_you_mean(name, names_of_flags(command)) : "";
    const auto* kind = is_command ? "command" : is_flag ? "flag" : "argument";
    if (hint.empty()) hint = "; see " + help;
    return fmt::format("there is no {} {}{}", kind, name, hint);
}

Exit run(int argc, char** argv) {
    Exit exit = exit_done;
    CLI::App root(about, "cartwheel");
    root.require_subcommand(0, 1);
    root.set_version_flag("--version", std::string(version_text()), "version, commit, compiler and engines");
    add_serve(root, exit);
    add_import(root, exit);
    add_export(root, exit);
    add_copy(root, exit);
    add_changes(root, exit);
    add_query(root, exit);
    add_simulate(root, exit);
    add_schema(root, exit);
    add_doctor(root, exit);
    add_openapi(root, exit);
    try {
        root.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return root.exit(error);
        complain(advice(root, error));
        return exit_usage;
    }
    if (root.get_subcommands().empty()) fmt::print("{}", root.help());
    return exit;
}

}  // namespace
}  // namespace cartwheel::cli

int main(int argc, char** argv) {
    try {
        return cartwheel::cli::run(argc, argv);
    } catch (const std::bad_alloc&) {
        cartwheel::cli::complain("there is not enough memory");
    } catch (const std::exception& error) {
        cartwheel::cli::complain(fmt::format("this is a fault of the program, please report it: {}", error.what()));
    }
    return cartwheel::cli::exit_failed;
}
