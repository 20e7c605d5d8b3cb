#include "cartwheel/csv/reader.h"

#include <algorithm>

#include "cartwheel/base/text.h"

namespace cartwheel::csv {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

std::uint64_t count_lines(std::string_view text) noexcept { return static_cast<std::uint64_t>(std::ranges::count(text, '\n')); }

}  // namespace

const char* refusal_of(const Dialect& dialect) noexcept {
    const auto unusable = [](char c) { return c == '\n' || c == '\r' || c == '\0' || static_cast<unsigned char>(c) >= 0x80; };
    if (unusable(dialect.delimiter) || unusable(dialect.quote) || (dialect.escape && unusable(*dialect.escape)))
        return "delimiter, quote and escape must be ASCII characters other than a line end";
    if (dialect.delimiter == dialect.quote || dialect.escape == dialect.delimiter) return "delimiter, quote and escape must differ";
    return nullptr;
}

std::string_view describe(Fault fault) noexcept {
    switch (fault) {
        case Fault::none: return "no fault";
        case Fault::bare_return: return "a carriage return without a line feed";
        case Fault::stray_quote: return "a quote inside an unquoted field; enclose the field in quotes and double this one";
        case Fault::text_after_quote: return "text after a closing quote; a quote inside a quoted field must be doubled";
        case Fault::unclosed_quote: return "a quote that is not closed";
        case Fault::dangling_escape: return "an escape character with nothing behind it";
        case Fault::invalid_utf8: return "not UTF-8";
        case Fault::field_too_long: return "the field is too long";
        case Fault::too_many_fields: return "too many fields";
        case Fault::record_too_long: return "the row is too long";
        case Fault::rest_of_long_line: return "the rest of a row that is too long";
    }
    return "unreadable";
}

Reader::Reader(Dialect dialect, Limits limits, Position start)
    : dialect_(dialect), limits_(limits), position_(start), mark_checked_(start.offset != 0) {
    if (dialect_.escape == dialect_.quote) dialect_.escape.reset();  // that is what a doubled quote is
    for (const char c : {'\n', '\r', dialect_.delimiter, dialect_.quote}) special_[static_cast<unsigned char>(c)] = true;
    if (dialect_.escape) special_[static_cast<unsigned char>(*dialect_.escape)] = true;
}

void Reader::feed(std::string_view chunk) {
    buffer_.erase(0, begin_);
    at_ -= begin_;
    begin_ = 0;
    buffer_.append(chunk);
}

bool Reader::skip_mark() {
    if (mark_checked_) return true;
    const auto head = std::string_view(buffer_).substr(0, byte_order_mark.size());
    if (head.size() < byte_order_mark.size() && byte_order_mark.starts_with(head) && !finished_) return false;
    mark_checked_ = true;
    if (head == byte_order_mark) {
        begin_ = at_ = head.size();
        position_.offset += head.size();
    }
    return true;
}

Step Reader::next(Record& out) {
    if (!skip_mark()) return Step::need_more;
    const std::size_t bytes_max = limits_.record_bytes_max;
    if (in_long_line_) {
        const auto rest = std::string_view(buffer_).substr(begin_, bytes_max);
        const auto line_end = rest.find('\n');
        const bool whole = line_end != std::string_view::npos;
        if (!whole && rest.size() < bytes_max && !finished_) return Step::need_more;
        in_long_line_ = !whole;
        if (rest.empty()) return end_of_source(out);
        fault_ = Fault::rest_of_long_line;
        emit(out, whole ? line_end + 1 : rest.size());
        return Step::record;
    }
    const std::size_t stop = std::min(buffer_.size(), begin_ + bytes_max);
    if (scan(stop)) {
        emit(out, at_ - begin_);
        return Step::record;
    }
    if (stop - begin_ == bytes_max) {
        const bool in_quotes = state_ == State::quoted || state_ == State::escaped_in_quotes;
        emit_first_line(out, bytes_max, in_quotes ? Fault::unclosed_quote : Fault::record_too_long);
        return Step::record;
    }
    return finished_ ? end_of_source(out) : Step::need_more;
}

Step Reader::end_of_source(Record& out) {
    const std::size_t bytes = buffer_.size() - begin_;
    if (bytes == 0) return Step::end;
    if (state_ == State::quoted || state_ == State::escaped_in_quotes) {
        emit_first_line(out, bytes, Fault::unclosed_quote);
        return Step::record;
    }
    if (state_ == State::return_seen) report(Fault::bare_return, bytes - 1);
    if (state_ == State::escaped) report(Fault::dangling_escape, bytes - 1);
    if (state_ == State::field_start) field_ = {bytes, bytes, false, false};  // behind the last delimiter
    if (state_ != State::quote_seen) field_.end = bytes;
    end_field(field_.end);
    emit(out, bytes);
    return Step::record;
}

/// Goes on until the record's end (true) or `stop`, which is an offset in the buffer.
bool Reader::scan(std::size_t stop) {
    const char* const bytes = buffer_.data();
    while (at_ < stop) {
        const char c = bytes[at_];
        const std::size_t here = at_ - begin_;
        switch (state_) {
            case State::field_start:
                field_ = {here, here, false, false};
                if (c == dialect_.quote) {
                    field_ = {here + 1, here + 1, false, true};
                    state_ = State::quoted;
                    ++at_;
                    break;
                }
                state_ = State::unquoted;
                [[fallthrough]];
            case State::unquoted:
                while (at_ < stop && !special_[static_cast<unsigned char>(bytes[at_])]) ++at_;
                if (at_ == stop) return false;
                field_.end = at_ - begin_;
                if (bytes[at_] == dialect_.quote) {
                    if (!dialect_.escape) report(Fault::stray_quote, at_ - begin_);
                } else if (bytes[at_] == dialect_.escape) {
                    field_.rewritten = true;
                    state_ = State::escaped;
                } else if (leave_field(bytes[at_])) {
                    return true;
                } else {
                    break;
                }
                ++at_;
                break;
            case State::quoted:
                while (at_ < stop && bytes[at_] != dialect_.quote && bytes[at_] != dialect_.escape) ++at_;
                if (at_ == stop) return false;
                if (bytes[at_] == dialect_.quote) {
                    field_.end = at_ - begin_;
                    state_ = State::quote_seen;
                } else {
                    field_.rewritten = true;
                    state_ = State::escaped_in_quotes;
                }
                ++at_;
                break;
            case State::quote_seen:
                if (c == dialect_.quote) {
                    field_.rewritten = true;
                    state_ = State::quoted;
                } else if (c == dialect_.delimiter || c == '\n' || c == '\r') {
                    if (leave_field(c)) return true;
                    break;
                } else {
                    report(Fault::text_after_quote, here);
                    state_ = State::unquoted;
                }
                ++at_;
                break;
            case State::escaped:
                state_ = State::unquoted;
                ++at_;
                break;
            case State::escaped_in_quotes:
                state_ = State::quoted;
                ++at_;
                break;
            case State::return_seen:
                if (c == '\n') {
                    end_field(field_.end);
                    ++at_;
                    return true;
                }
                report(Fault::bare_return, here - 1);
                state_ = State::unquoted;
                break;
        }
    }
    return false;
}

/// Steps over the delimiter or the first byte of a line end behind a field whose `end` is set. Whether the record ends there.
bool Reader::leave_field(char c) {
    ++at_;
    if (c == '\r') state_ = State::return_seen;
    else end_field(field_.end);
    return c == '\n';
}

void Reader::end_field(std::size_t end) {
    if (end - field_.begin > limits_.field_bytes_max) report(Fault::field_too_long, field_.begin);
    if (fields_.size() < limits_.fields_max) fields_.push_back({field_.begin, end, field_.rewritten, field_.quoted});
    else report(Fault::too_many_fields, field_.begin);
    state_ = State::field_start;
}

void Reader::report(Fault fault, std::size_t at) noexcept {
    if (fault_ != Fault::none) return;
    fault_ = fault;
    fault_at_ = at;
}

/// Gives the first `bytes` of the buffer as a record and begins the next one behind them.
void Reader::emit(Record& out, std::size_t bytes) {
    out.raw = std::string_view(buffer_).substr(begin_, bytes);
    out.position = position_;
    out.fields.clear();
    if (fault_ == Fault::none) {
        if (const auto wrong = find_invalid_utf8(out.raw); wrong != std::string_view::npos) report(Fault::invalid_utf8, wrong);
    }
    out.fault = fault_;
    if (fault_ != Fault::none) {
        const auto before = out.raw.substr(0, fault_at_);
        const auto line_start = before.rfind('\n') + 1;
        out.fault_line = position_.line + count_lines(before);
        out.fault_column = code_points(before.substr(line_start)) + 1;
    } else if (fields_.size() > 1 || fields_.front().quoted || fields_.front().end != fields_.front().begin) {
        rewritten_.clear();
        rewritten_.reserve(bytes);  // so that no view into it moves
        for (const Field& field : fields_) out.fields.push_back(text_of(field));
    }

    begin_ += bytes;
    at_ = begin_;
    position_.offset += bytes;
    position_.line += count_lines(out.raw);
    state_ = State::field_start;
    fields_.clear();
    fault_ = Fault::none;
    fault_at_ = 0;
}

/// Gives the first line of the record at hand, of which `bytes` were looked at, as faulty; the line behind it begins a record.
void Reader::emit_first_line(Record& out, std::size_t bytes, Fault fault) {
    const auto line_end = std::string_view(buffer_).substr(begin_, bytes).find('\n');
    const bool whole = line_end != std::string_view::npos;
    const std::size_t line_bytes = whole ? line_end + 1 : bytes;
    in_long_line_ = !whole && (!finished_ || bytes < buffer_.size() - begin_);
    // Whatever else the scan met on the way, this is why it found no end.
    fault_ = fault;
    fault_at_ = fault == Fault::unclosed_quote ? std::min(field_.begin - 1, line_bytes - 1) : 0;
    emit(out, line_bytes);
}

std::string_view Reader::text_of(const Field& field) {
    const auto text = std::string_view(buffer_).substr(begin_ + field.begin, field.end - field.begin);
    if (!field.rewritten) return text;
    const std::size_t from = rewritten_.size();
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool doubled = field.quoted && text[i] == dialect_.quote;  // the second of two is the one that counts
        if ((doubled || text[i] == dialect_.escape) && i + 1 < text.size()) ++i;
        rewritten_ += text[i];
    }
    return std::string_view(rewritten_).substr(from);
}

}  // namespace cartwheel::csv
