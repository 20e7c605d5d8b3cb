#include "cartwheel/http/router.h"

#include <algorithm>

namespace cartwheel::http {
namespace {

/// Whether `path` has the form of `route`; fills in the parameters.
bool matches(const Route& route, std::string_view path, std::array<std::string_view, Exchange::path_parameters_max>& parameters) {
    std::size_t parameter = 0;
    for (const auto& segment : route.segments) {
        if (!path.starts_with('/')) return false;
        path.remove_prefix(1);
        const auto here = path.substr(0, path.find('/'));
        path.remove_prefix(here.size());
        if (segment.empty()) {
            if (here.empty()) return false;
            parameters[parameter++] = here;
        } else if (segment != here) {
            return false;
        }
    }
    return path.empty();
}

}  // namespace

void Router::add(Route route) {
    std::string_view rest = route.pattern;
    if (rest == "/") {
        routes_.push_back(std::move(route));
        return;
    }
    while (!rest.empty()) {
        rest.remove_prefix(1);
        const auto segment = rest.substr(0, rest.find('/'));
        route.segments.emplace_back(segment.starts_with('{') ? std::string_view{} : segment);
        rest.remove_prefix(segment.size());
    }
    routes_.push_back(std::move(route));
}

std::optional<Router::Match> Router::find(Method method, std::string_view path) const {
    if (method == Method::head) method = Method::get;
    Match match{};
    for (const auto& route : routes_) {
        if (route.method != method) continue;
        if (route.segments.empty() ? path == "/" : matches(route, path, match.parameters)) {
            match.route = &route;
            return match;
        }
    }
    return std::nullopt;
}

std::string Router::allowed(std::string_view path) const {
    std::string out;
    const auto append = [&](Method method) {
        if (!out.empty()) out += ", ";
        out += name_of(method);
    };
    for (const auto method : {Method::get, Method::post, Method::put, Method::delete_, Method::patch}) {
        if (!find(method, path)) continue;
        append(method);
        if (method == Method::get) append(Method::head);
    }
    return out;
}

std::optional<std::string> Router::slash_redirect(const Request& request) const {
    if (request.raw_path == "/" || request.raw_path == "*") return std::nullopt;
    std::string raw(request.raw_path);
    if (raw.ends_with('/')) raw.pop_back();
    else raw += '/';
    const auto other = percent_decoded(raw, false);
    if (!other || allowed(*other).empty()) return std::nullopt;
    std::string location = "http://";
    location += request.host;
    location += raw;
    if (request.query.empty()) return location;
    location += '?';
    location += request.query;
    return location;
}

}  // namespace cartwheel::http
