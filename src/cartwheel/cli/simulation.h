#pragma once
// Many shoppers at once, on one thread. Owned by the command.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cartwheel/cli/interrupt.h"
#include "cartwheel/cli/load_meter.h"
#include "cartwheel/cli/progress.h"
#include "cartwheel/client/address.h"

namespace cartwheel::cli {

struct SimulationPlan {
    std::uint64_t shoppers = 1;
    std::uint64_t connections = 64;                        ///< at most; no more than shoppers
    std::optional<std::chrono::milliseconds> duration;     ///< none: until Ctrl-C
    std::chrono::milliseconds pace{1000};                  ///< between two things that a shopper does
    std::optional<double> rate;                            ///< requests a second, over all shoppers
    std::uint64_t seed = 0;
    bool tells_its_story = false;  ///< prints what the sample's generator prints, and does what it does
};

struct SimulationReport {
    double seconds = 0;
    LoadMeter meter;
    std::uint64_t orders = 0;
    std::uint64_t unchecked = 0;  ///< shoppers whose cart or orders could not be read at the end
    std::vector<std::string> violations;
    bool interrupted = false;
};

/// Errors: those of the client, and not_found when the shop has no products.
Result<SimulationReport> simulate(const SimulationPlan& plan, const client::Address& server, Progress& progress,
                                  const Interrupt& interrupt);

}  // namespace cartwheel::cli
