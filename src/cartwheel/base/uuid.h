#pragma once
// UUIDs (RFC 9562), and identifiers that are UUIDs of one kind each.
// Values; every function is safe on any thread.

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace cartwheel {

class Uuid {
public:
    using Bytes = std::array<std::uint8_t, 16>;
    static constexpr std::size_t text_bytes = 36;

    constexpr Uuid() = default;
    constexpr explicit Uuid(const Bytes& bytes) : bytes_(bytes) {}

    /// Takes what Python's uuid.UUID takes: 32 hex digits of either case, with hyphens anywhere, braces around, or `urn:uuid:` before.
    static std::optional<Uuid> parse(std::string_view text);

    /// A version 4 UUID from a generator of this thread, seeded by the kernel: unique, not secret.
    static Uuid random();

    const Bytes& bytes() const noexcept { return bytes_; }

    /// Writes lower case with hyphens: exactly `text_bytes` characters.
    void write_to(char* out) const noexcept;
    std::string text() const;

    friend constexpr auto operator<=>(const Uuid&, const Uuid&) = default;

private:
    Bytes bytes_{};
};

/// A UUID of one kind: `using ProductId = Id<struct ProductTag>`. Kinds do not convert into each other.
template <class Tag>
class Id {
public:
    constexpr Id() = default;
    constexpr explicit Id(const Uuid& uuid) : uuid_(uuid) {}

    static std::optional<Id> parse(std::string_view text) {
        if (auto uuid = Uuid::parse(text)) return Id(*uuid);
        return std::nullopt;
    }
    static Id random() { return Id(Uuid::random()); }

    const Uuid& uuid() const noexcept { return uuid_; }
    const Uuid::Bytes& bytes() const noexcept { return uuid_.bytes(); }
    std::string text() const { return uuid_.text(); }

    friend constexpr auto operator<=>(const Id&, const Id&) = default;

private:
    Uuid uuid_;
};

}  // namespace cartwheel

template <class Tag>
struct std::hash<cartwheel::Id<Tag>> {
    std::size_t operator()(const cartwheel::Id<Tag>& id) const noexcept {
        std::uint64_t high = 0;
        std::uint64_t low = 0;
        std::memcpy(&high, id.bytes().data(), 8);
        std::memcpy(&low, id.bytes().data() + 8, 8);
        return high ^ (low * 0x9e3779b97f4a7c15ULL);
    }
};
