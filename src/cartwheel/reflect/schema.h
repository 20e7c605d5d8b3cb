#pragma once
// The JSON Schemas (OpenAPI 3.1, JSON Schema 2020-12) of named wire types, each once. Built at start; one thread.

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <functional>
#include <string_view>

namespace cartwheel::reflect {

class Schemas {
public:
    /// A reference to the schema called `name`; `fill` makes it when it is not there yet.
    boost::json::value reference(std::string_view name, const std::function<void(boost::json::object&)>& fill);

    /// What goes under components/schemas, by name in order of first use.
    const boost::json::object& all() const noexcept { return schemas_; }

private:
    boost::json::object schemas_;
};

}  // namespace cartwheel::reflect
