#include "cartwheel/client/connection.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <optional>

#include "cartwheel/base/text.h"

namespace cartwheel::client {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using Protocol = net::ip::tcp;
using Stream = beast::basic_stream<Protocol, Executor, beast::unlimited_rate_policy>;
using Parser = http::response_parser<http::buffer_body>;

constexpr std::size_t piece_bytes = std::size_t{64} << 10;

std::string head_of(const Request& request, const std::string& authority) {
    std::string head = request.method + " " + request.target + " HTTP/1.1\r\nHost: " + authority + "\r\n";
    for (const auto& header : request.headers) head += header.name + ": " + header.value + "\r\n";
    if (!request.body.empty() || (request.method != "GET" && request.method != "DELETE"))
        head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    return head + "\r\n";
}

}  // namespace

struct Connection::State {
    State(Executor executor_in, Address address_in, Timeouts timeouts_in)
        : executor(std::move(executor_in)), address(std::move(address_in)), timeouts(timeouts_in), authority(address.authority()) {}

    Executor executor;
    Address address;
    Timeouts timeouts;
    std::string authority;
    std::optional<Stream> stream;
    beast::flat_buffer buffer;
    std::vector<char> piece = std::vector<char>(piece_bytes);
    bool answer_began = false;

    Error broken(const error_code& error) {
        stream.reset();
        if (error == beast::error::timeout)
            return Error::deadline(address.url() + " did not answer within " + std::to_string(timeouts.answer.count() / 1000) + " s");
        if (error.category() == http::make_error_code(http::error::bad_version).category() && error != http::error::end_of_stream &&
            error != http::error::partial_message)
            return Error::internal("what answers at " + address.url() + " does not speak HTTP: " + error.message());
        return Error::unavailable("the connection to " + address.url() + " broke off");
    }

    Task<Result<void>> connect() {
        const auto nobody = [this] {
            stream.reset();
            return fail(Error::unavailable("no server answers at " + address.url() + "; start one with: cartwheel serve"));
        };
        error_code error;
        std::vector<Protocol::endpoint> endpoints;
        if (const auto numeric = net::ip::make_address(address.host, error); !error) {
            endpoints.emplace_back(numeric, address.port);
        } else {
            net::ip::basic_resolver<Protocol, Executor> resolver(executor);
            const auto found =
                co_await resolver.async_resolve(address.host, std::to_string(address.port), net::redirect_error(use_task, error));
            for (const auto& entry : found) endpoints.push_back(entry.endpoint());
            if (error || endpoints.empty()) co_return nobody();
        }
        for (const auto& endpoint : endpoints) {
            stream.emplace(executor);
            stream->expires_after(timeouts.connect);
            co_await stream->async_connect(endpoint, net::redirect_error(use_task, error));
            if (error) continue;
            stream->socket().set_option(Protocol::no_delay(true), error);
            buffer.clear();
            co_return Result<void>();
        }
        co_return nobody();
    }

    /// Where the body of a 200 goes.
    struct Target {
        const Sink* sink = nullptr;  ///< none: into the response
        bool as_it_comes = false;    ///< rather than in large pieces
    };

    Task<Result<Response>> attempt(const Request& request, Target target) {
        answer_began = false;
        if (!stream) CO_TRY_VOID(co_await connect());
        error_code error;
        const auto head = head_of(request, authority);
        const std::array<net::const_buffer, 2> out{net::buffer(head), net::buffer(request.body)};
        stream->expires_after(timeouts.answer);
        co_await net::async_write(*stream, out, net::redirect_error(use_task, error));
        if (error) co_return fail(broken(error));

        Parser parser;
        parser.body_limit(boost::none);
        stream->expires_after(timeouts.answer);
        co_await http::async_read_header(*stream, buffer, parser, net::redirect_error(use_task, error));
        answer_began = parser.got_some();
        if (error) co_return fail(broken(error));

        Response response;
        response.status = parser.get().result_int();
        for (const auto& field : parser.get()) response.headers.push_back({std::string(field.name_string()), std::string(field.value())});
        while (!parser.is_done()) {
            auto& body = parser.get().body();
            body.data = piece.data();
            body.size = piece.size();
            stream->expires_after(timeouts.answer);
            if (target.as_it_comes) co_await http::async_read_some(*stream, buffer, parser, net::redirect_error(use_task, error));
            else co_await http::async_read(*stream, buffer, parser, net::redirect_error(use_task, error));
            if (error == http::error::need_buffer) error = {};
            if (error) co_return fail(broken(error));
            const std::string_view got(piece.data(), piece.size() - body.size);
            if (target.sink != nullptr && response.status == 200) {
                if (auto taken = (*target.sink)(got); !taken) {
                    stream.reset();
                    co_return std::unexpected(std::move(taken).error());
                }
            } else if (response.body.size() + got.size() <= body_bytes_max) {
                response.body += got;
            } else {
                stream.reset();
                co_return fail(Error::internal("the answer of " + address.url() + " is too long"));
            }
        }
        if (parser.keep_alive()) stream->expires_never();
        else stream.reset();
        co_return response;
    }

    Task<Result<Response>> exchange(Request request, Target target) {
        const bool reused = stream.has_value();
        auto answer = co_await attempt(request, target);
        // A server may close an idle connection at any moment, so also while a request is on its way.
        const bool closed_while_idle = !answer && answer.error().code == ErrorCode::unavailable && reused && !answer_began;
        if (closed_while_idle && request.repeatable) answer = co_await attempt(request, target);
        co_return answer;
    }
};

Connection::Connection(Executor executor, Address address, Timeouts timeouts)
    : state_(std::make_unique<State>(std::move(executor), std::move(address), timeouts)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Task<Result<Response>> Connection::send(Request request) { co_return co_await state_->exchange(std::move(request), {}); }

Task<Result<Response>> Connection::download(Request request, Sink sink) {
    co_return co_await state_->exchange(std::move(request), {.sink = &sink});
}

Task<Result<Response>> Connection::stream(Request request, Sink sink) {
    co_return co_await state_->exchange(std::move(request), {.sink = &sink, .as_it_comes = true});
}

void Connection::cancel() {
    if (state_->stream) state_->stream->cancel();
}

std::string_view Response::header(std::string_view name) const noexcept {
    for (const auto& header : headers)
        if (equal_ignoring_case(header.name, name)) return header.value;
    return {};
}

}  // namespace cartwheel::client
