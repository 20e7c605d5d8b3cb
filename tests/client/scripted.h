#pragma once
// A server for tests of the client: it says what its script says, whatever it is asked.

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <thread>
#include <vector>

#include "cartwheel/client/address.h"

namespace cartwheel::client {

/// A server that follows a script: for each connection a list of answers, one a request. The connection is closed after the last.
class Scripted {
public:
    using Answers = std::vector<std::string>;

    explicit Scripted(std::vector<Answers> connections)
        : acceptor_(context_, boost::asio::ip::tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)),
          connections_(std::move(connections)) {
        thread_ = std::thread([this] {
            for (const auto& answers : connections_) serve(acceptor_.accept(), answers);
        });
    }
    ~Scripted() { thread_.join(); }

    Address address() const { return {"127.0.0.1", acceptor_.local_endpoint().port()}; }

    /// The heads of the requests, once the client is done with the script.
    std::string heads() {
        thread_.join();
        thread_ = std::thread([] {});
        return heads_;
    }

private:
    void serve(boost::asio::ip::tcp::socket socket, const Answers& answers) {
        std::string buffer;
        for (const auto& answer : answers) {
            boost::system::error_code error;
            const auto bytes = boost::asio::read_until(socket, boost::asio::dynamic_buffer(buffer), "\r\n\r\n", error);
            if (error) return;  // the client has enough
            heads_ += buffer.substr(0, bytes);
            buffer.erase(0, bytes);
            boost::asio::write(socket, boost::asio::buffer(answer));
        }
    }

    boost::asio::io_context context_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::vector<Answers> connections_;
    std::string heads_;
    std::thread thread_;
};

}  // namespace cartwheel::client
