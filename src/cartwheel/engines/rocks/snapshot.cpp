#include "cartwheel/engines/rocks/snapshot.h"

#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "cartwheel/engines/rocks/keys.h"
#include "cartwheel/engines/rocks/log_start.h"
#include "cartwheel/engines/rocks/reads.h"
#include "cartwheel/store/codec.h"

namespace cartwheel::engines::rocks {
namespace {

using namespace domain;
using namespace store;
using rocksdb::Slice;

constexpr std::size_t readahead_bytes = 2UL << 20;

Error unreadable_key() { return Error::internal("A stored key cannot be read"); }

/// Along the keys of a family from `from` up to `end` (none: to the family's end).
class Keys {
public:
    Keys(const Database& database, rocksdb::ColumnFamilyHandle* family, const rocksdb::Snapshot* snapshot, const std::string& from,
         std::string end)
        : end_(std::move(end)), upper_(end_) {
        rocksdb::ReadOptions options;
        options.snapshot = snapshot;
        options.fill_cache = false;
        options.total_order_seek = true;  // a family may be a hash table in memory
        options.readahead_size = readahead_bytes;
        if (!end_.empty()) options.iterate_upper_bound = &upper_;
        at_.reset(database.rocks().NewIterator(options, family));
        at_->Seek(from);
    }
    Keys(const Keys&) = delete;
    Keys& operator=(const Keys&) = delete;

    /// False behind the last one.
    Result<bool> next() {
        if (begun_ && at_->Valid()) at_->Next();
        begun_ = true;
        if (at_->Valid()) return true;
        if (!at_->status().ok()) return fail(error_of(at_->status()));
        return false;
    }
    std::string_view key() const { return at_->key().ToStringView(); }
    std::string_view value() const { return at_->value().ToStringView(); }

private:
    std::string end_;
    Slice upper_;
    std::unique_ptr<rocksdb::Iterator> at_;
    bool begun_ = false;
};

template <class T>
class KeyScan final : public Scan<T> {
public:
    using Decode = Result<T> (*)(std::string_view key, std::string_view value);

    KeyScan(std::unique_ptr<Keys> keys, Decode decode) : keys_(std::move(keys)), decode_(decode) {}

    Result<const T*> next() override {
        TRY(const bool more, keys_->next());
        if (!more) return nullptr;
        TRY(auto value, decode_(keys_->key(), keys_->value()));
        value_.emplace(std::move(value));
        return &*value_;
    }

private:
    std::unique_ptr<Keys> keys_;
    Decode decode_;
    std::optional<T> value_;
};

/// The one commit that it gives is read into again and again: most of the time would go into making and freeing them.
class CommitScan final : public Scan<Commit> {
public:
    CommitScan(std::unique_ptr<Keys> keys, Time before) : keys_(std::move(keys)), before_(before) {}

    Result<const Commit*> next() override {
        TRY(const bool more, keys_->next());
        if (!more) return nullptr;
        TRY_VOID(decode_commit(read_big_endian(keys_->key()), keys_->value(), commit_));
        return commit_.time < before_ ? &commit_ : nullptr;
    }

private:
    std::unique_ptr<Keys> keys_;
    Time before_;
    Commit commit_{};
};

/// One value, or a failure, or nothing.
template <class T>
class SingleScan final : public Scan<T> {
public:
    explicit SingleScan(Result<std::optional<T>> value) : value_(std::move(value)) {}

    Result<const T*> next() override {
        if (!value_) return fail(value_.error());
        return std::exchange(given_, true) || !*value_ ? nullptr : &**value_;
    }

private:
    Result<std::optional<T>> value_;
    bool given_ = false;
};

Result<Product> read_product(std::string_view key, std::string_view value) {
    Uuid::Bytes id{};
    if (key.size() != id.size()) return fail(unreadable_key());
    std::memcpy(id.data(), key.data(), id.size());
    return decode_product(ProductId(Uuid(id)), value);
}

Result<UserCart> read_cart(std::string_view key, std::string_view value) {
    TRY(auto state, decode_cart(value));
    return UserCart{UserId::trusted(std::string(key)), std::move(state)};
}

Result<Order> read_order(std::string_view key, std::string_view value) {
    const auto user = user_in(key);
    if (!user) return fail(unreadable_key());
    return decode_order(UserId::trusted(std::string(*user)), value);
}

class RocksSnapshot final : public Snapshot {
public:
    explicit RocksSnapshot(const Database& database)
        : database_(database), log_(database.log_start()), snapshot_(database.rocks().GetSnapshot()) {}
    ~RocksSnapshot() override { database_.rocks().ReleaseSnapshot(snapshot_); }
    RocksSnapshot(const RocksSnapshot&) = delete;
    RocksSnapshot& operator=(const RocksSnapshot&) = delete;

    std::unique_ptr<Scan<Product>> products(std::optional<ProductId> only) override {
        if (only) return one<Product>(database_.families().products, std::string(product_key(*only)), read_product);
        return std::make_unique<KeyScan<Product>>(keys(database_.families().products, {}, {}), read_product);
    }

    std::unique_ptr<Scan<UserCart>> carts(std::optional<UserId> only) override {
        if (only) return one<UserCart>(database_.families().carts, std::string(cart_key(*only)), read_cart);
        return std::make_unique<KeyScan<UserCart>>(keys(database_.families().carts, {}, {}), read_cart);
    }

    std::unique_ptr<Scan<Order>> orders(std::optional<UserId> only) override {
        const auto prefix = only ? orders_prefix(*only) : orders_prefix();
        return std::make_unique<KeyScan<Order>>(keys(database_.families().orders, prefix, after_prefix(prefix)), read_order);
    }

    std::unique_ptr<Scan<Commit>> commits(Time from, Time before) override {
        const auto first = first_commit_since(database_, from, log_.first(), last(), snapshot_);
        if (!first) return std::make_unique<SingleScan<Commit>>(fail(first.error()));
        return std::make_unique<CommitScan>(keys(database_.families().changes, change_key(*first), {}), before);
    }

private:
    std::unique_ptr<Keys> keys(rocksdb::ColumnFamilyHandle* family, const std::string& from, std::string end) const {
        return std::make_unique<Keys>(database_, family, snapshot_, from, std::move(end));
    }

    template <class T>
    std::unique_ptr<Scan<T>> one(rocksdb::ColumnFamilyHandle* family, const std::string& key, KeyScan<T>::Decode decode) const {
        rocksdb::ReadOptions options;
        options.snapshot = snapshot_;
        rocksdb::PinnableSlice value;
        const auto status = database_.rocks().Get(options, family, key, &value);
        Result<std::optional<T>> found;
        if (status.ok()) found = decode(key, value.ToStringView());
        else if (!status.IsNotFound()) found = fail(error_of(status));
        return std::make_unique<SingleScan<T>>(std::move(found));
    }

    /// The newest commit; 0: none. A scan tells a disk that fails.
    Seq last() const {
        rocksdb::ReadOptions options;
        options.snapshot = snapshot_;
        const std::unique_ptr<rocksdb::Iterator> at(database_.rocks().NewIterator(options, database_.families().changes));
        at->SeekToLast();
        return at->Valid() ? read_big_endian(at->key().ToStringView()) : 0;
    }

    const Database& database_;
    LogStart::Hold log_;  ///< before the snapshot is taken, so that what it sees stays from there on
    const rocksdb::Snapshot* snapshot_;
};

}  // namespace

std::unique_ptr<Snapshot> take_snapshot(const Database& database) { return std::make_unique<RocksSnapshot>(database); }

}  // namespace cartwheel::engines::rocks
