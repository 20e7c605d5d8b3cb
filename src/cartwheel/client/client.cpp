#include "cartwheel/client/client.h"

#include <boost/asio/co_spawn.hpp>
#include <optional>

#include "cartwheel/reflect/json.h"

namespace cartwheel::client {
namespace {

constexpr std::chrono::milliseconds look_interval{100};

}  // namespace

Client::Client(Address address, Timeouts timeouts) : connection_(context_.get_executor(), std::move(address), timeouts) {}

Result<Response> Client::send(Request request) { return run(connection_.send(std::move(request))); }

Result<Response> Client::download(Request request, Sink sink) { return run(connection_.download(std::move(request), std::move(sink))); }

Result<Response> Client::stream(Request request, Sink sink, std::function<bool()> is_enough) {
    return run(connection_.stream(std::move(request), std::move(sink)), is_enough);
}

Result<Response> Client::run(Task<Result<Response>> task, const std::function<bool()>& is_enough) {
    std::optional<Result<Response>> answer;
    boost::asio::co_spawn(context_, std::move(task), [&](std::exception_ptr error, Result<Response> result) {
        if (error) std::rethrow_exception(error);
        answer = std::move(result);
    });
    context_.restart();
    while (!context_.stopped()) {
        context_.run_for(look_interval);
        if (is_enough && is_enough()) connection_.cancel();
    }
    return *std::move(answer);
}

std::string detail_of(const Response& response) {
    auto status = "status " + std::to_string(response.status);
    const auto document = reflect::JsonDocument::parse(response.body);
    if (!document) return status;
    const auto detail = document->root().member("detail");
    if (!detail) return status;
    if (detail->kind() == reflect::JsonKind::string) return std::string(detail->text());
    std::string text;
    detail->append_to(text);
    return status + ": " + text;
}

}  // namespace cartwheel::client
