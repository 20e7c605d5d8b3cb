#pragma once
// What the API description says about a route. Filled in by the binding from the handler's types.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "cartwheel/reflect/schema.h"

namespace cartwheel::http {

/// What the author of a route writes about it.
struct RouteText {
    std::string_view operation_id = {};  ///< "product_products__product_id__get"
    std::string_view tag = {};           ///< "products"
    std::string_view summary = {};       ///< a few words
    std::string_view description = {};   ///< when a few words are not enough; Markdown
    bool hidden = false;            ///< pages and pictures: not in the API description
};

struct Operation {
    RouteText text;
    boost::json::array parameters;
    boost::json::object request_body;  ///< empty: none
    boost::json::object responses;     ///< by status

    /// A response with a JSON schema, or of another type; the later of two with one status replaces the former.
    void add_json_response(std::string_view status, std::string_view description, boost::json::value schema);
    void add_response(std::string_view status, std::string_view description, std::string_view content_type = {});
    /// {"detail": "text"}
    void add_error_response(std::string_view status, std::string_view description);
    void add_parameter(std::string_view in, std::string_view name, boost::json::value schema, bool required,
                       std::string_view description = {});
};

class Router;

/// The whole description (OpenAPI 3.1.0).
boost::json::object describe_api(const Router& router, const reflect::Schemas& schemas, std::string_view title, std::string_view version,
                                 std::string_view description);

/// As text that people can read and compare.
std::string indented(const boost::json::value& value);

}  // namespace cartwheel::http
