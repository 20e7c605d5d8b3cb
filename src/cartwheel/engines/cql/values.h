#pragma once
// Values as they cross to the driver and back: cells one after another, each a 32-bit big-endian length and its bytes (-1 is null), in
// the encodings of the CQL native protocol v4 (section 6). The same form is inside a tuple or user type, so these nest.
// Values, pure. A reader never reads past its end; after the first cell that is not what was asked for it stays failed and gives nothing.

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "cartwheel/base/money.h"
#include "cartwheel/base/time.h"
#include "cartwheel/base/uuid.h"

namespace cartwheel::engines::cql {

/// What is bound to a statement's markers, in their order.
class Values {
public:
    Values& uuid(const Uuid& value) { return cell({reinterpret_cast<const char*>(value.bytes().data()), value.bytes().size()}); }
    template <class Tag>
    Values& id(const Id<Tag>& value) {
        return uuid(value.uuid());
    }
    template <class Tag>
    Values& id(const std::optional<Id<Tag>>& value) {
        return value ? uuid(value->uuid()) : null();
    }
    Values& text(std::string_view value) { return cell(value); }
    Values& blob(std::string_view value) { return cell(value); }
    Values& boolean(bool value) { return cell(value ? std::string_view("\1", 1) : std::string_view("\0", 1)); }
    Values& int8(std::int8_t value) { return number(static_cast<std::uint8_t>(value)); }
    Values& int32(std::int32_t value) { return number(static_cast<std::uint32_t>(value)); }
    Values& int64(std::int64_t value) { return number(static_cast<std::uint64_t>(value)); }
    /// A timestamp has milliseconds; what is finer is cut off.
    Values& timestamp(Time value) { return int64(std::chrono::floor<std::chrono::milliseconds>(value.time_since_epoch()).count()); }
    /// A decimal with two decimals.
    Values& decimal(Money value);
    Values& float32(float value) { return number(std::bit_cast<std::uint32_t>(value)); }
    Values& null() { return head(-1); }
    /// Leaves the column as it is. Where there is nothing yet that is null without a tombstone.
    Values& unset() { return head(-2); }
    /// A user type or tuple: its fields.
    Values& fields(const Values& of) { return cell(of.bytes_); }
    /// A list or set: its items. A map: keys and values by turns, `items.count() / 2` pairs.
    Values& list(const Values& items) { return sequence(items.count_, items); }
    Values& map(const Values& items) { return sequence(items.count_ / 2, items); }

    std::string_view bytes() const noexcept { return bytes_; }
    std::uint32_t count() const noexcept { return count_; }

private:
    Values& cell(std::string_view value) {
        head(static_cast<std::int32_t>(value.size()));
        bytes_ += value;
        return *this;
    }
    template <class Unsigned>
    Values& number(Unsigned value) {
        head(static_cast<std::int32_t>(sizeof value));
        append(value);
        return *this;
    }
    template <class Unsigned>
    void append(Unsigned value) {
        if constexpr (sizeof value > 1 && std::endian::native == std::endian::little) value = std::byteswap(value);
        char raw[sizeof value];
        std::memcpy(raw, &value, sizeof value);
        bytes_.append(raw, sizeof value);
    }
    Values& head(std::int32_t length) {
        append(static_cast<std::uint32_t>(length));
        ++count_;
        return *this;
    }
    Values& sequence(std::uint32_t count, const Values& items) {
        head(static_cast<std::int32_t>(items.bytes_.size() + 4));
        append(count);
        bytes_ += items.bytes_;
        return *this;
    }

    std::string bytes_;
    std::uint32_t count_ = 0;
};

/// Reads cells one after another. Each function takes the next cell; null gives nothing and is no failure.
class Cells {
public:
    explicit Cells(std::string_view bytes) : left_(bytes) {}

    std::optional<std::string_view> next();
    void skip() { next(); }

    std::optional<Uuid> uuid();
    template <class IdType>
    std::optional<IdType> id() {
        if (const auto value = uuid()) return IdType(*value);
        return std::nullopt;
    }
    std::optional<std::string_view> text() { return next(); }
    std::optional<bool> boolean();
    std::optional<std::int8_t> int8() { return narrow<std::int8_t, std::uint8_t>(); }
    std::optional<std::int32_t> int32() { return narrow<std::int32_t, std::uint32_t>(); }
    std::optional<std::int64_t> int64() { return narrow<std::int64_t, std::uint64_t>(); }
    std::optional<float> float32() { return narrow<float, std::uint32_t>(); }
    /// To the nearest hundredth; what does not fit Money is a failure.
    std::optional<Money> decimal();
    /// A user type or tuple; null gives no cells.
    Cells fields() { return Cells(next().value_or(std::string_view{})); }
    /// A list, set or map: its items follow; `count` is that of items or pairs.
    Cells list(std::size_t& count);

    void fail() noexcept { failed_ = true; }
    bool failed() const noexcept { return failed_; }
    bool at_end() const noexcept { return failed_ || left_.empty(); }

private:
    template <class Value, class Unsigned>
    std::optional<Value> narrow() {
        const auto cell = next();
        if (!cell) return std::nullopt;
        if (cell->size() != sizeof(Unsigned)) {
            failed_ = true;
            return std::nullopt;
        }
        Unsigned raw;
        std::memcpy(&raw, cell->data(), sizeof raw);
        if constexpr (sizeof raw > 1 && std::endian::native == std::endian::little) raw = std::byteswap(raw);
        return std::bit_cast<Value>(raw);
    }

    std::string_view left_;
    bool failed_ = false;
};

/// The price that was meant by one kept as a 32-bit float: the shortest decimal that is this float, to the nearest hundredth.
std::optional<Money> money_from_float(float value);

}  // namespace cartwheel::engines::cql
