#include "cartwheel/engines/rocks/read_pool.h"

#include <pthread.h>

namespace cartwheel::engines::rocks {

ReadPool::ReadPool(unsigned threads, std::size_t jobs_max) : jobs_max_(jobs_max) {
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

ReadPool::~ReadPool() { stop(); }

void ReadPool::push(std::unique_ptr<Job> job) {
    enum class Way : std::uint8_t { queued, here, refused } way = Way::queued;
    {
        const std::scoped_lock lock(mutex_);
        if (stopping_) way = Way::here;
        else if (jobs_.size() >= jobs_max_) way = Way::refused;
        else jobs_.push_back(std::move(job));
    }
    switch (way) {
        case Way::queued: waiting_.notify_one(); break;
        case Way::here: job->run(); break;  // NOLINT(bugprone-use-after-move): moved from only when queued
        case Way::refused: job->refuse(); break;
    }
}

void ReadPool::stop() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    waiting_.notify_all();
    for (auto& thread : threads_)
        if (thread.joinable()) thread.join();
}

void ReadPool::work() {
    pthread_setname_np(pthread_self(), "disk-reads");
    std::unique_lock lock(mutex_);
    while (true) {
        waiting_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        if (jobs_.empty()) return;
        auto job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        job->run();
        job.reset();
        lock.lock();
    }
}

}  // namespace cartwheel::engines::rocks
