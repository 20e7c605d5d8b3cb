#pragma once
// Where a commit stands in the change log: its place in time (`cdc$time`) and the stream that it is in (`cdc$stream_id`), in ScyllaDB's
// forms. Values, pure.

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cartwheel/base/time.h"
#include "cartwheel/base/uuid.h"
#include "cartwheel/domain/change.h"

namespace cartwheel::changes {

/// Of a commit in a cluster, chosen at random by whoever makes it.
using CommitId = Id<struct CommitTag>;

/// A version 1 UUID (RFC 9562, 5.1): the commit's time, and in the low 8 bytes, which are the clock sequence and the node, what tells
/// commits of one microsecond apart. Compared as Cassandra and ScyllaDB compare a timeuuid: by time, then by the low bytes as signed ones.
class ChangeTime {
public:
    ChangeTime() : ChangeTime(Time{}, 0) {}

    /// The low bytes are taken from the commit's id, so they stay the same however often and however late it is delivered.
    static ChangeTime of(Time time, const CommitId& id);
    /// The least of that microsecond, whatever wrote it.
    static ChangeTime first_of(Time time) { return ChangeTime(time, 0x8080808080808080); }
    /// None: not of version 1.
    static std::optional<ChangeTime> parse(const Uuid& uuid);

    /// Finer than a microsecond is cut off.
    Time time() const noexcept;
    /// The low 8 bytes: equal in every delivery of one commit.
    std::uint64_t mark() const noexcept { return low_; }
    Uuid uuid() const;

    friend bool operator==(const ChangeTime&, const ChangeTime&) = default;
    friend std::strong_ordering operator<=>(const ChangeTime& left, const ChangeTime& right) noexcept {
        if (const auto by_time = left.ticks_ <=> right.ticks_; by_time != 0) return by_time;
        return left.sortable_low() <=> right.sortable_low();
    }

private:
    ChangeTime(Time time, std::uint64_t low);

    /// With each byte's sign bit turned, unsigned bytes sort as the signed ones do.
    std::uint64_t sortable_low() const noexcept { return low_ ^ 0x8080808080808080; }

    std::uint64_t ticks_;  ///< of 100 ns since 1582-10-15, 60 bits
    std::uint64_t low_;
};

/// ChangeTime::mark of this commit, whatever its time.
inline std::uint64_t mark_of(const CommitId& id) { return ChangeTime::of(Time{}, id).mark(); }

/// One of the streams that the engine itself writes, each a partition of every log table.
class Stream {
public:
    static constexpr unsigned count = 64;

    static constexpr Stream at(unsigned index) { return Stream(index % count); }
    /// That of all changes to a user's rows.
    static Stream of(const domain::UserId& user);
    static Stream of(const domain::ProductId& product);
    static Stream of(const domain::Row& row);

    unsigned index() const noexcept { return index_; }

    using Id = std::array<char, 16>;
    /// As ScyllaDB lays it out: the token that it lies at (8 bytes), then 38 random bits (none here), 22 of the index, 4 of the version.
    Id id() const;
    /// None: not one of these.
    static std::optional<Stream> parse(std::string_view id);

    friend constexpr auto operator<=>(const Stream&, const Stream&) = default;

private:
    constexpr explicit Stream(unsigned index) : index_(index) {}
    unsigned index_;
};

}  // namespace cartwheel::changes
