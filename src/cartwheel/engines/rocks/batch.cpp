#include "cartwheel/engines/rocks/batch.h"

#include <exception>
#include <map>
#include <span>
#include <utility>

#include "cartwheel/engines/rocks/keys.h"
#include "cartwheel/store/codec.h"

namespace cartwheel::engines::rocks {

using namespace domain;
using namespace store;

namespace {

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }

/// What `decision` gives. One that throws is a bug of one request and must not end the committer.
Result<CartStep> decide(const CartDecision& decision, const CartState& state, std::span<const Product> products) {
    try {
        return decision.decide(state, products);
    } catch (const std::exception&) {
        return fail(Error::internal("The request could not be decided"));
    }
}

/// The value under `key`, asked of `read` once.
template <class Map, class Key, class Read>
Result<typename Map::mapped_type*> find_or_read(Map& map, const Key& key, Read read) {
    if (const auto found = map.find(key); found != map.end()) return &found->second;
    TRY(auto value, read());
    return &map.emplace(key, typename Map::mapped_type{std::move(value)}).first->second;
}

}  // namespace

Result<CartOutcome> Batch::update_cart(const UserId& user, const std::optional<RequestKey>& key, const CartDecision& decision) {
    std::optional<KeptAnswer>* kept = nullptr;
    if (key) {
        TRY(kept, kept_answer(user, *key));
        if (*kept && !is_expired(**kept, now_)) return replay(**kept, *key);
    }
    TRY(auto* touched, cart(user));
    auto* const state = &touched->now;
    std::vector<Product> products;
    if (decision.with_products) {
        TRY(products, products_in(*state));
    }

    auto step = decide(decision, *state, products);
    if (!step && !is_refusal(step.error().code)) return fail(std::move(step).error());
    CartOutcome outcome;
    if (!step) {
        outcome.answer = fail(std::move(step).error());
    } else {
        if (!step->changes.empty()) {
            *state = {state->version + 1, std::move(step->active)};
            touched->changed = true;
            encode(*state, value_);
            put(database_.families().carts, cart_key(user));
            if (step->order) {
                const auto place = order_key(user, {step->order->placed_at, step->order->id});
                encode(*step->order, value_);
                put(database_.families().orders, place);
                value_ = place;
                put(database_.families().orders, order_place_key(user, step->order->id));
            }
            commit(std::move(step->changes));
        }
        outcome.answer = std::move(step->order);
    }
    outcome.version = state->version;
    if (key && is_kept(outcome.answer)) {
        kept->emplace(key->fingerprint, now_, outcome.answer, outcome.version);
        encode(**kept, value_);
        put(database_.families().idempotency, answer_key(user, *key));
    }
    return outcome;
}

Result<ProductTally> Batch::put_products(std::vector<Product> products) {
    // All is read before anything changes, so that a read that fails leaves nothing.
    for (const auto& product_put : products) TRY_VOID(product(product_put.id));

    ProductTally tally;
    std::map<ProductId, std::optional<Product>> before;
    for (auto& product_put : products) {
        auto& current = products_.find(product_put.id)->second.now;
        ++(!current ? tally.created : *current == product_put ? tally.unchanged : tally.replaced);
        before.try_emplace(product_put.id, current);
        current = std::move(product_put);
    }
    std::vector<RowChange> changes;
    for (auto& [id, was] : before) {
        auto& [is, changed] = products_.find(id)->second;
        if (was == is) continue;
        changed = true;
        encode(*is, value_);
        put(database_.families().products, product_key(id));
        const auto operation = was ? Operation::update : Operation::insert;
        changes.push_back({operation, std::move(was), is});
    }
    if (!changes.empty()) commit(std::move(changes));
    return tally;
}

Result<bool> Batch::remove_product(const ProductId& id) {
    TRY(auto* touched, product(id));
    auto* const current = &touched->now;
    if (!*current) return false;
    touched->changed = true;
    writes_.Delete(database_.families().products, slice(product_key(id))).PermitUncheckedError();
    std::vector<RowChange> changes;
    changes.push_back({Operation::remove, std::move(**current), std::nullopt});
    current->reset();
    commit(std::move(changes));
    return true;
}

void Batch::keep_cursor(const std::string& follower, Seq cursor) {
    value_ = seq_value(cursor);
    put(database_.families().meta, cursor_key(follower));
}

Result<Batch::Touched<CartState>*> Batch::cart(const UserId& user) {
    return find_or_read(carts_, user.text(), [&] { return *reads_.cart(user, Reach::disk); });
}

Result<Batch::Touched<std::optional<Product>>*> Batch::product(const ProductId& id) {
    return find_or_read(products_, id, [&] { return *reads_.product(id, Reach::disk); });
}

Result<std::optional<KeptAnswer>*> Batch::kept_answer(const UserId& user, const RequestKey& key) {
    return find_or_read(answers_, answer_key(user, key), [&] { return reads_.kept_answer(user, key); });
}

Result<std::vector<Product>> Batch::products_in(const CartState& cart) {
    std::vector<Product> products;
    if (!cart.active) return products;
    for (const auto& line : cart.active->lines) {
        TRY(const auto* found, product(line.product_id));
        if (found->now) products.push_back(*found->now);
    }
    return products;
}

void Batch::begin_change(HotState& hot) const {
    for (const auto& [user, touched] : carts_)
        if (touched.changed) hot.carts.begin_change(user);
    for (const auto& [id, touched] : products_)
        if (touched.changed) hot.products.begin_change(id);
}

void Batch::end_change(HotState& hot) {
    for (auto& [user, touched] : carts_)
        if (touched.changed) hot.carts.end_change(user, std::make_shared<const CartState>(std::move(touched.now)));
    for (auto& [id, touched] : products_) {
        if (!touched.changed) continue;
        if (touched.now) hot.products.end_change(id, std::make_shared<const Product>(*std::move(touched.now)));
        else hot.products.forget(id);
    }
}

void Batch::undo_change(HotState& hot) const {
    for (const auto& [user, touched] : carts_)
        if (touched.changed) hot.carts.forget(user);
    for (const auto& [id, touched] : products_)
        if (touched.changed) hot.products.forget(id);
}

void Batch::commit(std::vector<RowChange> changes) {
    commits_.push_back({++last_, now_, std::move(changes)});
    encode(commits_.back(), value_);
    put(database_.families().changes, change_key(last_));
}

/// Writes `value_` and empties it.
void Batch::put(rocksdb::ColumnFamilyHandle* family, std::string_view key) {
    // Fails only beyond a batch's size limit, of which there is none.
    writes_.Put(family, slice(key), slice(value_)).PermitUncheckedError();
    value_.clear();
}

}  // namespace cartwheel::engines::rocks
