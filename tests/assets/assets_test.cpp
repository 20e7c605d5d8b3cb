#include "cartwheel/assets/assets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace cartwheel::assets {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

struct SampleProduct {
    std::string id;
    std::string img;
    std::string price;
};

/// Enough CSV for our own file: only the name, in the middle, may be quoted.
std::vector<SampleProduct> sample_products() {
    std::vector<SampleProduct> products;
    std::string_view rest = sample_catalogue();
    rest.remove_prefix(rest.find('\n') + 1);
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(line.size() + 1);
        const auto first = line.find(',');
        const auto second = line.find(',', first + 1);
        products.push_back({std::string(line.substr(0, first)), std::string(line.substr(first + 1, second - first - 1)),
                            std::string(line.substr(line.rfind(',') + 1))});
    }
    return products;
}

std::string text_of(std::string_view path) {
    const Asset* asset = find(path);
    return asset == nullptr ? "missing: " + std::string(path) : identity(*asset);
}

std::vector<std::string> matches(const std::string& text, const char* pattern) {
    const std::regex expression(pattern);
    std::vector<std::string> found;
    for (std::sregex_iterator match(text.begin(), text.end(), expression), end; match != end; ++match) found.push_back((*match)[1]);
    return found;
}

std::vector<const Asset*> of_type(std::string_view type) {
    std::vector<const Asset*> found;
    for (const Asset& asset : all())
        if (asset.content_type.starts_with(type)) found.push_back(&asset);
    return found;
}

TEST(Assets, EveryFileInflatesToItsStatedSize) {
    for (const Asset& asset : all()) {
        const std::string content = identity(asset);
        EXPECT_EQ(content.size(), asset.identity_bytes) << asset.path;
        EXPECT_FALSE(content.empty()) << asset.path;
    }
}

TEST(Assets, EveryFileIsFoundUnderItsPathAndNothingElseIs) {
    for (const Asset& asset : all()) EXPECT_EQ(find(asset.path), &asset);
    for (const char* path : {"", "/nothing", "/doc", "/docs/", "/Docs", "/images", "/images/../docs", "/zzz"})
        EXPECT_EQ(find(path), nullptr) << path;
}

TEST(Assets, TheCompressedBytesCarryNoTimeOfTheirBuild) {
    for (const Asset& asset : all()) {
        ASSERT_GE(asset.gzip.size(), 18U);
        EXPECT_EQ(asset.gzip.substr(0, 2), "\x1f\x8b") << asset.path;
        EXPECT_EQ(asset.gzip.substr(4, 4), std::string(4, '\0')) << asset.path;
    }
}

TEST(Assets, TagsAreQuotedAndDifferBetweenFilesAndEncodings) {
    std::set<std::string> contents;
    std::set<std::string_view> tags;
    for (const Asset& asset : all()) {
        if (!contents.insert(identity(asset)).second) continue;  // equal files may share their tags
        EXPECT_THAT(std::string(asset.gzip_etag), MatchesRegex("\"[0-9a-f]+-gzip\""));
        EXPECT_THAT(std::string(asset.identity_etag), MatchesRegex("\"[0-9a-f]+\""));
        EXPECT_TRUE(tags.insert(asset.gzip_etag).second) << asset.path;
        EXPECT_TRUE(tags.insert(asset.identity_etag).second) << asset.path;
    }
}

TEST(Assets, OnlyAFileWithItsHashInItsNameMayBeCachedForEver) {
    for (const Asset& asset : all()) {
        EXPECT_EQ(asset.immutable, asset.path.starts_with("/static/")) << asset.path;
        if (asset.immutable) {
            const auto hash = asset.identity_etag.substr(1, 12);
            EXPECT_THAT(std::string(asset.path), HasSubstr("." + std::string(hash) + "."));
        }
    }
}

TEST(SampleCatalogue, HasTheHeaderAndAboutSixtyProducts) {
    EXPECT_THAT(std::string(sample_catalogue()), StartsWith("id,img,name,price\n"));
    EXPECT_THAT(std::string(sample_catalogue()), EndsWith("\n"));
    EXPECT_GE(sample_products().size(), 60U);
}

TEST(SampleCatalogue, IdsAreUniqueAndRandomUuids) {
    std::set<std::string> ids;
    for (const SampleProduct& product : sample_products()) {
        EXPECT_THAT(product.id, MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
        EXPECT_TRUE(ids.insert(product.id).second) << product.id;
    }
}

TEST(SampleCatalogue, PricesAreInCents) {
    for (const SampleProduct& product : sample_products())
        EXPECT_THAT(product.price, MatchesRegex("[1-9][0-9]*\\.[0-9][0-9]")) << product.id;
}

TEST(SampleCatalogue, EveryProductHasAPictureOfItsOwn) {
    std::set<std::string> pictures;
    for (const SampleProduct& product : sample_products()) {
        const Asset* picture = find(product.img);
        ASSERT_NE(picture, nullptr) << product.img;
        EXPECT_EQ(picture->content_type, "image/svg+xml");
        EXPECT_LE(picture->identity_bytes, 2000U) << product.img;
        EXPECT_TRUE(pictures.insert(identity(*picture)).second) << product.img;
    }
    const auto embedded = std::ranges::count_if(all(), [](const Asset& asset) { return asset.path.starts_with("/images/"); });
    EXPECT_EQ(static_cast<std::size_t>(embedded), pictures.size());
}

TEST(StartPage, NamesAProductOfTheSampleCatalogue) {
    const auto ids = matches(text_of("/start"), "\"product_id\":\"([^\"]*)\"");
    ASSERT_EQ(ids.size(), 1U);
    const auto products = sample_products();
    EXPECT_NE(std::ranges::find(products, ids[0], &SampleProduct::id), products.end()) << ids[0];
}

TEST(Pages, LoadOnlyFilesThatAreHere) {
    for (const Asset* page : of_type("text/html")) {
        const auto loaded = matches(identity(*page), "<(?:script|link|img)[^>]*?(?:src|href)=\"([^\"]*)\"");
        EXPECT_FALSE(loaded.empty()) << page->path;
        for (const std::string& path : loaded) EXPECT_NE(find(path), nullptr) << page->path << " loads " << path;
    }
}

TEST(Pages, NothingInThemIsForbiddenByTheContentSecurityPolicy) {
    EXPECT_THAT(std::string(content_security_policy), HasSubstr("script-src 'self';"));
    EXPECT_THAT(std::string(content_security_policy), Not(HasSubstr("unsafe")));
    EXPECT_THAT(std::string(content_security_policy_with_styles), HasSubstr("script-src 'self';"));
    for (const Asset* page : of_type("text/html")) {
        const std::string text = identity(*page);
        EXPECT_TRUE(matches(text, "(<script(?![^>]* src=)[^>]*>)").empty()) << page->path << " has an inline script";
        EXPECT_TRUE(matches(text, "(<[^>]* on[a-z]+=)").empty()) << page->path << " has an inline handler";
        EXPECT_TRUE(matches(text, "(<base |<object |<embed |<iframe )").empty()) << page->path;
        if (page->styles_inline) {
            EXPECT_TRUE(page->path == "/docs" || page->path == "/redoc") << page->path;
        } else {
            EXPECT_TRUE(matches(text, "(<style|<[^>]* style=)").empty()) << page->path << " has a style of its own";
        }
    }
}

TEST(Pages, NoPageStyleOrPictureAsksAnotherHost) {
    constexpr auto reference = "(?:src|href|srcset|action|poster|data)=[\"']?\\s*((?:https?:)?//[^\"'\\s>]*)";
    constexpr auto style_reference = "(?:url\\(|@import)\\s*[\"']?((?:https?:)?//[^\"')\\s]*)";
    for (const char* type : {"text/html", "image/svg+xml"})
        for (const Asset* asset : of_type(type)) EXPECT_THAT(matches(identity(*asset), reference), IsEmpty()) << asset->path;
    for (const char* type : {"text/html", "text/css", "image/svg+xml"})
        for (const Asset* asset : of_type(type)) EXPECT_THAT(matches(identity(*asset), style_reference), IsEmpty()) << asset->path;
}

TEST(Pages, NoScriptNamesAHostThatItWouldAsk) {
    for (const Asset* script : of_type("text/javascript")) {
        const std::string text = identity(*script);
        for (const char* host : {"cdn.redoc.ly", "fonts.googleapis.com", "fonts.gstatic.com", "unpkg.com", "jsdelivr.net", ".js.map"})
            EXPECT_EQ(text.find(host), std::string::npos) << script->path << " names " << host;
    }
}

#if CARTWHEEL_WEB
TEST(ApiPages, ReadTheDescriptionOfThisServer) {
    for (const char* page : {"/docs", "/redoc"}) {
        const auto scripts = matches(text_of(page), "<script src=\"([^\"]*)\"");
        ASSERT_EQ(scripts.size(), 2U) << page;
        EXPECT_THAT(text_of(scripts[1]), HasSubstr("\"/openapi.json\"")) << page;
    }
}

TEST(ApiPages, SwaggerUiDoesNotAskItsMakersValidator) {
    const auto scripts = matches(text_of("/docs"), "<script src=\"([^\"]*)\"");
    ASSERT_EQ(scripts.size(), 2U);
    EXPECT_THAT(text_of(scripts[1]), HasSubstr("validatorUrl: null"));
}

TEST(ApiPages, TheLicencesOfWhatTheyAreMadeOfComeWithThem) {
    const std::string text = text_of("/licenses.txt");
    EXPECT_THAT(text, HasSubstr("Apache License"));
    EXPECT_THAT(text, HasSubstr("The MIT License"));
}
#else
TEST(ApiPages, SayThatThisBuildHasNoneAndWhereTheDescriptionIs) {
    for (const char* page : {"/docs", "/redoc"}) {
        EXPECT_THAT(text_of(page), HasSubstr("no API pages"));
        EXPECT_THAT(text_of(page), HasSubstr("href=\"/openapi.json\""));
    }
}
#endif

}  // namespace
}  // namespace cartwheel::assets
