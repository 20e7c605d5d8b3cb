#include "cartwheel/cli/target.h"

#include <CLI/CLI.hpp>

namespace cartwheel::cli {

void TargetFlags::add_to(CLI::App& command) {
    command.add_option("--server", server, "the server to talk to")->envname("CARTWHEEL_SERVER")->type_name("URL")->capture_default_str();
    command.add_option("--data", data, "the data folder to open instead, when no server holds it")->type_name("DIR");
}

Result<Target> open_target(const TargetFlags& flags) {
    Target target;
    if (flags.data.empty()) {
        TRY(target.address, client::Address::parse(flags.server));
        return target;
    }
    app::Settings settings;
    settings.listen.port = 0;
    settings.data = flags.data;
    TRY(target.service, app::Service::start(settings));
    TRY(target.address, client::Address::parse(target.service->base_url()));
    return target;
}

}  // namespace cartwheel::cli
