#pragma once
// What the cluster engine may be told. Plain values, constant once the engine has started.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace cartwheel::engines::cql {

struct CqlSettings {
    std::vector<std::string> hosts{"127.0.0.1"};  ///< nodes to begin with, as host or host:port
    std::string user;                             ///< none: no authentication
    std::string password;
    std::string datacenter;  ///< whose nodes are asked and whose quorum counts; none: that of the first node that answers
    std::string keyspace = "ecommerce";

    std::string ca_file;           ///< PEM; none: no TLS
    std::string certificate_file;  ///< PEM, of this client, where the cluster asks for one
    std::string key_file;

    /// Whether one datacenter's quorum counts, or that of all.
    enum class Scope : std::uint8_t { local, global } consistency = Scope::local;

    std::chrono::milliseconds connect_timeout{5'000};
    std::chrono::milliseconds statement_timeout{1'500};  ///< of one statement
    std::chrono::milliseconds request_timeout{1'800};    ///< of a read or write with all its statements and repeats
    std::size_t in_flight_max = 2'048;                   ///< statements at once; more requests are refused. One import makes 64
    std::size_t queue_max = 4'096;                       ///< writes that wait for another of the same user; more are refused
    std::size_t undelivered_max = 16'384;  ///< commits whose orders and change rows are still to be written; more writes are refused
    std::chrono::milliseconds sweep_interval{600'000};  ///< between looks for what a process that died left undelivered
    /// Changes younger than this are not yet served to followers, so that those of slower processes can come in.
    std::chrono::milliseconds change_delay{30'000};
    /// How long changes are kept on Cassandra; 0: for good. On ScyllaDB the table's option says so.
    std::chrono::seconds change_retention{std::chrono::hours(24)};
};

}  // namespace cartwheel::engines::cql
