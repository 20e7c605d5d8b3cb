#include "cartwheel/changes/kafka_unacknowledged.h"

namespace cartwheel::changes {

std::uint64_t Unacknowledged::add(domain::Seq seq, Time time, std::size_t messages) {
    if (open_ && entries_.back().seq != seq) close();
    if (open_) entries_.back().outstanding += messages;
    else entries_.push_back({seq, time, messages});
    open_ = true;
    messages_ += messages;
    return first_ticket_ + entries_.size() - 1;
}

void Unacknowledged::close() {
    open_ = false;
    settle();
}

void Unacknowledged::acknowledge(std::uint64_t ticket) {
    --entries_[ticket - first_ticket_].outstanding;
    --messages_;
    settle();
}

std::optional<Time> Unacknowledged::oldest() const {
    if (entries_.empty()) return std::nullopt;
    return entries_.front().time;
}

void Unacknowledged::settle() {
    while (!entries_.empty() && entries_.front().outstanding == 0 && !(open_ && entries_.size() == 1)) {
        done_ = entries_.front().seq;
        entries_.pop_front();
        ++first_ticket_;
    }
}

}  // namespace cartwheel::changes
