#pragma once
// Listens and serves: one io_context, acceptor (SO_REUSEPORT) and thread each, connections stay on the thread that accepted them.
// Owned by the composition root. start() and stop() by one thread; figures() by any.

#include <cstdint>
#include <memory>
#include <string>

#include "cartwheel/base/error.h"
#include "cartwheel/http/metrics.h"
#include "cartwheel/http/router.h"
#include "cartwheel/http/settings.h"

namespace cartwheel::http {

class Server {
public:
    /// `router` must outlive the server. Errors: invalid (the address), unavailable (it cannot be listened on).
    static Result<std::unique_ptr<Server>> start(const ServerSettings& settings, const Router& router);

    virtual ~Server() = default;
    virtual std::uint16_t port() const noexcept = 0;
    virtual ServerFigures figures() const = 0;

    /// No new connections; idle ones are closed, running requests end within the stop timeout. Safe to call twice.
    virtual void stop() = 0;
};

}  // namespace cartwheel::http
