#pragma once
// Answers SELECTs: on an embedded store over a snapshot, by SQLite, on a few threads of its own; on a cluster the cluster answers.
// Owned by the composition root and ends before the store; any thread that runs an io_context.

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "cartwheel/query/database.h"

namespace cartwheel::query {

struct QuerySettings {
    unsigned threads = 2;
    std::size_t waiting_max = 32;  ///< statements that wait for a thread
    std::int64_t memory_bytes = std::int64_t{256} << 20;  ///< of all databases of the process together
};

class Queries {
public:
    Queries(store::Store& store, const Clock& clock, QuerySettings settings = {});
    ~Queries();
    Queries(const Queries&) = delete;
    Queries& operator=(const Queries&) = delete;

    /// The answer as JSON (answer_json.h), made on the thread that ran the statement. Errors: invalid (the statement), deadline, overloaded
    /// (too many wait), those of the store.
    Task<Result<std::string>> select(std::string statement, Bounds bounds);

    /// Ends what runs at its next row, and answers the rest `unavailable`. Safe to call twice.
    void stop();

private:
    struct Job {
        Statement statement;
        Bounds bounds;
        Completion<std::string> completion;
    };

    Task<Result<std::string>> select_there(std::string statement, std::size_t rows_max);
    Task<Result<std::string>> select_here(std::string statement, Bounds bounds);
    Result<void> push(Job& job);
    void work();
    Result<std::string> run(std::unique_ptr<Database>& database, Job& job);

    store::Store& store_;
    const Clock& clock_;
    const QuerySettings settings_;
    std::atomic<bool> stopping_{false};
    std::mutex mutex_;
    std::condition_variable bell_;
    std::deque<Job> jobs_;
    std::vector<std::thread> threads_;  ///< begun with the first statement
};

}  // namespace cartwheel::query
