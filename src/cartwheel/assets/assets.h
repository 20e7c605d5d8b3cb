/// The files that the binary carries: storefront, dashboard, start page, API pages, favicon, and the sample catalogue with its pictures.
/// Packed at build time by web/pack.py and constant from then on, so every view here lives as long as the process and any thread may
/// read it. Nothing fails: what is not there is a null pointer.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace cartwheel::assets {

struct Asset {
    std::string_view path;          // as in the request, without a query: "/docs", "/images/garden-hose.svg"
    std::string_view content_type;  // with the charset where there is one
    std::string_view gzip;          // for clients that accept gzip, which is every browser
    std::size_t identity_bytes;
    // Strong and quoted. Two encodings of one file are two representations and need two tags (RFC 9110, section 8.8.3.3).
    std::string_view gzip_etag;
    std::string_view identity_etag;
    bool immutable;      // the path holds a content hash: it may be cached for ever
    bool styles_inline;  // a page that writes style elements of its own
};

/// Null when there is no such file. Paths are compared byte by byte.
const Asset* find(std::string_view path);

/// Every file, ordered by path.
std::span<const Asset> all();

/// The uncompressed file, for a client that does not accept gzip. Inflates at each call, up to two megabytes for the API pages.
std::string identity(const Asset& asset);

/// CSV with the header id,img,name,price; each picture is one of the files here.
std::string_view sample_catalogue();

/// What a page needs and no more; goes out with it as Content-Security-Policy (W3C, level 3).
inline constexpr std::string_view content_security_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'";

/// Swagger UI and ReDoc write style elements, and ReDoc starts its search worker from a blob.
inline constexpr std::string_view content_security_policy_with_styles =
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

}  // namespace cartwheel::assets
