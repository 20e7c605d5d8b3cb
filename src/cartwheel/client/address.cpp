#include "cartwheel/client/address.h"

#include <boost/url/encode.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <charconv>

namespace cartwheel::client {

Result<Address> Address::parse(std::string_view url) {
    const auto refused = [](const char* why) { return fail(Error::invalid(std::string("the server's address ") + why)); };
    const auto parsed = boost::urls::parse_uri(url);
    if (!parsed) return refused("must look like http://127.0.0.1:8000");
    if (parsed->scheme() == "https") return refused("cannot be https; Cartwheel's own commands speak http alone");
    if (parsed->scheme() != "http" || parsed->host().empty()) return refused("must look like http://127.0.0.1:8000");
    if (parsed->has_userinfo() || parsed->has_query() || parsed->has_fragment() ||
        (!parsed->encoded_path().empty() && parsed->encoded_path() != "/"))
        return refused("is a host and a port and nothing else, such as http://127.0.0.1:8000");
    Address address;
    address.host =
        parsed->host_type() == boost::urls::host_type::ipv6 ? std::string(parsed->host_ipv6_address().to_string()) : parsed->host();
    if (parsed->has_port()) {
        const std::string digits = parsed->port();
        const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
        if (status != std::errc{} || end != digits.data() + digits.size() || address.port == 0) return refused("has no port that could be");
    }
    return address;
}

std::string Address::authority() const {
    const bool brackets = host.find(':') != std::string::npos;
    const auto name = brackets ? "[" + host + "]" : host;
    return port == 80 ? name : name + ":" + std::to_string(port);
}

std::string path_segment(std::string_view text) { return boost::urls::encode(text, boost::urls::unreserved_chars); }

}  // namespace cartwheel::client
