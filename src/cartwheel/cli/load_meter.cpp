#include "cartwheel/cli/load_meter.h"

namespace cartwheel::cli {

std::string_view name_of(Call call) noexcept {
    constexpr std::array<std::string_view, calls> names{"list", "product", "cart", "put", "remove", "checkout", "orders"};
    return names[static_cast<std::size_t>(call)];
}

void LoadMeter::answered(Call call, std::chrono::microseconds time) {
    if (!open_) return;
    times_[static_cast<std::size_t>(call)].add(time);
    ++requests_;
}

void LoadMeter::failed(Call call, std::string_view what) {
    ++by_status_[std::string(name_of(call)) + " " + std::string(what)];
    ++errors_;
}

Histogram LoadMeter::all_times() const {
    Histogram all;
    for (const auto& times : times_) all.add(times);
    return all;
}

}  // namespace cartwheel::cli
