#pragma once
// A snapshot whose products are looked up once: a join asks for the same few again and again. Lives for one statement; one thread.

#include <unordered_map>

#include "cartwheel/store/store.h"

namespace cartwheel::query {

class ProductCache final : public store::Snapshot {
public:
    /// `snapshot` must outlive it.
    explicit ProductCache(store::Snapshot& snapshot) : snapshot_(snapshot) {}

    std::unique_ptr<store::Scan<domain::Product>> products(std::optional<domain::ProductId> only) override;
    std::unique_ptr<store::Scan<store::UserCart>> carts(std::optional<domain::UserId> only) override {
        return snapshot_.carts(std::move(only));
    }
    std::unique_ptr<store::Scan<domain::Order>> orders(std::optional<domain::UserId> only) override {
        return snapshot_.orders(std::move(only));
    }
    std::unique_ptr<store::Scan<domain::Commit>> commits(Time from, Time before) override { return snapshot_.commits(from, before); }

private:
    static constexpr std::size_t products_max = 4096;

    store::Snapshot& snapshot_;
    std::unordered_map<domain::ProductId, std::optional<domain::Product>> known_;  ///< none: there is no such product
};

}  // namespace cartwheel::query
