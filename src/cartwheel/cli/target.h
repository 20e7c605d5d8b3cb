#pragma once
// The server that a data command talks to: a running one, or one of its own on a folder that no server holds. Owned by the command.

#include <memory>
#include <string>

#include "cartwheel/app/service.h"
#include "cartwheel/base/error.h"
#include "cartwheel/client/address.h"

namespace CLI {
class App;
}

namespace cartwheel::cli {

/// --server and --data, as they were given.
struct TargetFlags {
    std::string server = "http://127.0.0.1:8000";
    std::string data;  ///< empty: talk to `server`

    void add_to(CLI::App& command);
};

struct Target {
    client::Address address;
    std::unique_ptr<app::Service> service;  ///< the one of its own
};

/// Errors: invalid (the address), and those of Service::start.
Result<Target> open_target(const TargetFlags& flags);

}  // namespace cartwheel::cli
