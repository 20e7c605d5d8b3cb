#include "engines/contract.h"

namespace cartwheel::test {

domain::Order StoreContract::order_of(const domain::UserId& user, unsigned product) {
    clock_.advance(std::chrono::milliseconds(1));
    EXPECT_TRUE(put(user, product));
    return check_out(user).value().answer.value().value();
}

std::vector<domain::Commit> StoreContract::numbered(std::vector<domain::Commit> commits) {
    if (GetParam().has_one_order) return commits;
    for (std::size_t i = 0; i < commits.size(); ++i) {
        auto& commit = commits[i];
        EXPECT_NE(std::exchange(commit.mark, 0), 0U);
        EXPECT_EQ(commit.seq, static_cast<domain::Seq>(commit.time.time_since_epoch().count()));
        if (i > 0) EXPECT_GT(commit.seq, commits[i - 1].seq);
        // Commits of one moment are a microsecond apart.
        commit.time = std::chrono::floor<std::chrono::milliseconds>(commit.time);
    }
    domain::Seq seq = 0;
    for (auto& commit : commits) commit.seq = ++seq;
    return commits;
}

}  // namespace cartwheel::test
