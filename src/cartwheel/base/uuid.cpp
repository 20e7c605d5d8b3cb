#include "cartwheel/base/uuid.h"

#include <sys/random.h>

#include <algorithm>
#include <random>
#include <system_error>

#include "cartwheel/base/text.h"

namespace cartwheel {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

/// Python replaces "urn:" and "uuid:" wherever they stand and strips braces from both ends; then it drops the hyphens.
std::string normalized(std::string_view text) {
    std::string out(text);
    for (std::string_view word : {std::string_view("urn:"), std::string_view("uuid:")})
        for (auto at = out.find(word); at != std::string::npos; at = out.find(word, at)) out.erase(at, word.size());
    const auto is_brace = [](char c) { return c == '{' || c == '}'; };
    out.erase(out.begin(), std::find_if_not(out.begin(), out.end(), is_brace));
    out.erase(std::find_if_not(out.rbegin(), out.rend(), is_brace).base(), out.end());
    std::erase(out, '-');
    return out;
}

bool read_hex(std::string_view digits, Uuid::Bytes& out) noexcept {
    for (std::size_t i = 0; i < 16; ++i) {
        const int high = hex_value(digits[2 * i]);
        const int low = hex_value(digits[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        out[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return true;
}

/// The common form without allocation: 8-4-4-4-12.
bool read_canonical(std::string_view text, Uuid::Bytes& out) noexcept {
    if (text.size() != Uuid::text_bytes || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return false;
    std::array<char, 32> digits{};
    auto end = std::copy_n(text.begin(), 8, digits.begin());
    end = std::copy_n(text.begin() + 9, 4, end);
    end = std::copy_n(text.begin() + 14, 4, end);
    end = std::copy_n(text.begin() + 19, 4, end);
    std::copy_n(text.begin() + 24, 12, end);
    return read_hex({digits.data(), digits.size()}, out);
}

std::mt19937_64 seeded_generator() {
    std::array<std::uint32_t, 16> seed{};
    if (getrandom(seed.data(), sizeof seed, 0) != static_cast<ssize_t>(sizeof seed))
        throw std::system_error(errno, std::generic_category(), "getrandom");
    std::seed_seq sequence(seed.begin(), seed.end());
    return std::mt19937_64(sequence);
}

}  // namespace

std::optional<Uuid> Uuid::parse(std::string_view text) {
    Uuid uuid;
    if (read_canonical(text, uuid.bytes_)) return uuid;
    constexpr std::size_t longest = 256;  // hyphens may stand anywhere, but no honest client writes this many
    if (text.size() > longest) return std::nullopt;
    const std::string digits = normalized(text);
    if (digits.size() != 32 || !read_hex(digits, uuid.bytes_)) return std::nullopt;
    return uuid;
}

Uuid Uuid::random() {
    thread_local std::mt19937_64 generator = seeded_generator();
    const std::array<std::uint64_t, 2> words{generator(), generator()};
    Uuid uuid;
    std::memcpy(uuid.bytes_.data(), words.data(), 16);
    uuid.bytes_[6] = static_cast<std::uint8_t>((uuid.bytes_[6] & 0x0f) | 0x40);
    uuid.bytes_[8] = static_cast<std::uint8_t>((uuid.bytes_[8] & 0x3f) | 0x80);
    return uuid;
}

void Uuid::write_to(char* out) const noexcept {
    for (std::size_t i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) *out++ = '-';
        *out++ = hex_digits[bytes_[i] >> 4];
        *out++ = hex_digits[bytes_[i] & 0x0f];
    }
}

std::string Uuid::text() const {
    std::string out(text_bytes, '\0');
    write_to(out.data());
    return out;
}

}  // namespace cartwheel
