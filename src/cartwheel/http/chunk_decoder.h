#pragma once
// Decodes the chunked transfer coding (RFC 9112, section 7.1), strictly and as the bytes come: what is wrong is told at once.
// By hand, because Beast's parser looks at a chunk's size line only when the whole of it is there, takes `0x3` for a last chunk, joins
// folded trailers, and asserts on a last chunk that arrives slowly. One a body; one thread.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cartwheel::http {

class ChunkDecoder {
public:
    static constexpr std::size_t extension_bytes_max = 4 * 1024;  ///< of one chunk; extensions are read and dropped
    static constexpr std::size_t trailer_bytes_max = 16 * 1024;   ///< of all trailers; read and dropped (RFC 9110, section 6.5.1)

    enum class State : std::uint8_t { more, end, malformed, too_large };

    /// The body may announce at most this many bytes.
    explicit ChunkDecoder(std::uint64_t bytes_max) : left_(bytes_max) {}

    /// Takes what it can of `bytes`, appends the data in it to `out`, and says how many it took in `used`: all of them unless `end`.
    State feed(std::string_view bytes, std::string& out, std::size_t& used);

private:
    enum class Place : std::uint8_t {
        size_start,
        size,
        name_start,
        name,
        value_start,
        value,
        quoted,
        quoted_pair,
        value_end,
        size_line_end,
        data,
        data_return,
        data_line_end,
        trailer_start,
        trailer_name,
        trailer_value,
        trailer_line_end,
        last_line_end,
    };
    static constexpr std::size_t size_digits_max = 16;

    /// One byte outside of a chunk's data.
    State step(char c);
    State go(bool right, Place next);
    State extension(char c);
    State end_of_extension(char c);

    Place place_ = Place::size_start;
    std::uint64_t left_;            ///< that further chunks may announce
    std::uint64_t size_ = 0;        ///< of the chunk at hand, or what is left of it
    std::size_t line_bytes_ = 0;    ///< of the size line, or of all trailers
};

}  // namespace cartwheel::http
