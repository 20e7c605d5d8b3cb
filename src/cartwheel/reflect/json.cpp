#include "cartwheel/reflect/json.h"

#include <array>
#include <boost/json/basic_parser_impl.hpp>

namespace cartwheel::reflect {

/// Receives Boost.JSON's parse events and lays down nodes.
class JsonBuilder {
public:
    using Code = boost::json::error_code;
    using Text = boost::json::string_view;

    static constexpr std::size_t max_object_size = 1 << 20;
    static constexpr std::size_t max_array_size = 1 << 20;
    static constexpr std::size_t max_key_size = 1 << 20;
    static constexpr std::size_t max_string_size = 1 << 24;

    JsonBuilder() = default;
    void begin(std::string_view source) { source_ = source; }
    JsonDocument take() { return std::move(document_); }

    bool on_document_begin(Code&) { return true; }
    bool on_document_end(Code&) { return true; }
    bool on_object_begin(Code&) { return open(JsonKind::object); }
    bool on_object_end(std::size_t, Code&) { return close(); }
    bool on_array_begin(Code&) { return open(JsonKind::array); }
    bool on_array_end(std::size_t, Code&) { return close(); }
    bool on_key_part(Text part, std::size_t, Code&) { return collect(part); }
    bool on_key(Text part, std::size_t, Code&) {
        name_ = finish(part);
        return true;
    }
    bool on_string_part(Text part, std::size_t, Code&) { return collect(part); }
    bool on_string(Text part, std::size_t, Code&) { return add(JsonKind::string, finish(part)); }
    bool on_number_part(Text part, Code&) { return collect(part); }
    bool on_int64(std::int64_t, Text part, Code&) { return add(JsonKind::number, finish(part)); }
    bool on_uint64(std::uint64_t, Text part, Code&) { return add(JsonKind::number, finish(part)); }
    bool on_double(double, Text part, Code&) { return add(JsonKind::number, finish(part)); }
    bool on_bool(bool value, Code&) { return add(JsonKind::boolean, value ? "true" : "false"); }
    bool on_null(Code&) { return add(JsonKind::null, "null"); }
    bool on_comment_part(Text, Code&) { return true; }
    bool on_comment(Text, Code&) { return true; }

private:
    bool add(JsonKind kind, std::string_view text) {
        const auto index = static_cast<std::uint32_t>(document_.nodes_.size());
        document_.nodes_.push_back({kind, name_, text, index + 1});
        name_ = {};
        return true;
    }
    bool open(JsonKind kind) {
        open_.push_back(document_.nodes_.size());
        return add(kind, {});
    }
    bool close() {
        document_.nodes_[open_.back()].end = static_cast<std::uint32_t>(document_.nodes_.size());
        open_.pop_back();
        return true;
    }
    bool collect(Text part) {
        parts_.append(part.data(), part.size());
        return true;
    }
    /// The whole text of which `part` is the end: a view into the source where it stands there unchanged.
    std::string_view finish(Text part) {
        const bool in_source = part.data() >= source_.data() && part.data() + part.size() <= source_.data() + source_.size();
        if (parts_.empty() && in_source) return {part.data(), part.size()};
        parts_.append(part.data(), part.size());
        document_.unescaped_.push_back(std::move(parts_));
        parts_.clear();
        return document_.unescaped_.back();
    }

    JsonDocument document_;
    std::string_view source_;
    std::string_view name_;
    std::string parts_;
    std::vector<std::size_t> open_;
};

namespace {

bool is_word_character(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Where the wrong token begins: Boost.JSON stops inside a word such as `nope`, Python's parser (and so the sample) names its start.
std::size_t token_start(std::string_view source, std::size_t offset) {
    offset = std::min(offset, source.size());
    while (offset > 0 && is_word_character(source[offset - 1])) --offset;
    return offset;
}

}  // namespace

std::expected<JsonDocument, JsonSyntaxError> JsonDocument::parse(std::string_view source) {
    boost::json::basic_parser<JsonBuilder> parser(boost::json::parse_options{});
    parser.handler().begin(source);
    boost::json::error_code error;
    const auto used = parser.write_some(false, source.data(), source.size(), error);
    if (!error && used < source.size()) error = boost::json::error::extra_data;
    if (error) {
        auto message = error == boost::json::error::incomplete ? std::string("the text ends too early") : error.message();
        return std::unexpected(JsonSyntaxError{token_start(source, used), std::move(message)});
    }
    return parser.handler().take();
}

JsonValue JsonDocument::root() const { return JsonValue(*this, 0); }

std::optional<JsonValue> JsonValue::member(std::string_view name) const noexcept {
    if (kind() != JsonKind::object) return std::nullopt;
    std::optional<JsonValue> found;
    for (std::uint32_t at = index_ + 1; at < node().end; at = document_->nodes_[at].end)
        if (document_->nodes_[at].name == name) found = JsonValue(*document_, at);
    return found;
}

void JsonValue::append_to(std::string& out) const {
    switch (kind()) {
        case JsonKind::null:
        case JsonKind::boolean:
        case JsonKind::number: out += text(); return;
        case JsonKind::string: append_json_string(out, text()); return;
        case JsonKind::array:
        case JsonKind::object: break;
    }
    const bool is_object = kind() == JsonKind::object;
    out += is_object ? '{' : '[';
    for (std::uint32_t at = index_ + 1; at < node().end; at = document_->nodes_[at].end) {
        if (at != index_ + 1) out += ',';
        if (is_object) {
            append_json_string(out, document_->nodes_[at].name);
            out += ':';
        }
        JsonValue(*document_, at).append_to(out);
    }
    out += is_object ? '}' : ']';
}

void append_json_string(std::string& out, std::string_view text) {
    static constexpr std::string_view hex = "0123456789abcdef";
    out += '"';
    std::size_t plain = 0;  // where the run of characters that stand for themselves begins
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto c = static_cast<unsigned char>(text[at]);
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        out.append(text, plain, at - plain);
        plain = at + 1;
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            case '\b': out += "\\b"; break;
            case '\f': out += "\\f"; break;
            default:
                out += "\\u00";
                out += hex[c >> 4];
                out += hex[c & 15];
        }
    }
    out.append(text, plain);
    out += '"';
}

}  // namespace cartwheel::reflect
