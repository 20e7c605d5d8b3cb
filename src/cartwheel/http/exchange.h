#pragma once
// One request and its answer, as handlers see them. Made by the connection; lives until the answer has left; one thread.

#include <array>
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
    /// Errors: unavailable (the client went away or is too slow).
    virtual Task<Result<void>> write_piece(std::string_view piece) = 0;
};

/// What a route does. One object a route, shared by all threads; run() may be called by many at once.
class Handler {
public:
    virtual ~Handler() = default;
    virtual Task<void> run(Exchange& exchange) = 0;
};

}  // namespace cartwheel::http
