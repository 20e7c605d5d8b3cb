#pragma once
// Keys of the families, such that bytes sort as they are read. Pure; any thread.
// A user's key parts begin with the id's length, so that no user's keys are among another's whose id begins alike.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cartwheel/domain/change.h"
#include "cartwheel/domain/product.h"
#include "cartwheel/domain/user_id.h"
#include "cartwheel/store/store.h"

namespace cartwheel::engines::rocks {

inline void append_big_endian(std::string& out, std::uint64_t value, unsigned bytes = 8) {
    for (unsigned shift = 8 * bytes; shift > 0; shift -= 8) out += static_cast<char>(value >> (shift - 8));
}

inline std::uint64_t read_big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
}

/// Of products.
inline std::string_view product_key(const domain::ProductId& id) {
    return {reinterpret_cast<const char*>(id.bytes().data()), id.bytes().size()};
}

/// Of carts.
inline std::string_view cart_key(const domain::UserId& user) { return user.text(); }

/// Of changes: in commit order.
inline std::string change_key(domain::Seq seq) {
    std::string key;
    append_big_endian(key, seq);
    return key;
}

inline std::string user_prefix(char kind, const domain::UserId& user) {
    std::string key;
    key.reserve(3 + user.text().size() + 24);
    key += kind;
    append_big_endian(key, user.text().size(), 2);
    key += user.text();
    return key;
}

// Of orders there are two kinds: the order under its place in the user's list, and that place under the order's id.

inline std::string orders_prefix(const domain::UserId& user) { return user_prefix('o', user); }

/// Newest first, those of one moment by id.
inline std::string order_key(const domain::UserId& user, const store::OrderPosition& position) {
    auto key = orders_prefix(user);
    const auto ordered = static_cast<std::uint64_t>(position.placed_at.time_since_epoch().count()) ^ (1ULL << 63);
    append_big_endian(key, ~ordered);
    key.append(reinterpret_cast<const char*>(position.id.bytes().data()), position.id.bytes().size());
    return key;
}

inline std::string order_place_key(const domain::UserId& user, const domain::OrderId& id) {
    auto key = user_prefix('p', user);
    key.append(reinterpret_cast<const char*>(id.bytes().data()), id.bytes().size());
    return key;
}

/// Of all users' orders.
inline std::string orders_prefix() { return "o"; }

/// Whose a key is that begins with the user.
inline std::optional<std::string_view> user_in(std::string_view key) {
    if (key.size() < 3) return std::nullopt;
    const auto size = static_cast<std::size_t>(read_big_endian(key.substr(1, 2)));
    if (key.size() - 3 < size) return std::nullopt;
    return key.substr(3, size);
}

/// The least key that is greater than every key beginning with `prefix`, which does not end in 0xff.
inline std::string after_prefix(std::string prefix) {
    prefix.back() = static_cast<char>(prefix.back() + 1);
    return prefix;
}

/// Of idempotency.
inline std::string answer_key(const domain::UserId& user, const store::RequestKey& key) { return user_prefix('k', user) + key.text; }

// Of meta there are two kinds: the oldest commit that is kept, as eight bytes, and how far a follower has come, as its cursor's eight.

inline constexpr std::string_view first_commit_key = "changes.first";
inline constexpr std::string_view cursor_prefix = "cursor/";
inline std::string cursor_key(std::string_view follower) { return std::string(cursor_prefix).append(follower); }

inline std::string seq_value(domain::Seq seq) { return change_key(seq); }
inline std::optional<domain::Seq> read_seq(std::string_view value) {
    return value.size() == sizeof(domain::Seq) ? std::optional<domain::Seq>(read_big_endian(value)) : std::nullopt;
}

}  // namespace cartwheel::engines::rocks
