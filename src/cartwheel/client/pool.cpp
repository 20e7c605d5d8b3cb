#include "cartwheel/client/pool.h"

namespace cartwheel::client {

Pool::Pool(const Executor& executor, const Address& address, std::size_t connections, Timeouts timeouts) {
    for (std::size_t i = 0; i < connections; ++i) {
        connections_.emplace_back(executor, address, timeouts);
        free_.push_back(i);
    }
}

Task<Pool::Answer> Pool::send(Request request) {
    const std::size_t connection = co_await take();
    const auto begun = std::chrono::steady_clock::now();
    auto response = co_await connections_[connection].send(std::move(request));
    give_back(connection);
    co_return Answer{std::move(response), begun};
}

Task<std::size_t> Pool::take() {
    if (!free_.empty()) {
        const std::size_t connection = free_.back();
        free_.pop_back();
        co_return connection;
    }
    const auto given =
        co_await Completion<std::size_t>::wait([this](Completion<std::size_t> completion) { waiting_.push_back(std::move(completion)); });
    co_return given.value();  // none is dropped while tasks run
}

void Pool::give_back(std::size_t connection) {
    if (waiting_.empty()) {
        free_.push_back(connection);
        return;
    }
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    next.resume(connection);
}

}  // namespace cartwheel::client
