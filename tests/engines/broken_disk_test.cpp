// The embedded engine on a disk that breaks: the process ends with a line that says so, and the next one finds what was acknowledged.
// Stores are opened in child processes alone, for RocksDB's threads do not survive a fork.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>

#include "cartwheel/engines/rocks/give_up.h"
#include "engines/rocks_fixture.h"

namespace cartwheel::test {
namespace {

using engines::rocks::gave_up_exit_code;

struct Ended {
    int code;
    std::string said;  ///< on stderr
};

/// Runs `work` in a child process, which ends with what it gives.
Ended in_child(const std::function<int()>& work) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("pipe");
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(ends[1], STDERR_FILENO);
        std::_Exit(work());
    }
    ::close(ends[1]);
    Ended ended{};
    char buffer[4096];
    for (ssize_t size = 0; (size = ::read(ends[0], buffer, sizeof buffer)) > 0;) ended.said.append(buffer, static_cast<std::size_t>(size));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return ended;
}

/// What a child acknowledged, told through a file that outlives it.
class Diary {
public:
    explicit Diary(std::string path) : path_(std::move(path)) {}
    void note(unsigned number) const { std::ofstream(path_, std::ios::app) << number << '\n'; }
    std::vector<unsigned> read() const {
        std::ifstream file(path_);
        return {std::istream_iterator<unsigned>(file), std::istream_iterator<unsigned>()};
    }

private:
    std::string path_;
};

TEST(BrokenDisk, AWriteErrorEndsTheProcessAndLosesNothing) {
    unsigned ended_early = 0;
    for (std::uint64_t fault_at = 0; fault_at < 60; fault_at += 1 + fault_at / 10) {
        const TemporaryFolder folder;
        const Diary diary(folder.path("diary"));
        const auto settings = small_settings(folder.path("data"));
        const auto writer = in_child([&] {
            const FakeClock clock;
            const auto disk = std::make_shared<FaultyDisk>(folder.path("data/rocks"), folder.path("graves"));
            auto store = engines::rocks::open_store_on(disk, settings, clock).value();
            disk->fail(FaultyDisk::Fault::io_error, fault_at, 1);  // once: a sync after the failed one would go well
            for (unsigned i = 0; i < 25; ++i)
                if (run_task(store->update_cart(user("ann"), key(std::to_string(i)), put(user("ann"), product_id(i))))) diary.note(i);
            return 0;
        });
        if (writer.code != 0) {
            ++ended_early;
            EXPECT_EQ(writer.code, gave_up_exit_code) << writer.said;
            EXPECT_THAT(writer.said, ::testing::HasSubstr("the disk failed"));
            EXPECT_LT(diary.read().size(), 25U);
        }
        const auto reader = in_child([&] {
            const FakeClock clock;
            auto store = engines::rocks::open_store(settings, clock).value();
            const auto state = run_task(store->cart(user("ann"))).value();
            const auto lines = state.active.value_or(domain::Cart{}).lines;
            for (const auto number : diary.read()) {
                if (!std::ranges::binary_search(lines, product_id(number), {}, &domain::CartLine::product_id)) return 10;
                const auto again = run_task(store->update_cart(user("ann"), key(std::to_string(number)), refuse(Error::internal(""))));
                if (!again || !again->replayed) return 11;
            }
            if (lines.size() > diary.read().size() + 1) return 12;  // at most the one that was under way
            return run_task(store->changes_after(0, 1)).value().last == state.version ? 0 : 13;
        });
        EXPECT_EQ(reader.code, 0) << "with the fault at " << fault_at << ": " << reader.said;
    }
    EXPECT_GT(ended_early, 15U);
}

}  // namespace
}  // namespace cartwheel::test
