#include "cartwheel/http/chunk_decoder.h"

#include <gmock/gmock.h>

namespace cartwheel::http {
namespace {

/// The body, or what stopped it; `pieces` bytes arrive at a time. What is behind the end stays.
std::string decoded(std::string_view text, std::size_t pieces, std::uint64_t bytes_max = 100) {
    ChunkDecoder decoder(bytes_max);
    std::string body;
    while (!text.empty()) {
        std::size_t used = 0;
        const auto state = decoder.feed(text.substr(0, pieces), body, used);
        text.remove_prefix(used);
        if (state == ChunkDecoder::State::end) return body + "|" + std::string(text);
        if (state == ChunkDecoder::State::malformed) return "malformed";
        if (state == ChunkDecoder::State::too_large) return "too large";
    }
    return "incomplete";
}

/// The same with the bytes one by one and all at once, which may make no difference.
std::string decoded(std::string_view text) {
    const auto slowly = decoded(text, 1);
    EXPECT_EQ(slowly, decoded(text, text.size()));
    return slowly;
}

TEST(ChunkDecoder, DecodesHoweverTheBytesArrive) {
    EXPECT_EQ(decoded("3\r\nabc\r\nA;x=\"y\\\"\";z;w=1\r\n0123456789\r\n0\r\nTrailer: t\r\nOther:\r\n\r\nGET"), "abc0123456789|GET");
    EXPECT_EQ(decoded("0\r\n\r\n"), "|");
    EXPECT_EQ(decoded("00003\r\na\r\n\r\n0\r\n\r\n"), "a\r\n|");
    EXPECT_EQ(decoded("3\r\nab"), "incomplete");
}

TEST(ChunkDecoder, RefusesWhatIsNoChunk) {
    for (const std::string_view text : {"0x3\r\n",     "-1\r\n",
                                        "+1\r\n",      "g",
                                        "\r\n",        " 3\r\n",
                                        "3 \r\n",      "3\n",
                                        "3\r\nabcX",   "3\r\nabc\n",
                                        "3;a\x01",     "3;\r\n",
                                        "3;;a",        "3;=a",
                                        "3;a=\r\n",    "3;a=\"b\r\n",
                                        "3;a=\"b\"c",  "00000000000000000",
                                        "0\r\n b",     "0\r\nT: a\r\n b",
                                        "0\r\nT a",    "0\r\n: a",
                                        "0\r\nT: a\n", "0\r\n\rX"})
        EXPECT_EQ(decoded(text), "malformed") << text;
}

TEST(ChunkDecoder, LimitsSizesExtensionsAndTrailers) {
    EXPECT_EQ(decoded("ffffffffffffffff\r\n"), "too large");
    EXPECT_EQ(decoded("11111111111111111\r\n"), "too large");
    EXPECT_EQ(decoded("65\r\n"), "too large");
    EXPECT_EQ(decoded("5\r\nabcde\r\n60\r\n"), "too large");
    EXPECT_EQ(decoded("1;" + std::string(ChunkDecoder::extension_bytes_max + 1, 'x')), "malformed");
    EXPECT_EQ(decoded("0\r\nT:" + std::string(ChunkDecoder::trailer_bytes_max, 'x')), "malformed");
}

}  // namespace
}  // namespace cartwheel::http
