#include "cartwheel/http/binding.h"

#include "cartwheel/base/text.h"

namespace cartwheel::http {
namespace {

/// FastAPI reads a body as JSON when its media type is application/json or ends in +json, or is not given.
bool is_json(std::optional<std::string_view> content_type) {
    if (!content_type) return true;
    auto type = content_type->substr(0, content_type->find(';'));
    while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
    if (equal_ignoring_case(type, "application/json")) return true;
    const auto plus = type.rfind('+');
    constexpr std::string_view application = "application/";
    return plus != std::string_view::npos && equal_ignoring_case(type.substr(0, application.size()), application) &&
           equal_ignoring_case(type.substr(plus), "+json");
}

}  // namespace

std::optional<reflect::JsonDocument> read_json_body(Exchange& exchange, Reading& reading) {
    static const reflect::Where where("body");
    const auto body = exchange.request.body;
    if (body.empty()) {
        reading.problems.add("missing", where, "Field required", "null");
        return std::nullopt;
    }
    if (!is_json(exchange.request.header("content-type"))) {
        reading.problems.add("model_attributes_type", where, "Must be a JSON object; send it with Content-Type: application/json",
                             reflect::quoted(is_utf8(body) ? body : std::string_view{}));
        return std::nullopt;
    }
    if (!is_utf8(body)) {
        reading.refusal = Error::invalid("There was an error parsing the body");
        return std::nullopt;
    }
    auto document = reflect::JsonDocument::parse(body);
    if (document) return std::move(*document);
    const auto offset = static_cast<std::int64_t>(code_points(body.substr(0, document.error().offset)));
    reading.problems.add("json_invalid", reflect::Where(offset, &where), "JSON decode error", "{}",
                         "{\"error\":" + reflect::quoted(document.error().message) + "}");
    return std::nullopt;
}

void describe_json_body(Describing& to, boost::json::value schema) {
    to.operation.request_body = {
        {"required", true}, {"content", boost::json::object{{"application/json", boost::json::object{{"schema", std::move(schema)}}}}}};
    to.operation.add_error_response("400", "The body is not UTF-8");
}

std::vector<std::string> Routes::parameter_names(std::string_view pattern) {
    std::vector<std::string> names;
    for (auto open = pattern.find('{'); open != std::string_view::npos; open = pattern.find('{', open + 1))
        names.emplace_back(pattern.substr(open + 1, pattern.find('}', open) - open - 1));
    return names;
}

}  // namespace cartwheel::http
