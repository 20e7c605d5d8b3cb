#pragma once
// The routes and how a request finds its own. Filled at start, then read by all threads.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cartwheel/http/exchange.h"
#include "cartwheel/http/operation.h"

namespace cartwheel::http {

struct Route {
    Method method;
    std::string pattern;                ///< "/cart/{user_id}": text and whole-segment parameters
    std::vector<std::string> segments;  ///< of the pattern; "" stands for a parameter
    bool streams_body;                  ///< the handler reads the body piece by piece
    std::unique_ptr<Handler> handler;
    Operation operation;  ///< for the API description
};

class Router {
public:
    void add(Route route);

    /// A route and its path parameters, which point into `path`.
    struct Match {
        const Route* route = nullptr;
        std::array<std::string_view, Exchange::path_parameters_max> parameters;
    };
    /// `path` is decoded. HEAD finds what GET would.
    std::optional<Match> find(Method method, std::string_view path) const;

    /// The methods served at `path`, as Allow lists them: "GET, HEAD, POST"; empty when there is no such path.
    std::string allowed(std::string_view path) const;

    /// Where to send a request that has no route, when its path with one slash more or less at the end has one: an absolute address
    /// by its Host, with its query, as Starlette redirects.
    std::optional<std::string> slash_redirect(const Request& request) const;

    const std::vector<Route>& routes() const noexcept { return routes_; }

private:
    std::vector<Route> routes_;
};

}  // namespace cartwheel::http
