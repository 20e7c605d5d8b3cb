#pragma once
// What is read and written most, decoded, in front of RocksDB, whose look-ups in its sorted tables take most of a small write's time.
// Bounded by bytes; what was not asked for lately goes first. Thread-safe: shards, each with a lock that is held for a look-up.
//
// A reader never meets a value older than one that another reader met before: while a write is on its way, from before RocksDB shows
// it until after, its keys are in flux here, so that readers go to RocksDB and what they find there is not kept.

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "cartwheel/base/text.h"
#include "cartwheel/base/uuid.h"

namespace cartwheel::engines::rocks {

/// Seeded anew by each process, so that nobody can choose keys that collide.
struct SeededHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return stable_hash(text, seed); }
    template <class Tag>
    std::size_t operator()(const Id<Tag>& id) const noexcept {
        return (*this)(std::string_view(reinterpret_cast<const char*>(id.bytes().data()), id.bytes().size()));
    }

    static inline const std::uint64_t seed = std::hash<Id<SeededHash>>{}(Id<SeededHash>::random());
};

/// `weigh(value)` gives the bytes of a value.
template <class Key, class Value, auto weigh>
class HotCache {
public:
    using Pointer = std::shared_ptr<const Value>;  ///< shared by the cache and whoever is copying it while it is replaced

    explicit HotCache(std::size_t bytes_max) : shard_bytes_max_(bytes_max / shards_count) {}

    struct Found {
        Pointer value;            ///< null when it must be read
        std::uint64_t as_of = 0;  ///< for `offer`
    };

    template <class K>
    Found find(const K& key) {
        auto& shard = shard_of(key);
        const std::scoped_lock lock(shard.mutex);
        const auto at = shard.entries.find(key);
        if (at == shard.entries.end()) return {nullptr, shard.changes};
        at->second->asked_for = true;
        return {at->second->value, shard.changes};
    }

    /// Keeps what was read after a `find` that gave `as_of`, unless something changed since.
    void offer(const Key& key, Pointer value, std::uint64_t as_of) {
        auto& shard = shard_of(key);
        const std::scoped_lock lock(shard.mutex);
        if (shard.changes != as_of) return;
        const auto [at, fresh] = entry(shard, key);
        if (fresh || at->second->value) fill(shard, *at->second, std::move(value));
    }

    /// Before a write of `key` may be seen. Ends with `end_change` or `forget`.
    void begin_change(const Key& key) {
        auto& shard = shard_of(key);
        const std::scoped_lock lock(shard.mutex);
        ++shard.changes;
        empty(shard, *entry(shard, key).first->second);
    }

    /// After the write can be seen.
    void end_change(const Key& key, Pointer value) {
        auto& shard = shard_of(key);
        const std::scoped_lock lock(shard.mutex);
        ++shard.changes;
        fill(shard, *entry(shard, key).first->second, std::move(value));
    }

    /// After a write that removed `key`, or that failed.
    void forget(const Key& key) {
        auto& shard = shard_of(key);
        const std::scoped_lock lock(shard.mutex);
        ++shard.changes;
        if (const auto at = shard.entries.find(key); at != shard.entries.end()) erase(shard, at);
    }

private:
    struct Entry {
        Key key;
        Pointer value;  ///< null while in flux
        std::size_t bytes = 0;
        bool asked_for = false;  ///< since it last was the oldest
    };
    using Order = std::list<Entry>;  ///< newest first
    using Entries = std::unordered_map<Key, typename Order::iterator, SeededHash, std::equal_to<>>;

    struct Shard {
        std::mutex mutex;
        Order order;
        Entries entries;
        std::size_t bytes = 0;
        std::uint64_t changes = 0;
    };

    static constexpr std::size_t shards_count = 16;
    static constexpr std::size_t entry_bytes = sizeof(Entry) + sizeof(Key) + 96;  ///< with the nodes of list and map

    template <class K>
    Shard& shard_of(const K& key) {
        return shards_[SeededHash{}(key) >> 60];
    }

    static std::pair<typename Entries::iterator, bool> entry(Shard& shard, const Key& key) {
        const auto [at, fresh] = shard.entries.try_emplace(key);
        if (fresh) {
            shard.order.push_front({key, nullptr, entry_bytes, false});
            shard.bytes += entry_bytes;
            at->second = shard.order.begin();
        }
        return {at, fresh};
    }

    static void empty(Shard& shard, Entry& entry) {
        shard.bytes -= entry.bytes - entry_bytes;
        entry.bytes = entry_bytes;
        entry.value.reset();
    }

    void fill(Shard& shard, Entry& entry, Pointer value) {
        empty(shard, entry);
        entry.bytes += weigh(*value);
        shard.bytes += entry.bytes - entry_bytes;
        entry.value = std::move(value);
        make_room(shard);
    }

    static void erase(Shard& shard, typename Entries::iterator at) {
        shard.bytes -= at->second->bytes;
        shard.order.erase(at->second);
        shard.entries.erase(at);
    }

    /// Takes the oldest out, but gives those that were asked for, and those in flux, another round.
    void make_room(Shard& shard) {
        for (auto rounds = 2 * shard.order.size(); shard.bytes > shard_bytes_max_ && rounds > 0; --rounds) {
            auto oldest = std::prev(shard.order.end());
            if (oldest->value && !std::exchange(oldest->asked_for, false)) erase(shard, shard.entries.find(oldest->key));
            else shard.order.splice(shard.order.begin(), shard.order, oldest);
        }
    }

    const std::size_t shard_bytes_max_;
    std::array<Shard, shards_count> shards_;
};

}  // namespace cartwheel::engines::rocks
