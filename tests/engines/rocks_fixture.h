#pragma once
// The embedded engine on a disk of the test's making.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cartwheel/engines/rocks/open.h"
#include "engines/faulty_disk.h"
#include "support/fake_clock.h"
#include "support/run_task.h"
#include "support/shop.h"
#include "support/temporary_folder.h"

namespace cartwheel::test {

using engines::rocks::RocksSettings;

inline RocksSettings small_settings(std::string folder) {
    RocksSettings settings;
    settings.folder = std::move(folder);
    settings.block_cache_bytes = 8UL << 20;
    settings.write_buffer_bytes = 4UL << 20;
    return settings;
}

/// Shoppers who know what they were told, to compare with what the store says later. Each put has a key of its own.
class Shoppers {
public:
    /// A put for each of `count` users at once; gives how many were acknowledged.
    unsigned put(store::Store& store, unsigned count) {
        std::vector<Task<Result<store::CartOutcome>>> tasks;
        const auto first = next_;
        for (; next_ < first + count; ++next_)
            tasks.push_back(store.update_cart(who(next_), key(std::to_string(next_)), test::put(who(next_), product_id(next_))));
        const auto outcomes = run_tasks(std::move(tasks));
        unsigned acknowledged = 0;
        for (unsigned i = 0; i < count; ++i) {
            if (outcomes[i]) {
                ++acknowledged;
                puts_[who(first + i).text()].push_back(first + i);
            } else {
                codes_.push_back(outcomes[i].error().code);
            }
        }
        return acknowledged;
    }

    /// Expects the store to hold each acknowledged put with its change and its kept answer.
    void expect_these_in(store::Store& store) const {
        for (const auto& [name, numbers] : puts_) {
            const auto lines = run_task(store.cart(user(name))).value().active.value_or(domain::Cart{}).lines;
            for (const auto number : numbers) {
                ASSERT_TRUE(std::ranges::binary_search(lines, product_id(number), {}, &domain::CartLine::product_id)) << number;
                ASSERT_TRUE(run_task(store.update_cart(user(name), key(std::to_string(number)), refuse(Error::internal("decided again"))))
                                .value()
                                .replayed);
            }
        }
        expect_consistent(store);
    }

    /// Expects the store to hold nothing else besides.
    void expect_all_in(store::Store& store) const {
        expect_these_in(store);
        std::size_t all = 0;
        for (const auto& [name, numbers] : puts_) {
            EXPECT_EQ(run_task(store.cart(user(name))).value().version, numbers.size()) << name;
            all += numbers.size();
        }
        EXPECT_EQ(run_task(store.changes_after(0, 1)).value().last, all);
    }

    /// Expects carts and change log to tell the same, each commit once.
    static void expect_consistent(store::Store& store) {
        const auto commits = run_task(store.changes_after(0, 10'000)).value().commits;
        std::map<std::string, std::size_t> lines;
        for (std::size_t i = 0; i < commits.size(); ++i) {
            ASSERT_EQ(commits[i].seq, i + 1);
            for (const auto& change : commits[i].changes)
                if (const auto* item = std::get_if<domain::CartItemRow>(&*change.after)) ++lines[item->user_id.text()];
        }
        for (unsigned i = 0; i < users; ++i) {
            const auto state = run_task(store.cart(who(i))).value();
            ASSERT_EQ(state.version, lines[who(i).text()]) << i;
            ASSERT_EQ(state.active.value_or(domain::Cart{}).lines.size(), state.version) << i;
        }
    }

    const std::vector<ErrorCode>& codes() const { return codes_; }

private:
    static constexpr unsigned users = 7;
    static domain::UserId who(unsigned number) { return user("user" + std::to_string(number % users)); }

    unsigned next_ = 0;
    std::map<std::string, std::vector<unsigned>> puts_;  ///< the acknowledged ones of each user
    std::vector<ErrorCode> codes_;
};

class RocksTest : public ::testing::Test {
protected:
    std::string data() const { return folder_.path("data"); }
    FaultyDisk& disk() { return *disk_; }
    const FakeClock& clock() const { return clock_; }
    void move_clock(std::chrono::microseconds by) { clock_.advance(by); }

    /// An empty folder on a new disk.
    void begin_anew() {
        std::filesystem::remove_all(data());
        disk_ = make_disk();
    }

    Result<std::unique_ptr<store::Store>> open(RocksSettings settings) {
        return engines::rocks::open_store_on(disk_, std::move(settings), clock_);
    }
    Result<std::unique_ptr<store::Store>> open() { return open(small_settings(data())); }
    /// On the real disk.
    Result<std::unique_ptr<store::Store>> open_plainly(const std::string& folder) {
        return engines::rocks::open_store(small_settings(folder), clock_);
    }

private:
    std::shared_ptr<FaultyDisk> make_disk() const { return std::make_shared<FaultyDisk>(data() + "/rocks", folder_.path("graves")); }

    TemporaryFolder folder_;
    FakeClock clock_;
    std::shared_ptr<FaultyDisk> disk_ = make_disk();
};

}  // namespace cartwheel::test
