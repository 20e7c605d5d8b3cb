#pragma once
// Whether a statement should go on: its deadline, and whether anyone still waits for it. Used by the thread that runs it.

#include <chrono>
#include <functional>

namespace cartwheel::query {

class Watch {
public:
    using Clock = std::chrono::steady_clock;
    enum class Verdict : unsigned char { go_on, too_long, nobody_waits };

    Watch() = default;
    Watch(Clock::time_point deadline, std::function<bool()> is_gone) : deadline_(deadline), is_gone_(std::move(is_gone)) {}

    /// To be asked every few hundred rows. Once it is not `go_on` it stays so.
    Verdict look() {
        if (verdict_ != Verdict::go_on) return verdict_;
        const auto now = Clock::now();
        if (now >= deadline_) return verdict_ = Verdict::too_long;
        if (is_gone_ && now >= next_question_) {
            next_question_ = now + question_interval;
            if (is_gone_()) verdict_ = Verdict::nobody_waits;
        }
        return verdict_;
    }
    Verdict verdict() const noexcept { return verdict_; }

private:
    static constexpr std::chrono::milliseconds question_interval{50};  // it is a call into the kernel

    Clock::time_point deadline_ = Clock::time_point::max();
    Clock::time_point next_question_ = Clock::now() + question_interval;
    std::function<bool()> is_gone_;
    Verdict verdict_ = Verdict::go_on;
};

}  // namespace cartwheel::query
