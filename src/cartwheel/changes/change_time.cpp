#include "cartwheel/changes/change_time.h"

#include <algorithm>

#include "cartwheel/base/text.h"

namespace cartwheel::changes {
namespace {

/// From the Gregorian reform, where version 1 UUIDs begin, to 1970.
constexpr std::int64_t epoch_us = 12'219'292'800'000'000;
constexpr std::uint64_t ticks_max = (std::uint64_t{1} << 60) - 1;
constexpr std::int64_t time_max_us = static_cast<std::int64_t>(ticks_max / 10) - epoch_us;

std::uint64_t read(const std::uint8_t* bytes, unsigned count) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < count; ++i) value = value << 8 | bytes[i];
    return value;
}

template <class Byte>
void write(std::uint64_t value, Byte* bytes, unsigned count) {
    for (unsigned i = count; i-- > 0; value >>= 8) bytes[i] = static_cast<Byte>(value);
}

/// In ScyllaDB's streams the token of the partition is the id's first 8 bytes; so these are spread evenly over the ring there.
std::uint64_t token(unsigned index) { return (std::uint64_t{1} << 63) + index * (std::uint64_t{1} << 58); }

}  // namespace

ChangeTime::ChangeTime(Time time, std::uint64_t low)
    : ticks_(static_cast<std::uint64_t>(std::clamp<std::int64_t>(time.time_since_epoch().count(), -epoch_us, time_max_us) + epoch_us) * 10),
      low_(low) {}

ChangeTime ChangeTime::of(Time time, const CommitId& id) {
    auto low = read(id.bytes().data() + 8, 8);
    low = (low & ~(std::uint64_t{0b11} << 62)) | std::uint64_t{0b10} << 62;  // the variant of RFC 9562
    low |= std::uint64_t{1} << 40;                                          // multicast: the node is no network card's address
    return ChangeTime(time, low);
}

std::optional<ChangeTime> ChangeTime::parse(const Uuid& uuid) {
    const auto& bytes = uuid.bytes();
    if (bytes[6] >> 4 != 1) return std::nullopt;
    ChangeTime parsed;
    parsed.ticks_ = (read(bytes.data() + 6, 2) & 0x0fff) << 48 | read(bytes.data() + 4, 2) << 32 | read(bytes.data(), 4);
    parsed.low_ = read(bytes.data() + 8, 8);
    return parsed;
}

Time ChangeTime::time() const noexcept { return Time(std::chrono::microseconds(static_cast<std::int64_t>(ticks_ / 10) - epoch_us)); }

Uuid ChangeTime::uuid() const {
    Uuid::Bytes bytes{};
    write(ticks_, bytes.data(), 4);
    write(ticks_ >> 32, bytes.data() + 4, 2);
    write(ticks_ >> 48 | 0x1000, bytes.data() + 6, 2);
    write(low_, bytes.data() + 8, 8);
    return Uuid(bytes);
}

Stream Stream::of(const domain::UserId& user) { return at(static_cast<unsigned>(stable_hash(user.text()) % count)); }

Stream Stream::of(const domain::ProductId& product) {
    const auto& bytes = product.bytes();
    return at(static_cast<unsigned>(stable_hash({reinterpret_cast<const char*>(bytes.data()), bytes.size()}) % count));
}

Stream Stream::of(const domain::Row& row) {
    struct {
        Stream operator()(const domain::Product& product) const { return of(product.id); }
        Stream operator()(const domain::CartRow& cart) const { return of(cart.user_id); }
        Stream operator()(const domain::CartItemRow& item) const { return of(item.user_id); }
        Stream operator()(const domain::Order& order) const { return of(order.user_id); }
    } visitor;
    return std::visit(visitor, row);
}

Stream::Id Stream::id() const {
    Id id{};
    write(token(index_), id.data(), 8);
    write(std::uint64_t{index_} << 4 | 1, id.data() + 8, 8);
    return id;
}

std::optional<Stream> Stream::parse(std::string_view id) {
    if (id.size() != 16) return std::nullopt;
    const unsigned index = static_cast<unsigned>(static_cast<std::uint8_t>(id[14])) << 4 | static_cast<std::uint8_t>(id[15]) >> 4;
    const auto stream = at(index);
    const auto whole = stream.id();
    return id == std::string_view(whole.data(), whole.size()) ? std::optional(stream) : std::nullopt;
}

}  // namespace cartwheel::changes
