#include "cartwheel/client/event_stream.h"

namespace cartwheel::client {

void EventStream::begin_again() {
    line_.clear();
    after_return_ = false;
    type_.clear();
    data_.clear();
    id_ = last_id_;
}

Result<void> EventStream::feed(std::string_view piece) {
    while (!piece.empty()) {
        if (after_return_ && piece.front() == '\n') piece.remove_prefix(1);
        after_return_ = false;
        const auto end = piece.find_first_of("\r\n");
        line_ += piece.substr(0, end);
        if (end == std::string_view::npos) break;
        after_return_ = piece[end] == '\r';
        piece.remove_prefix(end + 1);
        TRY_VOID(take_line());
    }
    return {};
}

Result<void> EventStream::take_line() {
    const auto line = std::exchange(line_, {});
    if (line.empty()) return dispatch();
    const auto colon = line.find(':');
    const auto name = std::string_view(line).substr(0, colon);
    auto value = colon == std::string::npos ? std::string_view() : std::string_view(line).substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (colon == 0) {
        if (comments_) comments_(value);
    } else if (name == "event") {
        type_ = value;
    } else if (name == "data") {
        data_ += value;
        data_ += '\n';
    } else if (name == "id" && value.find('\0') == std::string_view::npos) {
        id_ = value;
    }
    return {};
}

Result<void> EventStream::dispatch() {
    last_id_ = id_;
    Event event{std::exchange(type_, {}), std::exchange(data_, {})};
    if (event.data.empty()) return {};
    event.data.pop_back();
    if (event.type.empty()) event.type = "message";
    return sink_(event);
}

}  // namespace cartwheel::client
