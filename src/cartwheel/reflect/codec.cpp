#include "cartwheel/reflect/codec.h"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "cartwheel/base/decimal.h"
#include "cartwheel/base/text.h"

namespace cartwheel::reflect::detail {
namespace {

std::string json_of(const JsonValue& value) {
    std::string out;
    value.append_to(out);
    return out;
}

std::string bound(std::string_view name, std::int64_t value) { return "{\"" + std::string(name) + "\":" + std::to_string(value) + "}"; }

}  // namespace

std::optional<std::string_view> read_string(const JsonValue& in, const Where& where, Problems& problems) {
    if (in.kind() == JsonKind::string) return in.text();
    problems.add("string_type", where, "Must be a string", in);
    return std::nullopt;
}

bool check_length(std::string_view text, std::size_t bytes_min, std::size_t bytes_max, const Where& where, Problems& problems) {
    if (text.size() < bytes_min) {
        problems.add("string_too_short", where, "Must have at least " + std::to_string(bytes_min) + " bytes", quoted(text),
                     bound("min_length", static_cast<std::int64_t>(bytes_min)));
        return false;
    }
    if (text.size() > bytes_max) {
        problems.add("string_too_long", where, "Must have at most " + std::to_string(bytes_max) + " bytes", quoted(text),
                     bound("max_length", static_cast<std::int64_t>(bytes_max)));
        return false;
    }
    return true;
}

std::optional<std::int64_t> read_whole(const JsonValue& in, const Where& where, Problems& problems) {
    if (in.kind() == JsonKind::string) return read_whole_text(in.text(), where, problems);
    if (in.kind() != JsonKind::number) {
        problems.add("int_type", where, "Must be an integer", in);
        return std::nullopt;
    }
    const auto text = in.text();
    std::int64_t value = 0;
    if (const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
        status == std::errc{} && end == text.data() + text.size())
        return value;
    const auto decimal = Decimal::parse(text);
    if (const auto whole = decimal ? decimal->whole() : std::nullopt) return whole;
    problems.add("int_from_float", where, "Must be an integer, this number has a fraction", in);
    return std::nullopt;
}

std::optional<std::int64_t> read_whole_text(std::string_view text, const Where& where, Problems& problems) {
    const auto decimal = Decimal::parse(text);
    if (const auto whole = decimal ? decimal->whole() : std::nullopt) return whole;
    problems.add("int_parsing", where, "Must be an integer, this text is none", quoted(text));
    return std::nullopt;
}

bool check_range(std::int64_t value, std::int64_t least, std::int64_t most, std::string input, const Where& where, Problems& problems) {
    if (value < least) {
        problems.add("greater_than_equal", where, "Must be at least " + std::to_string(least), std::move(input), bound("ge", least));
        return false;
    }
    if (value > most) {
        problems.add("less_than_equal", where, "Must be at most " + std::to_string(most), std::move(input), bound("le", most));
        return false;
    }
    return true;
}

std::optional<Money> read_price(const JsonValue& in, const Where& where, Problems& problems) {
    if (in.kind() != JsonKind::string && in.kind() != JsonKind::number) {
        problems.add("float_type", where, "Must be a number", in);
        return std::nullopt;
    }
    if (const auto price = Money::parse_price(in.text())) return *price;
    return read_price_text(in.text(), json_of(in), where, problems);
}

std::optional<Money> read_price_text(std::string_view text, std::string input, const Where& where, Problems& problems) {
    const auto price = Money::parse_price(text);
    if (price) return *price;
    switch (price.error()) {
        case Money::Refusal::not_a_number:
            problems.add("float_parsing", where, "Must be a number, this text is none", std::move(input));
            break;
        case Money::Refusal::not_finite: problems.add("finite_number", where, "Must be a finite number", std::move(input)); break;
        case Money::Refusal::too_many_decimals:
            problems.add("decimal_max_places", where, "Must have at most 2 decimals", std::move(input), bound("decimal_places", 2));
            break;
        case Money::Refusal::negative:
            problems.add("greater_than_equal", where, "Must be at least 0", std::move(input), bound("ge", 0));
            break;
        case Money::Refusal::too_large:
            problems.add("less_than_equal", where, "Must be at most 9999999999.99", std::move(input), "{\"le\":9999999999.99}");
            break;
    }
    return std::nullopt;
}

std::optional<Uuid> read_uuid_text(std::string_view text, const Where& where, Problems& problems) {
    if (const auto uuid = Uuid::parse(text)) return uuid;
    problems.add("uuid_parsing", where, "Must be a UUID such as 6773b120-8499-4196-9df8-2c4a60b6f1ac", quoted(text));
    return std::nullopt;
}

std::optional<bool> read_bool(const JsonValue& in, const Where& where, Problems& problems) {
    if (in.kind() == JsonKind::boolean) return in.text() == "true";
    problems.add("bool_type", where, "Must be true or false", in);
    return std::nullopt;
}

std::optional<bool> read_bool_text(std::string_view text, const Where& where, Problems& problems) {
    if (text == "true" || text == "1") return true;
    if (text == "false" || text == "0") return false;
    problems.add("bool_parsing", where, "Must be true or false", quoted(text));
    return std::nullopt;
}

void report_missing(const Where& where, const JsonValue& object, Problems& problems) {
    problems.add("missing", where, "Field required", object);
}

void report_no_object(const Where& where, const JsonValue& in, Problems& problems) {
    problems.add("model_attributes_type", where, "Must be a JSON object", in);
}

void report_no_list(const Where& where, const JsonValue& in, Problems& problems) {
    problems.add("list_type", where, "Must be a JSON array", in);
}

boost::json::value text_schema(std::size_t bytes_max) { return boost::json::object{{"type", "string"}, {"maxLength", bytes_max}}; }

boost::json::value format_schema(std::string_view type, std::string_view format) {
    boost::json::object schema{{"type", type}};
    if (!format.empty()) schema["format"] = format;
    return schema;
}

boost::json::value whole_schema(std::int64_t least, std::int64_t most) {
    return boost::json::object{{"type", "integer"}, {"minimum", least}, {"maximum", most}};
}

boost::json::value price_schema() { return boost::json::object{{"type", "number"}, {"minimum", 0}, {"maximum", 9999999999.99}}; }

boost::json::value list_schema(boost::json::value items) { return boost::json::object{{"type", "array"}, {"items", std::move(items)}}; }

boost::json::value optional_schema(boost::json::value inner) {
    return boost::json::object{{"anyOf", boost::json::array{std::move(inner), boost::json::object{{"type", "null"}}}}};
}

void add_member(boost::json::object& object, std::string_view name, boost::json::value schema, bool required) {
    object["properties"].as_object()[name] = std::move(schema);
    if (!required) return;
    auto& list = object["required"];
    if (!list.is_array()) list = boost::json::array{};
    list.as_array().emplace_back(name);
}

void append_whole(std::string& out, std::int64_t value) {
    char digits[24];
    const auto [end, status] = std::to_chars(digits, digits + sizeof digits, value);
    out.append(digits, end);
}

}  // namespace cartwheel::reflect::detail
