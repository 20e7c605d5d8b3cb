#include "cartwheel/reflect/schema.h"

#include <string>

namespace cartwheel::reflect {

boost::json::value Schemas::reference(std::string_view name, const std::function<void(boost::json::object&)>& fill) {
    if (!schemas_.contains(name)) {
        schemas_[name] = boost::json::object{};  // first, so that a type may refer to itself
        boost::json::object object{{"type", "object"}, {"title", name}, {"properties", boost::json::object{}}};
        fill(object);
        schemas_[name] = std::move(object);
    }
    return boost::json::object{{"$ref", "#/components/schemas/" + std::string(name)}};
}

}  // namespace cartwheel::reflect
