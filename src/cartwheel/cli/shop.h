#pragma once
// The shop as many shoppers use it: each request is measured, and asked again until the shop has said what became of it, or it has been
// silent for too long. Shared by the shoppers of one io_context; outlives them.

#include <chrono>
#include <optional>
#include <string>

#include "cartwheel/cli/interrupt.h"
#include "cartwheel/cli/load_meter.h"
#include "cartwheel/client/pool.h"

namespace cartwheel::cli {

class Shop {
public:
    using Clock = std::chrono::steady_clock;

    /// `rate` is in requests a second over all shoppers; none: each as soon as the one before is answered.
    Shop(const Executor& executor, const client::Address& address, std::size_t connections, std::optional<double> rate,
         Clock::time_point end, LoadMeter& meter, const Interrupt& interrupt);

    /// The answer: below 500, and not a conflict with the same request still under way. None: the shop was silent or failing for too long.
    Task<std::optional<client::Response>> ask(Call call, client::Request request);

    /// Waits until `until`, or until the run is over.
    Task<void> wait(Clock::time_point until);

    /// Whether shoppers should go home: the time is up, or Ctrl-C.
    bool is_over() const noexcept { return interrupt_.raised() || Clock::now() >= end_; }
    LoadMeter& meter() noexcept { return meter_; }

private:
    Clock::time_point next_slot();

    Executor executor_;
    client::Pool pool_;
    std::optional<Clock::duration> interval_;  // between requests, with a rate
    Clock::time_point slot_ = Clock::now();
    Clock::time_point end_;
    LoadMeter& meter_;
    const Interrupt& interrupt_;
};

}  // namespace cartwheel::cli
