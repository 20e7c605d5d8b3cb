#include "cartwheel/store/product_index.h"

#include <algorithm>
#include <clocale>
#include <cwctype>
#include <iterator>
#include <mutex>

#include "cartwheel/base/time.h"

namespace cartwheel::store {
namespace {

constexpr std::size_t load_page = 1000;

/// Unicode's classes and simple case folding, from the C library, whatever the process's locale is.
locale_t unicode() {
    static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return locale;
}

/// The code point at the front of well-formed UTF-8, which it takes off.
char32_t take_code_point(std::string_view& text) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    char32_t point = length == 1 ? first : first & (0xffU >> (length + 1));
    for (std::size_t i = 1; i < length && i < text.size(); ++i) point = point << 6 | (static_cast<unsigned char>(text[i]) & 0x3fU);
    text.remove_prefix(std::min(length, text.size()));
    return point;
}

void append_code_point(std::string& out, char32_t point) {
    const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((point >> shift) & 0x3f)); };
    if (point < 0x80) {
        out += static_cast<char>(point);
    } else if (point < 0x800) {
        out += static_cast<char>(0xc0 | (point >> 6));
        tail(0);
    } else if (point < 0x10000) {
        out += static_cast<char>(0xe0 | (point >> 12));
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xf0 | (point >> 18));
        tail(12);
        tail(6);
        tail(0);
    }
}

const domain::Product* product_in(const std::optional<domain::Row>& row) { return row ? std::get_if<domain::Product>(&*row) : nullptr; }

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    while (!text.empty()) {
        const auto point = static_cast<wint_t>(take_code_point(text));
        if (iswalnum_l(point, unicode()) != 0) append_code_point(word, static_cast<char32_t>(towlower_l(point, unicode())));
        else if (!word.empty()) words.push_back(std::exchange(word, {}));
    }
    if (!word.empty()) words.push_back(std::move(word));
    std::ranges::sort(words);
    const auto repeats = std::ranges::unique(words);
    words.erase(repeats.begin(), repeats.end());
    return words;
}

void ProductIndex::follow(const domain::Commit& commit) {
    for (const auto& change : commit.changes) {
        if (change.table() != domain::Table::product) continue;
        const std::lock_guard lock(mutex_);
        const auto* before = product_in(change.before);
        const auto* after = product_in(change.after);
        if (next_) touched_.insert((after != nullptr ? after : before)->id);
        for (auto* words : {is_ready_ ? &words_ : nullptr, next_.get()}) {
            if (words == nullptr) continue;
            if (before != nullptr) words->erase(*before);
            if (after != nullptr) words->insert(*after);
        }
    }
}

Task<Result<void>> ProductIndex::load(Store& store) {
    {
        const std::shared_lock lock(mutex_);
        if (is_ready_ && (next_ || !store.is_shared() || coarse_steady_now() - read_at_ < lasts_)) co_return Result<void>{};
    }
    unsigned reading = 0;
    {
        const std::lock_guard lock(mutex_);
        if (is_ready_ && next_) co_return Result<void>{};
        if (!next_) {
            next_ = std::make_unique<Words>();
            touched_.clear();
        }
        reading = readings_;
    }
    // Whoever comes while this is going on the first time reads along instead of waiting: inserting twice is harmless.
    for (ProductPageRequest request{.limit = load_page, .after = std::nullopt};;) {
        const auto page = co_await store.products(request);
        const std::lock_guard lock(mutex_);
        if (readings_ != reading) co_return Result<void>{};
        if (!page) {
            if (!is_ready_) co_return fail(page.error());
            next_.reset();
            co_return Result<void>{};
        }
        for (const auto& product : page->products)
            if (!touched_.contains(product.id)) next_->insert(product);
        if (!page->more) {
            words_ = std::move(*next_);
            next_.reset();
            is_ready_ = true;
            read_at_ = coarse_steady_now();
            ++readings_;
            touched_.clear();
            co_return Result<void>{};
        }
        request.after = page->products.back().id;
    }
}

void ProductIndex::Words::insert(const domain::Product& product) {
    for (auto& word : words_of(product.name)) {
        auto& ids = ids_[std::move(word)];
        const auto at = ids.empty() || ids.back() < product.id ? ids.end() : std::ranges::lower_bound(ids, product.id);
        if (at == ids.end() || *at != product.id) ids.insert(at, product.id);
    }
}

void ProductIndex::Words::erase(const domain::Product& product) {
    for (const auto& word : words_of(product.name)) {
        const auto entry = ids_.find(word);
        if (entry == ids_.end()) continue;
        const auto at = std::ranges::lower_bound(entry->second, product.id);
        if (at != entry->second.end() && *at == product.id) entry->second.erase(at);
        if (entry->second.empty()) ids_.erase(entry);
    }
}

ProductIndex::Ids ProductIndex::Words::having(const std::string& prefix, std::optional<domain::ProductId> after) const {
    Ids out;
    for (auto entry = ids_.lower_bound(prefix); entry != ids_.end() && entry->first.starts_with(prefix); ++entry) {
        const auto& ids = entry->second;
        const auto from = after ? std::ranges::upper_bound(ids, *after) : ids.begin();
        out.insert(out.end(), from, ids.end());
    }
    std::ranges::sort(out);
    const auto repeats = std::ranges::unique(out);
    out.erase(repeats.begin(), repeats.end());
    return out;
}

std::optional<std::vector<domain::ProductId>> ProductIndex::find(std::string_view text, std::optional<domain::ProductId> after,
                                                                 std::size_t limit) const {
    const auto words = words_of(text);
    if (words.empty()) return std::nullopt;
    const std::shared_lock lock(mutex_);
    auto found = words_.having(words.front(), after);
    for (std::size_t i = 1; i < words.size() && !found.empty(); ++i) {
        Ids both;
        std::ranges::set_intersection(found, words_.having(words[i], after), std::back_inserter(both));
        found = std::move(both);
    }
    if (found.size() > limit) found.resize(limit);
    return found;
}

}  // namespace cartwheel::store
