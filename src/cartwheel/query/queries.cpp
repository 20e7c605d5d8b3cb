#include "cartwheel/query/queries.h"

#include <pthread.h>

#include <exception>
#include <new>

#include "cartwheel/query/answer_json.h"

namespace cartwheel::query {
namespace {

Error stopping() { return Error::unavailable("The service is stopping"); }

}  // namespace

Queries::Queries(store::Store& store, const Clock& clock, QuerySettings settings) : store_(store), clock_(clock), settings_(settings) {}

Queries::~Queries() { stop(); }

Task<Result<std::string>> Queries::select(std::string statement, Bounds bounds) {
    if (store_.is_shared()) return select_there(std::move(statement), bounds.rows_max);
    return select_here(std::move(statement), std::move(bounds));
}

Task<Result<std::string>> Queries::select_there(std::string statement, std::size_t rows_max) {
    const auto begun = std::chrono::steady_clock::now();
    const auto rows = co_await store_.select(std::move(statement), rows_max);
    if (!rows) co_return fail(rows.error());
    co_return answer_json(*rows, std::chrono::steady_clock::now() - begun);
}

Task<Result<std::string>> Queries::select_here(std::string statement, Bounds bounds) {
    CO_TRY(auto understood, Statement::understand(statement));
    auto start = [this, job = Job{std::move(understood), std::move(bounds), {}}](Completion<std::string> completion) mutable {
        job.completion = std::move(completion);
        if (auto pushed = push(job); !pushed) job.completion.resume(fail(pushed.error()));
    };
    co_return co_await Completion<std::string>::wait(std::move(start));
}

Result<void> Queries::push(Job& job) {
    const std::scoped_lock lock(mutex_);
    if (stopping_) return fail(stopping());
    if (jobs_.size() >= settings_.waiting_max) return fail(Error::overloaded("Too many statements wait; try again shortly"));
    if (threads_.empty()) {
        Database::limit_memory(settings_.memory_bytes);
        for (unsigned i = 0; i < settings_.threads; ++i) threads_.emplace_back([this] { work(); });
    }
    jobs_.push_back(std::move(job));
    bell_.notify_one();
    return {};
}

void Queries::stop() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    bell_.notify_all();
    for (auto& thread : threads_)
        if (thread.joinable()) thread.join();
}

void Queries::work() {
    pthread_setname_np(pthread_self(), "queries");
    std::unique_ptr<Database> database;
    std::unique_lock lock(mutex_);
    while (true) {
        bell_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        if (jobs_.empty()) return;
        auto job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        auto answer = run(database, job);
        job.completion.resume(std::move(answer));
        lock.lock();
    }
}

Result<std::string> Queries::run(std::unique_ptr<Database>& database, Job& job) {
    if (stopping_) return fail(stopping());
    const auto begun = std::chrono::steady_clock::now();
    try {
        if (!database) {
            TRY(database, Database::open(clock_));
        }
        TRY(const auto snapshot, store_.snapshot());
        auto bounds = job.bounds;
        bounds.is_gone = [this, asked = std::move(bounds.is_gone)] { return stopping_ || (asked && asked()); };
        auto rows = database->run(job.statement, *snapshot, std::move(bounds));
        if (!rows && rows.error().code == ErrorCode::unavailable && stopping_) return fail(stopping());
        if (!rows) return fail(rows.error());
        return answer_json(*rows, std::chrono::steady_clock::now() - begun);
    } catch (const std::bad_alloc&) {
        return fail(Error::invalid("the statement needs more memory than there is for it; narrow it"));
    } catch (const std::exception& error) {
        return fail(Error::internal(error.what()));
    }
}

}  // namespace cartwheel::query
