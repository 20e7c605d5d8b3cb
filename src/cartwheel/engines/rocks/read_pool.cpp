#include "cartwheel/engines/rocks/read_pool.h"

#include <pthread.h>

namespace cartwheel::engines::rocks {

ReadPool::ReadPool(unsigned threads, std::size_t jobs_max) : jobs_max_(jobs_max) {
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

ReadPool::~ReadPool() { stop(); }

void ReadPool::push(std::unique_ptr<Job> job) {
    bool stopping = false;
    {
        const std::scoped_lock lock(mutex_);
        stopping = stopping_;
        if (!stopping && jobs_.size() < jobs_max_) {
            jobs_.push_back(std::move(job));
            waiting_.notify_one();
            return;
        }
    }
    if (stopping) job->run();
    else job->refuse();
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
