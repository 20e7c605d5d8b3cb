#pragma once
// A few threads for reads that need the disk. Bounded; owned by the store; any thread.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace cartwheel::engines::rocks {

class ReadPool {
public:
    struct Job {
        virtual ~Job() = default;
        virtual void run() noexcept = 0;
        virtual void refuse() noexcept = 0;  ///< instead of `run` when there is no room
    };

    ReadPool(unsigned threads, std::size_t jobs_max);
    ~ReadPool();
    ReadPool(const ReadPool&) = delete;
    ReadPool& operator=(const ReadPool&) = delete;

    /// Runs the job later, here and now after `stop`, or refuses it.
    void push(std::unique_ptr<Job> job);
    /// Finishes the jobs that wait and ends the threads.
    void stop();

private:
    void work();

    const std::size_t jobs_max_;
    std::mutex mutex_;
    std::condition_variable waiting_;
    std::deque<std::unique_ptr<Job>> jobs_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace cartwheel::engines::rocks
