#pragma once
// The primitives of stored values: variable-length integers (LEB128), text with its length before it, fixed ids.
// A Reader never reads past its end; after the first thing that does not fit it stays failed and gives empty values.

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "cartwheel/base/uuid.h"

namespace cartwheel::store {

inline void append_byte(std::string& out, std::uint8_t value) { out += static_cast<char>(value); }

inline void append_number(std::string& out, std::uint64_t value) {
    while (value >= 0x80) {
        append_byte(out, static_cast<std::uint8_t>(value | 0x80));
        value >>= 7;
    }
    append_byte(out, static_cast<std::uint8_t>(value));
}

/// Zigzag, so that small negative numbers stay short.
inline void append_signed(std::string& out, std::int64_t value) {
    append_number(out, static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63));
}

inline void append_text(std::string& out, std::string_view text) {
    append_number(out, text.size());
    out += text;
}

template <class Tag>
void append_id(std::string& out, const Id<Tag>& id) {
    out.append(reinterpret_cast<const char*>(id.bytes().data()), id.bytes().size());
}

class Reader {
public:
    explicit Reader(std::string_view bytes) : left_(bytes) {}

    std::uint8_t byte() {
        const auto taken = take(1);
        return taken.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(taken[0]);
    }

    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const std::uint8_t part = byte();
            value |= static_cast<std::uint64_t>(part & 0x7f) << shift;
            if ((part & 0x80) == 0) return value;
        }
        failed_ = true;
        return 0;
    }

    std::int64_t signed_number() {
        const std::uint64_t value = number();
        return static_cast<std::int64_t>(value >> 1 ^ (0 - (value & 1)));
    }

    /// A count of things that take a byte each at least: what cannot be in the bytes left fails instead of being reserved.
    std::size_t count() {
        const std::uint64_t value = number();
        if (value <= left_.size()) return static_cast<std::size_t>(value);
        failed_ = true;
        return 0;
    }

    std::string_view text() { return take(count()); }

    template <class IdType>
    IdType id() {
        Uuid::Bytes bytes{};
        if (const auto taken = take(bytes.size()); !taken.empty()) std::memcpy(bytes.data(), taken.data(), bytes.size());
        return IdType(Uuid(bytes));
    }

    void fail() noexcept { failed_ = true; }
    bool failed() const noexcept { return failed_; }
    /// Whether all went well and nothing is left.
    bool complete() const noexcept { return !failed_ && left_.empty(); }

private:
    std::string_view take(std::size_t size) {
        if (failed_ || size > left_.size()) {
            failed_ = true;
            return {};
        }
        const auto taken = left_.substr(0, size);
        left_.remove_prefix(size);
        return taken;
    }

    std::string_view left_;
    bool failed_ = false;
};

}  // namespace cartwheel::store
