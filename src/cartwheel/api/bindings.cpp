#include "cartwheel/api/bindings.h"

#include <algorithm>

#include "cartwheel/base/text.h"

namespace cartwheel::api {
namespace {

constexpr std::size_t key_bytes_max = 255;

/// Calls `visit(tag, is_weak)` for each tag of a list until it gives true; whether it did. Tags may hold commas (RFC 9110, section 8.8.3).
bool any_tag(std::string_view list, const auto& visit) {
    while (!list.empty()) {
        if (list.front() == ' ' || list.front() == '\t' || list.front() == ',') {
            list.remove_prefix(1);
            continue;
        }
        const bool is_weak = list.starts_with("W/");
        if (is_weak) list.remove_prefix(2);
        if (!list.starts_with('"')) return false;
        const auto end = list.find('"', 1);
        if (end == std::string_view::npos) return false;
        if (visit(list.substr(0, end + 1), is_weak)) return true;
        list.remove_prefix(end + 1);
    }
    return false;
}

}  // namespace

bool IfMatch::holds(const domain::CartState& state) const {
    if (!tags) return true;
    if (!state.active) return false;
    if (*tags == "*") return true;
    const auto present = tag_of(state.version);
    return any_tag(*tags, [&](std::string_view tag, bool is_weak) { return !is_weak && tag == present; });
}

std::string tag_of(domain::Version version) { return '"' + std::to_string(version) + '"'; }

bool holds_tag(std::string_view list, std::string_view tag) {
    return list == "*" || any_tag(list, [&](std::string_view one, bool) { return one == tag; });
}

void finish_tagged(http::Exchange& exchange, std::string tag) {
    auto& response = exchange.response;
    if (tag.empty()) {
        static constexpr std::string_view hex = "0123456789abcdef";
        const auto hash = stable_hash(response.body);
        tag = '"';
        for (int shift = 60; shift >= 0; shift -= 4) tag += hex[(hash >> shift) & 15];
        tag += '"';
    }
    if (const auto known = exchange.request.header("if-none-match"); known && holds_tag(*known, tag)) {
        response.status = 304;
        response.content_type = {};
        response.body.clear();
    }
    response.add_header("ETag", std::move(tag));
}

}  // namespace cartwheel::api

namespace cartwheel::http {

std::optional<api::Keyed> Bind<api::Keyed>::read(Exchange& exchange, Reading& reading) {
    static const reflect::Where header("header");
    static const reflect::Where where("idempotency-key", &header);
    const auto& request = exchange.request;
    const auto text = request.header("idempotency-key");
    if (!text) return api::Keyed{};
    if (text->empty()) {
        reading.problems.add("string_too_short", where, "Must have at least 1 character", "\"\"", "{\"min_length\":1}");
        return std::nullopt;
    }
    if (text->size() > api::key_bytes_max) {
        reading.problems.add("string_too_long", where, "Must have at most 255 characters", "\"...\"", "{\"max_length\":255}");
        return std::nullopt;
    }
    if (!std::ranges::all_of(*text, [](char c) { return c > 0x20 && c < 0x7f; })) {
        reading.problems.add("string_type", where, "Must be visible ASCII without blanks", "null");
        return std::nullopt;
    }
    auto fingerprint = stable_hash(name_of(request.method));
    fingerprint = stable_hash(request.raw_path, stable_hash("\n", fingerprint));
    if (!request.query.empty()) fingerprint = stable_hash(request.query, stable_hash("?", fingerprint));
    fingerprint = stable_hash(request.body, stable_hash("\n", fingerprint));
    return api::Keyed{store::RequestKey{std::string(*text), fingerprint}};
}

void Bind<api::Keyed>::describe(Describing& to) {
    to.operation.add_parameter("header", "Idempotency-Key", boost::json::object{{"type", "string"}, {"minLength", 1}, {"maxLength", 255}},
                               false,
                               "Asking again with the same key within 24 hours has no second effect and gives the first answer again");
}

std::optional<api::IfMatch> Bind<api::IfMatch>::read(Exchange& exchange, Reading&) {
    if (const auto tags = exchange.request.header("if-match")) return api::IfMatch{std::string(*tags)};
    return api::IfMatch{};
}

void Bind<api::IfMatch>::describe(Describing& to) {
    to.operation.add_parameter("header", "If-Match", boost::json::object{{"type", "string"}}, false,
                               "The cart's ETag as the client knows it: refused with 412 when the cart has changed since");
}

}  // namespace cartwheel::http
