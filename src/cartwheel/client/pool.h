#pragma once
// A few connections that many tasks share; each carries one request at a time, and who finds none free waits in line.
// Used by the tasks of one io_context; those must have ended before the pool does. Errors are those of Connection.

#include <chrono>
#include <deque>
#include <optional>
#include <vector>

#include "cartwheel/client/connection.h"

namespace cartwheel::client {

class Pool {
public:
    Pool(const Executor& executor, const Address& address, std::size_t connections, Timeouts timeouts = {});

    struct Answer {
        Result<Response> response;
        std::chrono::steady_clock::time_point begun;  ///< when a connection was free for the request
    };

    Task<Answer> send(Request request);

private:
    Task<std::size_t> take();
    void give_back(std::size_t connection);

    std::vector<Connection> connections_;
    std::vector<std::size_t> free_;  // the one used last is taken first, so that few stay busy
    std::deque<Completion<std::size_t>> waiting_;
};

}  // namespace cartwheel::client
