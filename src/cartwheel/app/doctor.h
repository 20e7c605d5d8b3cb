#pragma once
// What could keep `serve` from running well on this machine and, with the store cql, on its cluster, with what to do about it. Looks, and
// changes nothing but a small file of its own in the data folder, which it takes away again. Runs on the calling thread for a second or so;
// nothing throws.

#include <cstdint>
#include <string>
#include <vector>

#include "cartwheel/app/settings_sources.h"

namespace cartwheel::app {

enum class Health : std::uint8_t { ok, warn, failed };

struct Finding {
    Health health;
    std::string subject;  ///< one word: settings, folder, store, cluster, keyspace, address, ...
    std::string words;  ///< a sentence for the operator; what to do, where there is something to do
};

/// In the order in which `serve` would stumble over them.
std::vector<Finding> examine(const SettingSources& sources);

}  // namespace cartwheel::app
