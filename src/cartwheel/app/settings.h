#pragma once
// What `cartwheel serve` may be told: flags over environment over cartwheel.toml over these defaults.

#include <chrono>
#include <cstddef>
#include <string>

namespace cartwheel::app {

enum class StoreKind { rocks, memory };

struct Settings {
    std::string listen = "127.0.0.1:8000";  ///< address:port; port 0 takes a free one
    bool allow_open_access = false;         ///< without it only loopback addresses may be listened on: there are no users and keys yet
    unsigned threads = 0;                   ///< io threads; 0: one a core

    StoreKind store = StoreKind::rocks;
    std::string data = "./cartwheel-data";             ///< the folder of the embedded store
    std::size_t cache_bytes = std::size_t{256} << 20;  ///< block cache of the embedded store
    std::size_t write_buffer_bytes = std::size_t{64} << 20;
    std::size_t queue_max = 4096;                       ///< writes that may wait; more are answered 503
    std::chrono::milliseconds queue_wait_max{5'000};    ///< a write that waited longer is answered 503 and not done

    bool sample = false;           ///< load the sample catalogue when there are no products
    std::string currency = "USD";  ///< ISO 4217, of orders made from now on

    std::chrono::milliseconds header_timeout{10'000};  ///< from the first byte of a request to the end of its headers
    std::chrono::milliseconds body_timeout{30'000};    ///< for the next part of a body to arrive, and of an answer to leave
    std::chrono::milliseconds idle_timeout{75'000};    ///< between requests
    std::chrono::milliseconds stop_timeout{10'000};    ///< for running requests to end when stopping
    std::size_t connections_max = 20'000;              ///< further ones are answered 503 and closed
    std::size_t requests_max = 8'192;                  ///< requests being worked on at once; further ones are answered 503

    std::string log_level = "info";  ///< trace, debug, info, warn, error, off
    bool log_requests = false;       ///< one line a request
};

}  // namespace cartwheel::app
