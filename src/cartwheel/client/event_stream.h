#pragma once
// Takes a stream of events apart (Server-Sent Events, WHATWG HTML, section 9.2.6), in pieces as they arrive. A value; nothing is refused:
// what is no field is passed over, as the standard says.

#include <functional>
#include <string>
#include <string_view>

#include "cartwheel/base/error.h"

namespace cartwheel::client {

struct Event {
    std::string type;  ///< "message" where the stream names none
    std::string data;
};

class EventStream {
public:
    /// An error ends the piece and is what `feed` gives.
    using Sink = std::function<Result<void>(const Event& event)>;
    using Comments = std::function<void(std::string_view comment)>;

    explicit EventStream(Sink sink, Comments comments = {}) : sink_(std::move(sink)), comments_(std::move(comments)) {}

    Result<void> feed(std::string_view piece);

    /// A new connection: what was half heard is forgotten, the last id is not.
    void begin_again();

    /// What to ask for with Last-Event-ID; when `sink` is called, the id of its event. Empty: none was heard.
    const std::string& last_id() const noexcept { return last_id_; }

private:
    Result<void> take_line();
    Result<void> dispatch();

    Sink sink_;
    Comments comments_;
    std::string line_;
    bool after_return_ = false;  ///< a line ended with CR, and LF may follow
    std::string type_;
    std::string data_;
    std::string id_;
    std::string last_id_;
};

}  // namespace cartwheel::client
