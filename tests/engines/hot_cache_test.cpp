#include "cartwheel/engines/rocks/hot_cache.h"

#include <gtest/gtest.h>

#include <string>

namespace cartwheel::test {
namespace {

using engines::rocks::HotCache;

std::size_t weigh_text(const std::string& text) { return text.size(); }
using Cache = HotCache<std::string, std::string, weigh_text>;

std::shared_ptr<const std::string> text(std::string value) { return std::make_shared<const std::string>(std::move(value)); }

void read_into(Cache& cache, const std::string& key, const std::string& value) { cache.offer(key, text(value), cache.find(key).as_of); }

TEST(HotCache, KeepsWhatWasRead) {
    Cache cache(1 << 20);
    EXPECT_EQ(cache.find("a").value, nullptr);
    read_into(cache, "a", "1");
    EXPECT_EQ(*cache.find("a").value, "1");
}

TEST(HotCache, WhatWasReadBeforeAChangeIsNotKeptAfterIt) {
    Cache cache(1 << 20);
    const auto as_of = cache.find("a").as_of;
    cache.begin_change("a");
    cache.end_change("a", text("new"));
    cache.offer("a", text("old"), as_of);
    EXPECT_EQ(*cache.find("a").value, "new");
    cache.forget("a");
    cache.offer("a", text("old"), as_of);
    EXPECT_EQ(cache.find("a").value, nullptr);
}

TEST(HotCache, NothingIsKnownWhileAChangeIsOnItsWay) {
    Cache cache(1 << 20);
    read_into(cache, "a", "old");
    for (const std::string key : {"a", "b"}) {
        cache.begin_change(key);
        EXPECT_EQ(cache.find(key).value, nullptr);
        read_into(cache, key, "old or new");
        EXPECT_EQ(cache.find(key).value, nullptr) << "read meanwhile, so perhaps before";
        cache.end_change(key, text("new"));
        EXPECT_EQ(*cache.find(key).value, "new");
    }
}

TEST(HotCache, AChangeThatFailedLeavesNothing) {
    Cache cache(1 << 20);
    read_into(cache, "a", "old");
    cache.begin_change("a");
    cache.forget("a");
    EXPECT_EQ(cache.find("a").value, nullptr);
    read_into(cache, "a", "old");
    EXPECT_EQ(*cache.find("a").value, "old");
}

TEST(HotCache, ItsBytesAreBoundedAndWhatIsAskedForStays) {
    Cache cache(1 << 20);
    const std::string large(1000, 'x');
    for (int i = 0; i < 20'000; ++i) {
        read_into(cache, std::to_string(i), large);
        EXPECT_NE(cache.find("0").value, nullptr) << i;
    }
    int kept = 0;
    for (int i = 0; i < 20'000; ++i) kept += cache.find(std::to_string(i)).value != nullptr ? 1 : 0;
    EXPECT_LT(kept, 1100);
    EXPECT_GT(kept, 500);
}

TEST(HotCache, WhatIsLargerThanAllRoomIsNotKept) {
    Cache cache(1 << 10);
    read_into(cache, "a", std::string(1 << 20, 'x'));
    EXPECT_EQ(cache.find("a").value, nullptr);
}

}  // namespace
}  // namespace cartwheel::test
