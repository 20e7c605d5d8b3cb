#pragma once
// The driver's answers on their way to one io_context. Many that come at about the same time wake its thread once.
// A service of the io_context, made when first asked for, so it ends with it; the driver's side may outlive it and then answers nobody.
// Only files of this folder that see the Rust bridge include this.

#include <cql_bridge/bridge.h>

#include <atomic>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "cartwheel/base/task.h"

namespace cartwheel::engines::cql {

using ReplyBox = rust::Box<ffi::Reply>;
using AnswerTo = std::unique_ptr<ffi::Completion>;

/// A statement's place among those in flight; given back by its end.
class InFlight {
public:
    InFlight() = default;
    /// `count` has counted it already.
    explicit InFlight(std::shared_ptr<std::atomic<std::size_t>> count) : count_(std::move(count)) {}
    InFlight(InFlight&&) noexcept = default;
    InFlight& operator=(InFlight&& other) noexcept {
        end();
        count_ = std::move(other.count_);
        return *this;
    }
    ~InFlight() { end(); }

    void end() noexcept {
        if (const auto count = std::move(count_)) count->fetch_sub(1);
    }

private:
    std::shared_ptr<std::atomic<std::size_t>> count_;  // shared by all statements of a driver
};

class Inbox final : public boost::asio::execution_context::service {
public:
    using key_type = Inbox;
    static boost::asio::execution_context::id id;

    explicit Inbox(boost::asio::execution_context& context);

    /// What Rust answers to, for a task of this io_context. `in_flight` ends when the answer is there.
    AnswerTo expect(Completion<ReplyBox> completion, InFlight in_flight);

private:
    struct Waiting {
        explicit Waiting(Completion<ReplyBox> task) : completion(std::move(task)), work(completion.executor()) {}
        Completion<ReplyBox> completion;
        boost::asio::executor_work_guard<Executor> work;  // an io_context that waits for an answer has not run out of work
    };
    using Place = std::list<Waiting>::iterator;
    struct Arrival {
        Place place;
        std::optional<ReplyBox> reply;  // none: dropped unanswered
    };
    struct Door;
    class Token;

    void shutdown() override;
    void drain();

    boost::asio::io_context& context_;
    std::shared_ptr<Door> door_;  // shared with the tokens that Rust has
    std::list<Waiting> waiting_;  // touched by the io_context's thread only
};

}  // namespace cartwheel::engines::cql
