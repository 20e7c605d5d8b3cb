#include "cartwheel/assets/assets.h"

#include <zlib.h>

#include <algorithm>
#include <new>
#include <stdexcept>

namespace cartwheel::assets {
namespace {

constexpr unsigned char pack[] = {
#embed "assets.bin"
};

std::string_view packed(std::size_t offset, std::size_t bytes) { return {reinterpret_cast<const char*>(pack) + offset, bytes}; }

// Defines catalogue_offset, catalogue_bytes, pack_bytes and asset_table().
#include "asset_table.inc"

static_assert(sizeof pack == pack_bytes, "the table and the pack are of different builds");

}  // namespace

std::span<const Asset> all() { return asset_table(); }

const Asset* find(std::string_view path) {
    const auto assets = all();
    const auto found = std::ranges::lower_bound(assets, path, {}, &Asset::path);
    return found != assets.end() && found->path == path ? &*found : nullptr;
}

std::string identity(const Asset& asset) {
    constexpr int window_with_gzip_header = 15 + 16;
    std::string out(asset.identity_bytes, '\0');
    z_stream stream{};
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(asset.gzip.data()));  // zlib's interface predates const
    stream.avail_in = static_cast<uInt>(asset.gzip.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    if (inflateInit2(&stream, window_with_gzip_header) != Z_OK) throw std::bad_alloc();
    const int status = inflate(&stream, Z_FINISH);
    inflateEnd(&stream);
    // The bytes are our own, made by the build: anything else than the end is a broken binary.
    if (status != Z_STREAM_END || stream.avail_out != 0) throw std::logic_error("a packed file does not inflate");
    return out;
}

std::string_view sample_catalogue() { return packed(catalogue_offset, catalogue_bytes); }

}  // namespace cartwheel::assets
