#include "cartwheel/http/chunk_decoder.h"

#include <algorithm>

#include "cartwheel/base/text.h"

namespace cartwheel::http {
namespace {

/// RFC 9110, section 5.6.2.
bool is_token(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || std::string_view("!#$%&'*+-.^_`|~").contains(c);
}

bool is_control(char c) noexcept { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }

}  // namespace

ChunkDecoder::State ChunkDecoder::feed(std::string_view bytes, std::string& out, std::size_t& used) {
    for (used = 0; used < bytes.size();) {
        if (place_ == Place::data) {
            const auto part = bytes.substr(used, static_cast<std::size_t>(std::min<std::uint64_t>(size_, bytes.size() - used)));
            out += part;
            used += part.size();
            size_ -= part.size();
            if (size_ == 0) place_ = Place::data_return;
            continue;
        }
        if (const auto state = step(bytes[used++]); state != State::more) return state;
    }
    return State::more;
}

ChunkDecoder::State ChunkDecoder::go(bool right, Place next) {
    place_ = next;
    return right ? State::more : State::malformed;
}

ChunkDecoder::State ChunkDecoder::step(char c) {
    switch (place_) {
        case Place::size_start:
        case Place::size: {
            const int digit = hex_value(c);
            if (digit < 0) return place_ == Place::size ? end_of_extension(c) : State::malformed;
            if (size_ >> 60 != 0) return State::too_large;
            size_ = size_ << 4 | static_cast<std::uint64_t>(digit);
            if (size_ > left_) return State::too_large;
            return go(++line_bytes_ <= size_digits_max, Place::size);
        }
        case Place::size_line_end:
            line_bytes_ = 0;
            left_ -= size_;
            return go(c == '\n', size_ == 0 ? Place::trailer_start : Place::data);
        case Place::data: return State::malformed;  // feed() takes data
        case Place::data_return: return go(c == '\r', Place::data_line_end);
        case Place::data_line_end: return go(c == '\n', Place::size_start);
        case Place::trailer_start:
            if (c == '\r') return go(true, Place::last_line_end);
            return go(is_token(c) && ++line_bytes_ <= trailer_bytes_max, Place::trailer_name);
        case Place::trailer_name:
            return go((is_token(c) || c == ':') && ++line_bytes_ <= trailer_bytes_max,
                      c == ':' ? Place::trailer_value : Place::trailer_name);
        case Place::trailer_value:
            if (c == '\r') return go(true, Place::trailer_line_end);
            return go(!is_control(c) && ++line_bytes_ <= trailer_bytes_max, Place::trailer_value);
        case Place::trailer_line_end: return go(c == '\n', Place::trailer_start);
        case Place::last_line_end: return c == '\n' ? State::end : State::malformed;
        default: return ++line_bytes_ <= extension_bytes_max ? extension(c) : State::malformed;
    }
}

/// `;name`, `;name=token` or `;name="text"`, any number of them. The blanks that RFC 9112, section 7.1.1 lets a recipient take are refused.
ChunkDecoder::State ChunkDecoder::extension(char c) {
    switch (place_) {
        case Place::name_start: return go(is_token(c), Place::name);
        case Place::name:
            if (is_token(c)) return State::more;
            return c == '=' ? go(true, Place::value_start) : end_of_extension(c);
        case Place::value_start: return c == '"' ? go(true, Place::quoted) : go(is_token(c), Place::value);
        case Place::value: return is_token(c) ? State::more : end_of_extension(c);
        case Place::quoted: return go(!is_control(c), c == '"' ? Place::value_end : c == '\\' ? Place::quoted_pair : Place::quoted);
        case Place::quoted_pair: return go(!is_control(c), Place::quoted);
        default: return end_of_extension(c);
    }
}

ChunkDecoder::State ChunkDecoder::end_of_extension(char c) {
    return go(c == ';' || c == '\r', c == ';' ? Place::name_start : Place::size_line_end);
}

}  // namespace cartwheel::http
