#pragma once
// One request and its answer, as handlers see them. Made by the connection; lives until the answer has left; one thread.

#include <array>
#include <functional>
#include <string>
#include <string_view>

#include "cartwheel/base/task.h"
#include "cartwheel/http/message.h"

namespace cartwheel::http {

class Exchange {
public:
    static constexpr std::size_t path_parameters_max = 2;

    virtual ~Exchange() = default;

    Request request;
    Response response;
    std::array<std::string_view, path_parameters_max> path_parameters;  ///< decoded, in the order of the path

    /// The next piece of a streamed body; empty at its end. The piece lives until the next call.
    /// Errors: invalid (framing is broken), unavailable (the client went away or is too slow).
    virtual Task<Result<std::string_view>> read_piece() = 0;

    /// Sends a piece of a streamed answer; the first sends the head with `response`'s status, type and headers.
    /// Small pieces are kept back until there is more to send with them. Errors: unavailable (the client went away), deadline (it is too
    /// slow).
    virtual Task<Result<void>> write_piece(std::string_view piece) = 0;

    /// Sends what was kept back. Errors: as write_piece.
    virtual Task<Result<void>> flush() = 0;

    /// Calls `on_gone` once on this thread when the client closes its side while the handler runs.
    virtual void watch_client(std::function<void()> on_gone) = 0;

    /// Says that the answer goes on until one of them ends it: it is no longer one of the requests that run, what is sent has to leave
    /// whole within the time for a part, and when the service stops it has little time left for that.
    virtual void become_endless() = 0;
};

/// What a route does. One object a route, shared by all threads; run() may be called by many at once.
class Handler {
public:
    virtual ~Handler() = default;
    virtual Task<void> run(Exchange& exchange) = 0;
};

}  // namespace cartwheel::http
