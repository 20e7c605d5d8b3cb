#pragma once
// Wire types are plain described structs (Boost.Describe). Codec<T> reads one from JSON or, for a single value, from text (a path
// segment, a query parameter, a CSV field), writes it as JSON, and gives its JSON Schema. Pure; any thread.
//
// A codec has:
//   static std::optional<T> read(const JsonValue&, const Where&, Problems&)        none: a problem was added
//   static std::optional<T> read_text(std::string_view, const Where&, Problems&)   scalars only
//   static void write(std::string& out, const T&)                                  appends compact JSON
//   static boost::json::value schema(Schemas&)                                     a schema, or a reference to one
// Strings that hold a number are taken for a number and a number is an integer when its value is one; nothing else is coerced.

#include <boost/describe.hpp>
#include <boost/json/fwd.hpp>
#include <boost/mp11/algorithm.hpp>
#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cartwheel/base/money.h"
#include "cartwheel/base/uuid.h"
#include "cartwheel/reflect/json.h"
#include "cartwheel/reflect/problems.h"
#include "cartwheel/reflect/schema.h"

namespace cartwheel::reflect {

template <class T>
struct Codec;

/// Members of a described struct that may be left out; they keep the value that the struct gives them.
/// Specialize: `template <> inline constexpr auto may_be_absent<CartItem> = members("quantity");`
template <class T>
inline constexpr std::array<std::string_view, 0> may_be_absent{};

template <class... Names>
constexpr std::array<std::string_view, sizeof...(Names)> members(Names... names) {
    return {std::string_view(names)...};
}

/// The name of a struct's schema in the API description. Specialize for each wire type.
template <class T>
inline constexpr std::string_view schema_name{};

/// Whether a member of T called `name` may be left out: it is optional, or listed.
template <class T, class Member>
constexpr bool is_required(std::string_view name);

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

// ---- text ------------------------------------------------------------------------------------------------------------------------

/// UTF-8 of at most `BytesMax` bytes.
template <std::size_t BytesMax>
struct Text {
    std::string value;
};

namespace detail {
std::optional<std::string_view> read_string(const JsonValue& in, const Where& where, Problems& problems);
bool check_length(std::string_view text, std::size_t bytes_min, std::size_t bytes_max, const Where& where, Problems& problems);
std::optional<std::int64_t> read_whole(const JsonValue& in, const Where& where, Problems& problems);
std::optional<std::int64_t> read_whole_text(std::string_view text, const Where& where, Problems& problems);
bool check_range(std::int64_t value, std::int64_t least, std::int64_t most, std::string input, const Where& where, Problems& problems);
std::optional<Money> read_price(const JsonValue& in, const Where& where, Problems& problems);
std::optional<Money> read_price_text(std::string_view text, std::string input, const Where& where, Problems& problems);
std::optional<Uuid> read_uuid_text(std::string_view text, const Where& where, Problems& problems);
std::optional<bool> read_bool(const JsonValue& in, const Where& where, Problems& problems);
std::optional<bool> read_bool_text(std::string_view text, const Where& where, Problems& problems);
void report_missing(const Where& where, const JsonValue& object, Problems& problems);
void report_no_object(const Where& where, const JsonValue& in, Problems& problems);
void report_no_list(const Where& where, const JsonValue& in, Problems& problems);
boost::json::value text_schema(std::size_t bytes_max);
boost::json::value format_schema(std::string_view type, std::string_view format);
boost::json::value whole_schema(std::int64_t least, std::int64_t most);
boost::json::value price_schema();
boost::json::value list_schema(boost::json::value items);
boost::json::value optional_schema(boost::json::value inner);
/// An object's schema under construction.
void add_member(boost::json::object& object, std::string_view name, boost::json::value schema, bool required);
void append_whole(std::string& out, std::int64_t value);
}  // namespace detail

template <>
struct Codec<std::string> {
    static std::optional<std::string> read(const JsonValue& in, const Where& where, Problems& problems) {
        if (const auto text = detail::read_string(in, where, problems)) return std::string(*text);
        return std::nullopt;
    }
    static std::optional<std::string> read_text(std::string_view text, const Where&, Problems&) { return std::string(text); }
    static void write(std::string& out, const std::string& value) { append_json_string(out, value); }
    static boost::json::value schema(Schemas&) { return detail::format_schema("string", ""); }
};

template <std::size_t BytesMax>
struct Codec<Text<BytesMax>> {
    using T = Text<BytesMax>;
    static std::optional<T> read(const JsonValue& in, const Where& where, Problems& problems) {
        const auto text = detail::read_string(in, where, problems);
        return text ? read_text(*text, where, problems) : std::nullopt;
    }
    static std::optional<T> read_text(std::string_view text, const Where& where, Problems& problems) {
        if (!detail::check_length(text, 0, BytesMax, where, problems)) return std::nullopt;
        return T{std::string(text)};
    }
    static void write(std::string& out, const T& value) { append_json_string(out, value.value); }
    static boost::json::value schema(Schemas&) { return detail::text_schema(BytesMax); }
};

template <>
struct Codec<bool> {
    static std::optional<bool> read(const JsonValue& in, const Where& where, Problems& problems) {
        return detail::read_bool(in, where, problems);
    }
    static std::optional<bool> read_text(std::string_view text, const Where& where, Problems& problems) {
        return detail::read_bool_text(text, where, problems);
    }
    static void write(std::string& out, bool value) { out += value ? "true" : "false"; }
    static boost::json::value schema(Schemas&) { return detail::format_schema("boolean", ""); }
};

// ---- numbers ---------------------------------------------------------------------------------------------------------------------

/// An integer within bounds.
template <std::int64_t Least, std::int64_t Most>
struct Whole {
    std::int64_t value = Least;
};

template <std::int64_t Least, std::int64_t Most>
struct Codec<Whole<Least, Most>> {
    using T = Whole<Least, Most>;
    static std::optional<T> read(const JsonValue& in, const Where& where, Problems& problems) {
        const auto value = detail::read_whole(in, where, problems);
        if (!value) return std::nullopt;
        if (*value >= Least && *value <= Most) return T{*value};
        std::string input;
        in.append_to(input);
        detail::check_range(*value, Least, Most, std::move(input), where, problems);
        return std::nullopt;
    }
    static std::optional<T> read_text(std::string_view text, const Where& where, Problems& problems) {
        const auto value = detail::read_whole_text(text, where, problems);
        if (!value || !detail::check_range(*value, Least, Most, quoted(text), where, problems)) return std::nullopt;
        return T{*value};
    }
    static void write(std::string& out, T value) { detail::append_whole(out, value.value); }
    static boost::json::value schema(Schemas&) { return detail::whole_schema(Least, Most); }
};

template <std::integral T>
    requires(!std::same_as<T, bool>)
struct Codec<T> {
    static void write(std::string& out, T value) { detail::append_whole(out, static_cast<std::int64_t>(value)); }
    static boost::json::value schema(Schemas&) { return detail::format_schema("integer", ""); }
};

template <>
struct Codec<Money> {
    static std::optional<Money> read(const JsonValue& in, const Where& where, Problems& problems) {
        return detail::read_price(in, where, problems);
    }
    static std::optional<Money> read_text(std::string_view text, const Where& where, Problems& problems) {
        return detail::read_price_text(text, quoted(text), where, problems);
    }
    static void write(std::string& out, Money value) { value.append_to(out); }
    static boost::json::value schema(Schemas&) { return detail::price_schema(); }
};

// ---- identifiers -----------------------------------------------------------------------------------------------------------------

template <class Tag>
struct Codec<Id<Tag>> {
    static std::optional<Id<Tag>> read(const JsonValue& in, const Where& where, Problems& problems) {
        const auto text = detail::read_string(in, where, problems);
        return text ? read_text(*text, where, problems) : std::nullopt;
    }
    static std::optional<Id<Tag>> read_text(std::string_view text, const Where& where, Problems& problems) {
        if (const auto uuid = detail::read_uuid_text(text, where, problems)) return Id<Tag>(*uuid);
        return std::nullopt;
    }
    static void write(std::string& out, const Id<Tag>& value) {
        const auto at = out.size();
        out.resize(at + Uuid::text_bytes + 2);
        out[at] = '"';
        value.uuid().write_to(out.data() + at + 1);
        out.back() = '"';
    }
    static boost::json::value schema(Schemas&) { return detail::format_schema("string", "uuid"); }
};

// ---- compound --------------------------------------------------------------------------------------------------------------------

template <class T>
struct Codec<std::optional<T>> {
    static std::optional<std::optional<T>> read(const JsonValue& in, const Where& where, Problems& problems) {
        if (in.kind() == JsonKind::null) return std::optional<T>{};
        if (auto value = Codec<T>::read(in, where, problems)) return std::optional<T>(std::move(*value));
        return std::nullopt;
    }
    static std::optional<std::optional<T>> read_text(std::string_view text, const Where& where, Problems& problems) {
        if (auto value = Codec<T>::read_text(text, where, problems)) return std::optional<T>(std::move(*value));
        return std::nullopt;
    }
    static void write(std::string& out, const std::optional<T>& value) {
        if (value) Codec<T>::write(out, *value);
        else out += "null";
    }
    static boost::json::value schema(Schemas& schemas) { return detail::optional_schema(Codec<T>::schema(schemas)); }
};

template <class T>
struct Codec<std::vector<T>> {
    static std::optional<std::vector<T>> read(const JsonValue& in, const Where& where, Problems& problems) {
        if (in.kind() != JsonKind::array) {
            detail::report_no_list(where, in, problems);
            return std::nullopt;
        }
        std::vector<T> out;
        const auto before = problems.size();
        std::int64_t index = 0;
        in.for_each([&](const JsonValue& element) {
            if (auto value = Codec<T>::read(element, Where(index++, &where), problems)) out.push_back(std::move(*value));
        });
        if (problems.size() != before) return std::nullopt;
        return out;
    }
    static void write(std::string& out, const std::vector<T>& values) {
        out += '[';
        bool first = true;
        for (const auto& value : values) {
            if (!first) out += ',';
            first = false;
            Codec<T>::write(out, value);
        }
        out += ']';
    }
    static boost::json::value schema(Schemas& schemas) { return detail::list_schema(Codec<T>::schema(schemas)); }
};

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public>;

template <class T>
concept Described = boost::describe::has_describe_members<T>::value;

template <class T, class Member>
constexpr bool is_required(std::string_view name) {
    if (is_optional<Member>) return false;
    for (const auto absent : may_be_absent<T>)
        if (absent == name) return false;
    return true;
}

template <Described T>
struct Codec<T> {
    static std::optional<T> read(const JsonValue& in, const Where& where, Problems& problems) {
        if (in.kind() != JsonKind::object) {
            detail::report_no_object(where, in, problems);
            return std::nullopt;
        }
        T out{};
        const auto before = problems.size();
        boost::mp11::mp_for_each<Members<T>>([&](auto member) {
            using M = std::remove_cvref_t<decltype(out.*member.pointer)>;
            const Where here(member.name, &where);
            if (const auto found = in.member(member.name)) {
                if (auto value = Codec<M>::read(*found, here, problems)) out.*member.pointer = std::move(*value);
            } else if (is_required<T, M>(member.name)) {
                detail::report_missing(here, in, problems);
            }
        });
        if (problems.size() != before) return std::nullopt;
        return out;
    }
    static void write(std::string& out, const T& value) {
        char separator = '{';
        boost::mp11::mp_for_each<Members<T>>([&](auto member) {
            using M = std::remove_cvref_t<decltype(value.*member.pointer)>;
            out += separator;
            out += '"';
            out += member.name;
            out += "\":";
            Codec<M>::write(out, value.*member.pointer);
            separator = ',';
        });
        if (separator == '{') out += '{';
        out += '}';
    }
    static boost::json::value schema(Schemas& schemas) {
        return schemas.reference(schema_name<T>, [&](boost::json::object& object) {
            T example{};
            boost::mp11::mp_for_each<Members<T>>([&](auto member) {
                using M = std::remove_cvref_t<decltype(example.*member.pointer)>;
                detail::add_member(object, member.name, Codec<M>::schema(schemas), is_required<T, M>(member.name));
            });
        });
    }
};

/// The names of a described struct's members, in order: a CSV header.
template <Described T>
std::vector<std::string_view> member_names() {
    std::vector<std::string_view> names;
    boost::mp11::mp_for_each<Members<T>>([&](auto member) { names.emplace_back(member.name); });
    return names;
}

/// A struct of scalars from its members' texts, in the order of member_names(): a CSV row. `texts` has as many.
template <Described T>
std::optional<T> read_texts(const std::vector<std::string_view>& texts, const Where& where, Problems& problems) {
    T out{};
    const auto before = problems.size();
    std::size_t at = 0;
    boost::mp11::mp_for_each<Members<T>>([&](auto member) {
        using M = std::remove_cvref_t<decltype(out.*member.pointer)>;
        if (auto value = Codec<M>::read_text(texts[at++], Where(member.name, &where), problems)) out.*member.pointer = std::move(*value);
    });
    if (problems.size() != before) return std::nullopt;
    return out;
}

template <class T>
std::string to_json(const T& value) {
    std::string out;
    Codec<T>::write(out, value);
    return out;
}

}  // namespace cartwheel::reflect
