#pragma once
// A JSON text (RFC 8259) as it was written: numbers keep their digits, so that money stays exact; strings point into the source.
// Of a repeated member the last counts. The source must outlive the document. Not shared between threads.

#include <cstdint>
#include <deque>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cartwheel::reflect {

enum class JsonKind : std::uint8_t { null, boolean, number, string, array, object };

struct JsonSyntaxError {
    std::size_t offset;   ///< where in the source, in bytes
    std::string message;  ///< for people
};

class JsonValue;

class JsonDocument {
public:
    static constexpr std::size_t depth_max = 32;

    static std::expected<JsonDocument, JsonSyntaxError> parse(std::string_view source);

    JsonValue root() const;

private:
    friend class JsonValue;
    friend class JsonBuilder;

    /// Nodes stand in the order of the text; `end` is the index behind the last one inside.
    struct Node {
        JsonKind kind = JsonKind::null;
        std::string_view name;  ///< of a member of an object
        std::string_view text;  ///< a string's characters, a number's digits, "true" or "false"
        std::uint32_t end = 0;
    };
    std::vector<Node> nodes_;
    std::deque<std::string> unescaped_;  ///< strings that do not stand in the source as they are
};

/// One value in a document, to be used while the document lives.
class JsonValue {
public:
    JsonKind kind() const noexcept { return node().kind; }
    std::string_view text() const noexcept { return node().text; }

    /// The last member of that name of an object; none for everything else.
    std::optional<JsonValue> member(std::string_view name) const noexcept;

    /// Calls `visit(JsonValue)` for each element of an array.
    template <class Visit>
    void for_each(Visit visit) const {
        for (std::uint32_t at = index_ + 1; at < node().end; at = document_->nodes_[at].end) visit(JsonValue(*document_, at));
    }

    /// Appends the value as compact JSON.
    void append_to(std::string& out) const;

private:
    friend class JsonDocument;
    JsonValue(const JsonDocument& document, std::uint32_t index) : document_(&document), index_(index) {}
    const JsonDocument::Node& node() const noexcept { return document_->nodes_[index_]; }

    const JsonDocument* document_;
    std::uint32_t index_;
};

/// Appends `text`, which must be UTF-8, as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);

}  // namespace cartwheel::reflect
