#include "cartwheel/engines/rocks/reads.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "cartwheel/engines/rocks/keys.h"
#include "cartwheel/store/codec.h"

namespace cartwheel::engines::rocks {
namespace {

using namespace domain;
using namespace store;
using rocksdb::ColumnFamilyHandle;
using rocksdb::PinnableSlice;
using rocksdb::Slice;

std::string_view view(const Slice& slice) { return {slice.data(), slice.size()}; }
Slice slice(std::string_view text) { return {text.data(), text.size()}; }

const rocksdb::ReadOptions& options_for(Reach reach) {
    static const auto memory = [] {
        rocksdb::ReadOptions options;
        options.read_tier = rocksdb::kBlockCacheTier;
        return options;
    }();
    static const rocksdb::ReadOptions disk;
    return reach == Reach::memory ? memory : disk;
}

enum class Found : std::uint8_t { yes, no, out_of_reach };

Result<Found> get(const Database& database, ColumnFamilyHandle* family, std::string_view key, Reach reach, PinnableSlice& value) {
    const auto status = database.rocks().Get(options_for(reach), family, slice(key), &value);
    if (status.ok()) return Found::yes;
    if (status.IsNotFound()) return Found::no;
    if (status.IsIncomplete()) return Found::out_of_reach;
    return fail(error_of(status));
}

/// Walks the keys from `from` up to `end` (none: to the family's end) while `take` wants more. False: the disk is out of reach.
template <class Take>
Result<bool> scan(const Database& database, ColumnFamilyHandle* family, std::string_view from, std::string_view end, Reach reach,
                  Take take) {
    auto options = options_for(reach);
    const Slice upper = slice(end);
    if (!end.empty()) options.iterate_upper_bound = &upper;
    const std::unique_ptr<rocksdb::Iterator> at(database.rocks().NewIterator(options, family));
    for (at->Seek(slice(from)); at->Valid(); at->Next()) {
        TRY(const bool more, take(view(at->key()), view(at->value())));
        if (!more) return true;
    }
    if (at->status().ok()) return true;
    if (at->status().IsIncomplete()) return false;
    return fail(error_of(at->status()));
}

std::string with_next(std::string key) {
    key += '\0';
    return key;
}

}  // namespace

Attempt<CartState> Reads::cart(const UserId& user, Reach reach) const {
    const auto [hot, as_of] = hot_.carts.find(user.text());
    if (hot) return *hot;
    PinnableSlice value;
    const auto found = get(database_, database_.families().carts, cart_key(user), reach, value);
    if (!found) return fail(found.error());
    if (*found == Found::out_of_reach) return std::nullopt;
    auto state = *found == Found::yes ? decode_cart(view(value)) : CartState{};
    if (state) hot_.carts.offer(user.text(), std::make_shared<const CartState>(*state), as_of);
    return state;
}

Attempt<std::optional<Product>> Reads::product(const ProductId& id, Reach reach) const {
    const auto [hot, as_of] = hot_.products.find(id);
    if (hot) return *hot;
    PinnableSlice value;
    const auto found = get(database_, database_.families().products, product_key(id), reach, value);
    if (!found) return fail(found.error());
    if (*found == Found::out_of_reach) return std::nullopt;
    if (*found == Found::no) return Result<std::optional<Product>>(std::nullopt);
    auto product = decode_product(id, view(value));
    if (product) hot_.products.offer(id, std::make_shared<const Product>(*product), as_of);
    return product;
}

Attempt<std::vector<Product>> Reads::products_of(const std::vector<ProductId>& ids, Reach reach) const {
    std::vector<Product> products;
    products.reserve(ids.size());
    for (const auto& id : ids) {
        auto read = product(id, reach);
        if (!read) return std::nullopt;
        if (!*read) return fail(std::move(*read).error());
        if (**read) products.push_back(***std::move(read));
    }
    return products;
}

Attempt<ProductPage> Reads::products(const ProductPageRequest& request, Reach reach) const {
    ProductPage page;
    const auto from = request.after ? with_next(std::string(product_key(*request.after))) : std::string();
    const auto done =
        scan(database_, database_.families().products, from, {}, reach, [&](std::string_view key, std::string_view value) -> Result<bool> {
            if (page.products.size() == request.limit) {
                page.more = true;
                return false;
            }
            Uuid::Bytes id{};
            if (key.size() != id.size()) return fail(Error::internal("A stored key cannot be read"));
            std::memcpy(id.data(), key.data(), id.size());
            TRY(auto product, decode_product(ProductId(Uuid(id)), value));
            page.products.push_back(std::move(product));
            return true;
        });
    if (!done) return fail(done.error());
    if (!*done) return std::nullopt;
    return page;
}

Attempt<OrderPage> Reads::orders(const UserId& user, const OrderPageRequest& request, Reach reach) const {
    OrderPage page;
    const auto prefix = orders_prefix(user);
    const auto from = request.after ? with_next(order_key(user, *request.after)) : prefix;
    // The prefix ends in text, which is UTF-8 and so never in 0xff.
    const auto done = scan(database_, database_.families().orders, from, after_prefix(prefix), reach,
                           [&](std::string_view, std::string_view value) -> Result<bool> {
                               if (page.orders.size() == request.limit) {
                                   page.more = true;
                                   return false;
                               }
                               TRY(auto order, decode_order(user, value));
                               page.orders.push_back(std::move(order));
                               return true;
                           });
    if (!done) return fail(done.error());
    if (!*done) return std::nullopt;
    return page;
}

Attempt<Order> Reads::order(const UserId& user, const OrderId& id, Reach reach) const {
    PinnableSlice place;
    auto found = get(database_, database_.families().orders, order_place_key(user, id), reach, place);
    PinnableSlice value;
    if (found && *found == Found::yes) found = get(database_, database_.families().orders, view(place), reach, value);
    if (!found) return fail(found.error());
    if (*found == Found::out_of_reach) return std::nullopt;
    if (*found == Found::no) return fail(Error::not_found("Order not found"));
    return decode_order(user, view(value));
}

Attempt<ChangePage> Reads::changes(Seq after, std::size_t limit, Seq last, Reach reach) const {
    ChangePage page{{}, last};
    if (after >= last) return page;
    const std::unique_ptr<rocksdb::Iterator> at(database_.rocks().NewIterator(options_for(reach), database_.families().changes));
    // Looked at when the iterator is there: what it does not see any more was forgotten by now.
    const Seq first = database_.log_start().first();
    if (after != 0 && after + 1 < first) return fail(changes_are_gone());
    for (at->Seek(change_key(std::max(first, after + 1))); at->Valid() && page.commits.size() < limit; at->Next()) {
        const Seq seq = read_big_endian(view(at->key()));
        if (seq > last) break;
        TRY(auto commit, decode_commit(seq, view(at->value())));
        page.commits.push_back(std::move(commit));
    }
    if (at->status().ok()) return page;
    if (at->status().IsIncomplete()) return std::nullopt;
    return fail(error_of(at->status()));
}

Attempt<std::optional<Seq>> Reads::kept_cursor(const std::string& follower, Reach reach) const {
    PinnableSlice value;
    const auto found = get(database_, database_.families().meta, cursor_key(follower), reach, value);
    if (!found) return fail(found.error());
    if (*found == Found::out_of_reach) return std::nullopt;
    if (*found == Found::no) return Result<std::optional<Seq>>(std::nullopt);
    const auto cursor = read_seq(view(value));
    if (!cursor) return fail(Error::internal("A stored value cannot be read"));
    return Result<std::optional<Seq>>(cursor);
}

Result<std::optional<KeptAnswer>> Reads::kept_answer(const UserId& user, const RequestKey& key) const {
    PinnableSlice value;
    TRY(const auto found, get(database_, database_.families().idempotency, answer_key(user, key), Reach::disk, value));
    if (found != Found::yes) return std::optional<KeptAnswer>();
    return decode_kept_answer(user, view(value));
}

Result<Seq> first_commit_since(const Database& database, Time time, Seq first, Seq last, const rocksdb::Snapshot* snapshot) {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    PinnableSlice value;
    Seq end = last + 1;
    while (first < end) {
        const Seq middle = first + (end - first) / 2;
        value.Reset();
        const auto status = database.rocks().Get(options, database.families().changes, change_key(middle), &value);
        if (!status.ok() && !status.IsNotFound()) return fail(error_of(status));
        bool is_before = true;  // also one that was forgotten meanwhile
        if (status.ok()) {
            TRY(const auto middle_time, decode_commit_time(view(value)));
            is_before = middle_time < time;
        }
        if (is_before) first = middle + 1;
        else end = middle;
    }
    return first;
}

Result<std::optional<Commit>> last_commit(const Database& database) {
    const std::unique_ptr<rocksdb::Iterator> at(database.rocks().NewIterator(options_for(Reach::disk), database.families().changes));
    at->SeekToLast();
    if (at->Valid()) return decode_commit(read_big_endian(view(at->key())), view(at->value()));
    if (!at->status().ok()) return fail(error_of(at->status()));
    return std::optional<Commit>();
}

}  // namespace cartwheel::engines::rocks
