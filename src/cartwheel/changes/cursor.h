#pragma once
// Where a follower of changes stands, and the text of it that a client keeps. Values, pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cartwheel/domain/change.h"

namespace cartwheel::changes {

/// Behind a change. `17` is behind all changes of commit 17, `17.2` behind the second of them. In a cluster a seq is a microsecond, and
/// the changes of all its commits are counted on.
struct Cursor {
    domain::Seq seq = 0;
    std::optional<std::uint32_t> change = std::nullopt;  ///< from 1; none: behind all of them

    static std::optional<Cursor> parse(std::string_view text);
    std::string text() const;

    /// Every change up to this seq is before the cursor.
    domain::Seq whole_seq() const noexcept { return change ? seq - 1 : seq; }

    friend bool operator==(const Cursor&, const Cursor&) = default;
};

/// Where a follower begins: at the oldest change that is kept, behind the newest, or behind a cursor.
class Start {
public:
    static Start beginning() { return Start(Kind::beginning, {}); }
    static Start now() { return Start(Kind::now, {}); }
    static Start behind(Cursor cursor) { return Start(Kind::cursor, cursor); }

    /// `beginning`, `now` or a cursor.
    static std::optional<Start> parse(std::string_view text);

    bool is_beginning() const noexcept { return kind_ == Kind::beginning; }
    bool is_now() const noexcept { return kind_ == Kind::now; }
    /// 0 unless it is behind a cursor.
    const Cursor& cursor() const noexcept { return cursor_; }

    friend bool operator==(const Start&, const Start&) = default;

private:
    enum class Kind : std::uint8_t { beginning, now, cursor };
    Start(Kind kind, Cursor cursor) : kind_(kind), cursor_(cursor) {}

    Kind kind_;
    Cursor cursor_;
};

}  // namespace cartwheel::changes
