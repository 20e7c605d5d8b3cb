#include "cartwheel/http/operation.h"

#include <boost/json/serialize.hpp>

#include "cartwheel/http/router.h"

namespace cartwheel::http {
namespace {

boost::json::object content(std::string_view type, boost::json::value schema) {
    return {{type, boost::json::object{{"schema", std::move(schema)}}}};
}

void indent(std::string& out, const boost::json::value& value, std::size_t depth) {
    const auto line = [&](std::size_t level) {
        out += '\n';
        out.append(2 * level, ' ');
    };
    if (value.is_object() && !value.get_object().empty()) {
        char separator = '{';
        for (const auto& [name, member] : value.get_object()) {
            out += separator;
            separator = ',';
            line(depth + 1);
            out += boost::json::serialize(name);
            out += ": ";
            indent(out, member, depth + 1);
        }
        line(depth);
        out += '}';
    } else if (value.is_array() && !value.get_array().empty()) {
        char separator = '[';
        for (const auto& element : value.get_array()) {
            out += separator;
            separator = ',';
            line(depth + 1);
            indent(out, element, depth + 1);
        }
        line(depth);
        out += ']';
    } else {
        out += boost::json::serialize(value);
    }
}

std::string lower_name(Method method) {
    std::string name(name_of(method));
    for (char& c : name) c = static_cast<char>(c | 0x20);
    return name;
}

/// The schemas of FastAPI's 422, by the names that generated clients know.
void add_validation_schemas(boost::json::object& schemas) {
    using boost::json::array;
    using boost::json::object;
    schemas["ValidationError"] = object{
        {"type", "object"},
        {"title", "ValidationError"},
        {"properties", object{{"loc", object{{"type", "array"},
                                             {"items", object{{"anyOf", array{object{{"type", "string"}}, object{{"type", "integer"}}}}}},
                                             {"title", "Location"}}},
                              {"msg", object{{"type", "string"}, {"title", "Message"}}},
                              {"type", object{{"type", "string"}, {"title", "Error Type"}}},
                              {"input", object{{"title", "Input"}}},
                              {"ctx", object{{"type", "object"}, {"title", "Context"}}}}},
        {"required", array{"loc", "msg", "type"}}};
    schemas["HTTPValidationError"] = object{
        {"type", "object"},
        {"title", "HTTPValidationError"},
        {"properties",
         object{{"detail",
                 object{{"type", "array"}, {"items", object{{"$ref", "#/components/schemas/ValidationError"}}}, {"title", "Detail"}}}}}};
    schemas["Detail"] = object{{"type", "object"},
                               {"title", "Detail"},
                               {"properties", object{{"detail", object{{"type", "string"}}}}},
                               {"required", array{"detail"}}};
}

}  // namespace

void Operation::add_json_response(std::string_view status, std::string_view description, boost::json::value schema) {
    responses[status] = boost::json::object{{"description", description}, {"content", content("application/json", std::move(schema))}};
}

void Operation::add_response(std::string_view status, std::string_view description, std::string_view content_type) {
    boost::json::object response{{"description", description}};
    if (!content_type.empty()) response["content"] = content(content_type, boost::json::object{{"type", "string"}});
    responses[status] = std::move(response);
}

void Operation::add_error_response(std::string_view status, std::string_view description) {
    add_json_response(status, description, boost::json::object{{"$ref", "#/components/schemas/Detail"}});
}

void Operation::add_parameter(std::string_view in, std::string_view name, boost::json::value schema, bool required,
                              std::string_view description) {
    boost::json::object parameter{{"name", name}, {"in", in}, {"required", required}};
    if (!description.empty()) parameter["description"] = description;
    parameter["schema"] = std::move(schema);
    parameters.emplace_back(std::move(parameter));
}

boost::json::object describe_api(const Router& router, const reflect::Schemas& schemas, std::string_view title, std::string_view version,
                                 std::string_view description) {
    boost::json::object paths;
    for (const auto& route : router.routes()) {
        if (route.operation.text.hidden) continue;
        const auto& operation = route.operation;
        boost::json::object entry{{"tags", boost::json::array{operation.text.tag}},
                                  {"summary", operation.text.summary},
                                  {"operationId", operation.text.operation_id}};
        if (!operation.text.description.empty()) entry["description"] = operation.text.description;
        if (!operation.parameters.empty()) entry["parameters"] = operation.parameters;
        if (!operation.request_body.empty()) entry["requestBody"] = operation.request_body;
        entry["responses"] = operation.responses;
        auto& path = paths[route.pattern];
        if (!path.is_object()) path = boost::json::object{};
        path.as_object()[lower_name(route.method)] = std::move(entry);
    }
    boost::json::object all = schemas.all();
    add_validation_schemas(all);
    return {{"openapi", "3.1.0"},
            {"info", boost::json::object{{"title", title}, {"description", description}, {"version", version}}},
            {"paths", std::move(paths)},
            {"components", boost::json::object{{"schemas", std::move(all)}}}};
}

std::string indented(const boost::json::value& value) {
    std::string out;
    indent(out, value, 0);
    out += '\n';
    return out;
}

}  // namespace cartwheel::http
