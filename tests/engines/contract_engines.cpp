#include "cartwheel/engines/memory/memory_store.h"
#include "cartwheel/engines/rocks/rocks_store.h"
#include "engines/contract.h"

namespace cartwheel::test {

std::vector<Engine> engines() {
    return {
        {"memory", [](const std::string&, const Clock& clock) { return cartwheel::engines::memory::make_store(clock); }},
        {"rocks",
         [](const std::string& folder, const Clock& clock) {
             cartwheel::engines::rocks::RocksSettings settings;
             settings.folder = folder;
             settings.block_cache_bytes = 8UL << 20;
             settings.write_buffer_bytes = 4UL << 20;
             return cartwheel::engines::rocks::open_store(std::move(settings), clock).value();
         }},
    };
}

}  // namespace cartwheel::test
