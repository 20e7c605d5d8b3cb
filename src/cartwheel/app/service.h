#pragma once
// The running service: the one composition root. Its parts are members in start order and are destroyed in stop order.
// start() and stop() are called by one thread; everything inside runs on the service's own threads.

#include <memory>
#include <string>

#include "cartwheel/app/settings.h"
#include "cartwheel/base/error.h"

namespace cartwheel::app {

class Service {
public:
    /// Opens the store, loads the sample catalogue when asked to, listens, and serves until stop().
    /// Errors: invalid (a setting), unavailable (address in use, folder held by another process), internal (folder is broken).
    static Result<std::unique_ptr<Service>> start(const Settings& settings);

    virtual ~Service() = default;

    /// Where it listens: "http://127.0.0.1:8000".
    virtual std::string base_url() const = 0;

    /// No new connections; running requests end within `stop_timeout`; everything answered is on disk. Safe to call twice.
    virtual void stop() = 0;
};

/// The API description (OpenAPI 3.1) as the routes give it, indented.
std::string api_description();

}  // namespace cartwheel::app
