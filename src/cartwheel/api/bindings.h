#pragma once
// The parameters and answers of HTTP that the shop's handlers share: users in paths, idempotency keys, conditions, tags, pages.

#include "cartwheel/api/wire.h"
#include "cartwheel/http/binding.h"
#include "cartwheel/store/store.h"

namespace cartwheel::api {

/// The Idempotency-Key header, and what tells this request from another one with the same key.
struct Keyed {
    std::optional<store::RequestKey> key;
};

/// The If-Match header (RFC 9110, section 13.1.1) against a cart's tag.
struct IfMatch {
    std::optional<std::string> tags;  ///< the header's value

    /// Whether the write may go on: no header, `*` and there is a cart, or the cart's tag is among them.
    bool holds(const domain::CartState& state) const;
};

/// The tag of a user's cart: it changes with every commit to it.
std::string tag_of(domain::Version version);

/// Whether a list of tags, as in If-None-Match, holds `tag`, weakly compared (RFC 9110, section 8.8.3.2), or is `*`.
bool holds_tag(std::string_view list, std::string_view tag);

/// A JSON answer with an ETag; 304 without a body when the client has it. An empty tag is made from the body.
template <class T>
struct Tagged {
    T body;
    std::string tag;
};

/// An answer that may have been kept from an earlier request with the same key.
template <class T>
struct Replayable {
    Result<T> answer;
    bool replayed;
};

/// One page of a list, and how to ask for the next.
template <class T>
struct Page {
    std::vector<T> items;
    std::string next;  ///< path and query; empty on the last page
};

void finish_tagged(http::Exchange& exchange, std::string tag);

}  // namespace cartwheel::api

namespace cartwheel::http {

template <>
inline constexpr bool is_path_parameter<domain::UserId> = true;

template <>
struct Bind<api::Keyed> {
    static std::optional<api::Keyed> read(Exchange& exchange, Reading& reading);
    static void describe(Describing& to);
};

template <>
struct Bind<api::IfMatch> {
    static std::optional<api::IfMatch> read(Exchange& exchange, Reading&);
    static void describe(Describing& to);
};

template <class T>
struct Reply<api::Tagged<T>> {
    static void write(Exchange& exchange, api::Tagged<T>&& value) {
        reflect::Codec<T>::write(exchange.response.body, value.body);
        api::finish_tagged(exchange, std::move(value.tag));
    }
    static void describe(Describing& to) {
        Reply<T>::describe(to);
        to.operation.add_response("304", "The client has it: the tag in If-None-Match is the present one");
        to.operation.add_error_response("404", "Not there");
    }
};

template <class T>
struct Reply<api::Replayable<T>> {
    static void write(Exchange& exchange, api::Replayable<T>&& value) {
        if (value.replayed) exchange.response.add_header("Idempotent-Replayed", "true");
        if (value.answer) Reply<T>::write(exchange, std::move(*value.answer));
        else write_error(exchange.response, value.answer.error());
    }
    static void describe(Describing& to) {
        Reply<T>::describe(to);
        to.operation.add_error_response("404", "No such product, or no active cart");
        to.operation.add_error_response("409", "Not possible with the cart as it is");
        to.operation.add_error_response("412", "The cart has another tag than If-Match says");
        to.operation.add_error_response("503", "Too busy or stopping; try again after Retry-After seconds");
        to.operation.add_error_response("507", "The disk is full; reads go on");
    }
};

template <class T>
struct Reply<api::Page<T>> {
    static void write(Exchange& exchange, api::Page<T>&& page) {
        reflect::Codec<std::vector<T>>::write(exchange.response.body, page.items);
        if (!page.next.empty()) exchange.response.add_header("Link", "<" + page.next + ">; rel=\"next\"");
    }
    static void describe(Describing& to) { Reply<std::vector<T>>::describe(to); }
};

}  // namespace cartwheel::http
