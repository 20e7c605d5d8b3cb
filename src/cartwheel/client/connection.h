#pragma once
// HTTP/1.1 to one server: a connection that carries one request at a time, stays open between them, and is opened anew when it was closed.
// Used by the tasks of one io_context, one at a time. Errors: unavailable (no server, or the connection broke off: what became of the
// request is then unknown), deadline (the same), internal (the answer is no HTTP).

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cartwheel/base/task.h"
#include "cartwheel/client/address.h"

namespace cartwheel::client {

struct Header {
    std::string name;
    std::string value;
};

struct Request {
    std::string method = "GET";
    std::string target = "/";  ///< path and query, percent-encoded
    std::vector<Header> headers{};
    std::string body{};
    /// Doing it twice does the same. Such a request is sent again, once, when the server turns out to have closed an idle connection.
    bool repeatable = true;
};

struct Response {
    unsigned status = 0;
    std::vector<Header> headers{};
    std::string body{};

    /// The value of the first header called `name`, in any case; empty when there is none.
    std::string_view header(std::string_view name) const noexcept;
};

struct Timeouts {
    std::chrono::milliseconds connect{5'000};
    std::chrono::milliseconds answer{60'000};  ///< for each step: the request to leave, the answer's head, its next piece
};

/// Takes the pieces of an answer's body. An error ends the transfer and is what the request gives.
using Sink = std::function<Result<void>(std::string_view piece)>;

class Connection {
public:
    static constexpr std::size_t body_bytes_max = std::size_t{64} << 20;  ///< of an answer that is kept in memory

    Connection(Executor executor, Address address, Timeouts timeouts = {});
    Connection(Connection&&) noexcept;
    Connection& operator=(Connection&&) noexcept;
    ~Connection();

    Task<Result<Response>> send(Request request);

    /// The body of a 200 goes to `sink` in pieces; that of any other status into the response.
    Task<Result<Response>> download(Request request, Sink sink);

    /// The same for an answer that may go on forever: pieces come as soon as they arrive.
    Task<Result<Response>> stream(Request request, Sink sink);

    /// Gives up what is under way, which then fails with `unavailable`.
    void cancel();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace cartwheel::client
