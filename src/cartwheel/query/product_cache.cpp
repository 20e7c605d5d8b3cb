#include "cartwheel/query/product_cache.h"

#include <utility>

namespace cartwheel::query {
namespace {

/// The one that is known. Kept products stay where they are as others come.
class KnownProduct final : public store::Scan<domain::Product> {
public:
    explicit KnownProduct(const domain::Product* product) : product_(product) {}
    Result<const domain::Product*> next() override { return std::exchange(product_, nullptr); }

private:
    const domain::Product* product_;
};

}  // namespace

std::unique_ptr<store::Scan<domain::Product>> ProductCache::products(std::optional<domain::ProductId> only) {
    if (!only) return snapshot_.products(only);
    auto found = known_.find(*only);
    if (found == known_.end()) {
        if (known_.size() >= products_max) return snapshot_.products(only);
        auto scan = snapshot_.products(only);
        const auto product = scan->next();
        // What cannot be read is read once more, and then it is the caller's.
        if (!product) return snapshot_.products(only);
        found = known_.emplace(*only, *product == nullptr ? std::nullopt : std::optional(**product)).first;
    }
    return std::make_unique<KnownProduct>(found->second ? &*found->second : nullptr);
}

}  // namespace cartwheel::query
