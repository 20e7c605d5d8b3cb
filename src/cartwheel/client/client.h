#pragma once
// Requests one after the other, for commands that wait for each. One thread at a time. Errors are those of Connection.

#include <boost/asio/io_context.hpp>

#include "cartwheel/client/connection.h"

namespace cartwheel::client {

class Client {
public:
    explicit Client(Address address, Timeouts timeouts = {});

    Result<Response> send(Request request);

    /// The body of a 200 goes to `sink` in pieces; that of any other status into the response.
    Result<Response> download(Request request, Sink sink);

    /// The same for an answer that may go on forever: pieces come as soon as they arrive, until `is_enough`, which is asked now and then.
    Result<Response> stream(Request request, Sink sink, std::function<bool()> is_enough);

private:
    Result<Response> run(Task<Result<Response>> task, const std::function<bool()>& is_enough = {});

    boost::asio::io_context context_{1};
    Connection connection_;
};

/// The text of {"detail": "text"}, or what else tells a person why a request was refused.
std::string detail_of(const Response& response);

}  // namespace cartwheel::client
