#include "cartwheel/app/address_check.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "cartwheel/client/client.h"

namespace cartwheel::app {
namespace {

bool is_cartwheel(const ListenAddress& address) {
    using std::chrono::milliseconds;
    auto host = address.host;
    // What listens everywhere is reached here.
    if (host == "0.0.0.0") host = "127.0.0.1";
    if (host == "::") host = "::1";
    client::Client client({host, address.port}, {.connect = milliseconds(500), .answer = milliseconds(1'000)});
    const auto response = client.send({.target = "/metrics"});
    return response && response->status == 200 && response->body.find("cartwheel_") != std::string::npos;
}

}  // namespace

AddressState look_at_address(const ListenAddress& address) {
    namespace ip = boost::asio::ip;
    boost::asio::io_context context(1);
    boost::system::error_code error;
    const ip::tcp::endpoint endpoint(ip::make_address(address.host, error), address.port);
    ip::tcp::acceptor acceptor(context);
    // Without reuse_address a port whose connections only just ended would count as taken.
    if (!error) acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(ip::tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(1, error);
    if (!error) return {AddressState::Kind::free, {}};
    if (error != boost::asio::error::address_in_use) return {AddressState::Kind::impossible, error.message()};
    return {is_cartwheel(address) ? AddressState::Kind::cartwheel : AddressState::Kind::taken, {}};
}

}  // namespace cartwheel::app
