#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "cartwheel/app/service.h"
#include "cartwheel/cli/command.h"

namespace cartwheel::cli {

void add_openapi(CLI::App& root, Exit& exit) {
    auto* command = root.add_subcommand("openapi", "prints the API description (OpenAPI), as /openapi.json answers it");
    command->footer("\n  cartwheel openapi > openapi.json");
    command->callback([&exit] {
        const auto text = app::api_description();
        const bool written =
            std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fputc('\n', stdout) != EOF && std::fflush(stdout) == 0;
        if (!written) complain("the description could not be written to standard output; is its disk full?");
        exit = written ? exit_done : exit_failed;
    });
}

}  // namespace cartwheel::cli
