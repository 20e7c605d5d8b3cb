#pragma once
// Which commits the brokers have not wholly acknowledged yet, and up to where they have all. Used by one thread.

#include <cstdint>
#include <deque>
#include <optional>

#include "cartwheel/domain/change.h"

namespace cartwheel::changes {

class Unacknowledged {
public:
    /// The next commit, in the order of the log, of so many messages. Gives the ticket that each of them bears.
    /// In a cluster several commits may share a `seq`: they count as one, which is complete once `close` was called behind the last.
    std::uint64_t add(domain::Seq seq, Time time, std::size_t messages);
    /// No more commits with the last one's `seq` follow.
    void close();
    /// Once for each message.
    void acknowledge(std::uint64_t ticket);

    /// The newest commit up to which, it included, all are acknowledged; 0 when there is none.
    domain::Seq done() const noexcept { return done_; }
    /// When the oldest one that is not was made.
    std::optional<Time> oldest() const;
    std::size_t commits() const noexcept { return entries_.size(); }
    std::size_t messages() const noexcept { return messages_; }

private:
    struct Entry {
        domain::Seq seq = 0;
        Time time;
        std::size_t outstanding = 0;
    };
    void settle();

    std::deque<Entry> entries_;
    std::uint64_t first_ticket_ = 0;  // of entries_.front()
    bool open_ = false;               // whether more may be added to entries_.back()
    domain::Seq done_ = 0;
    std::size_t messages_ = 0;
};

}  // namespace cartwheel::changes
