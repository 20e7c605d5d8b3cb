#include "cartwheel/engines/cql/inbox.h"

#include <boost/asio/post.hpp>

namespace cartwheel::engines::cql {

boost::asio::execution_context::id Inbox::id;

/// Where the driver's thread hands answers in. Closed when the io_context ends; a place is good as long as it is open.
struct Inbox::Door {
    explicit Door(Inbox& behind) : inbox(behind) {}

    void hand_in(Place place, std::optional<ReplyBox> reply) noexcept {
        const std::scoped_lock lock(mutex);
        if (closed) return;
        arrived.push_back({place, std::move(reply)});
        if (std::exchange(drain_is_posted, true)) return;
        // Under the lock, so that the io_context is still there.
        boost::asio::post(inbox.context_, [this] { inbox.drain(); });
    }

    Inbox& inbox;
    std::mutex mutex;
    bool closed = false;
    bool drain_is_posted = false;
    std::vector<Arrival> arrived;
};

class Inbox::Token final : public ffi::Completion {
public:
    Token(std::shared_ptr<Door> door, Place place, InFlight in_flight)
        : door_(std::move(door)), place_(place), in_flight_(std::move(in_flight)) {}
    ~Token() override {
        in_flight_.end();
        if (!answered_) door_->hand_in(place_, std::nullopt);
    }
    void complete(ReplyBox reply) noexcept override {
        answered_ = true;
        in_flight_.end();
        door_->hand_in(place_, std::move(reply));
    }

private:
    std::shared_ptr<Door> door_;
    Place place_;
    InFlight in_flight_;
    bool answered_ = false;
};

Inbox::Inbox(boost::asio::execution_context& context)
    : service(context), context_(static_cast<boost::asio::io_context&>(context)), door_(std::make_shared<Door>(*this)) {}

AnswerTo Inbox::expect(Completion<ReplyBox> completion, InFlight in_flight) {
    waiting_.emplace_front(std::move(completion));
    return std::make_unique<Token>(door_, waiting_.begin(), std::move(in_flight));
}

void Inbox::shutdown() {
    std::vector<Arrival> dropped;
    {
        const std::scoped_lock lock(door_->mutex);
        door_->closed = true;
        dropped.swap(door_->arrived);
    }
    // The completions post what they hold to the io_context, which destroys it with all else that it has not run.
    waiting_.clear();
}

void Inbox::drain() {
    std::vector<Arrival> arrived;
    {
        const std::scoped_lock lock(door_->mutex);
        arrived.swap(door_->arrived);
        door_->drain_is_posted = false;
    }
    for (auto& [place, reply] : arrived) {
        auto waiting = std::move(*place);
        waiting_.erase(place);
        if (reply) waiting.completion.resume_here(*std::move(reply));
        else waiting.completion.resume_here(fail(Error::unavailable("The driver is stopping")));
    }
}

}  // namespace cartwheel::engines::cql
