#pragma once
// From a handler's signature to a route: each parameter type says where it is read from, the result type how it is written, and both
// what the API description says. Parameters come in the order path, query, body, header, in which errors are listed too.
//
//   Task<Result<Empty>> CartApi::put_item(UserId user, CartItem body, Keyed key);
//   routes.post("/cart/{user_id}", {...}, carts, &CartApi::put_item);
//
// Bind<T> reads a parameter:      static std::optional<T> read(Exchange&, Reading&); static void describe(Describing&);
// Reply<T> writes a result:       static void write(Exchange&, T&&);                 static void describe(Describing&);

#include <tuple>
#include <type_traits>

#include "cartwheel/http/errors.h"
#include "cartwheel/http/router.h"
#include "cartwheel/reflect/codec.h"

namespace cartwheel::http {

/// The state of reading one request's parameters.
struct Reading {
    reflect::Problems problems;
    std::size_t path_parameter = 0;            ///< the next one
    const std::vector<std::string>& names;     ///< of the path parameters
    std::optional<Error> refusal = std::nullopt;  ///< of the request as a whole; goes before `problems`
};

/// The state of describing one route.
struct Describing {
    Operation& operation;
    reflect::Schemas& schemas;
    const std::vector<std::string>& names;
    std::size_t path_parameter = 0;
};

template <class T>
struct Bind;

/// Specialize to true for a type that is a path parameter; Codec<T>::read_text reads it.
template <class T>
inline constexpr bool is_path_parameter = false;
template <class Tag>
inline constexpr bool is_path_parameter<Id<Tag>> = true;

template <class T>
    requires is_path_parameter<T>
struct Bind<T> {
    static std::optional<T> read(Exchange& exchange, Reading& reading) {
        static const reflect::Where path("path");
        const auto at = reading.path_parameter++;
        return reflect::Codec<T>::read_text(exchange.path_parameters[at], reflect::Where(reading.names[at], &path), reading.problems);
    }
    static void describe(Describing& to) {
        to.operation.add_parameter("path", to.names[to.path_parameter++], reflect::Codec<T>::schema(to.schemas), true);
    }
};

/// A described struct whose members are query parameters.
template <class T>
struct Query : T {};

template <class T>
struct Bind<Query<T>> {
    static std::optional<Query<T>> read(Exchange& exchange, Reading& reading) {
        static const reflect::Where query("query");
        Query<T> out{};
        if (exchange.request.query.empty()) return out;
        const auto before = reading.problems.size();
        boost::mp11::mp_for_each<reflect::Members<T>>([&](auto member) {
            using M = std::remove_cvref_t<decltype(out.*member.pointer)>;
            if (const auto text = exchange.request.query_parameter(member.name))
                if (auto value = reflect::Codec<M>::read_text(*text, reflect::Where(member.name, &query), reading.problems))
                    out.*member.pointer = std::move(*value);
        });
        if (reading.problems.size() != before) return std::nullopt;
        return out;
    }
    static void describe(Describing& to) {
        T example{};
        boost::mp11::mp_for_each<reflect::Members<T>>([&](auto member) {
            using M = std::remove_cvref_t<decltype(example.*member.pointer)>;
            to.operation.add_parameter("query", member.name, reflect::Codec<M>::schema(to.schemas), false);
        });
    }
};

/// Parses the body as JSON, or says what is wrong with it.
std::optional<reflect::JsonDocument> read_json_body(Exchange& exchange, Reading& reading);
void describe_json_body(Describing& to, boost::json::value schema);

/// A described struct is the JSON body.
template <reflect::Described T>
struct Bind<T> {
    static std::optional<T> read(Exchange& exchange, Reading& reading) {
        static const reflect::Where body("body");
        const auto document = read_json_body(exchange, reading);
        if (!document) return std::nullopt;
        return reflect::Codec<T>::read(document->root(), body, reading.problems);
    }
    static void describe(Describing& to) { describe_json_body(to, reflect::Codec<T>::schema(to.schemas)); }
};

/// The exchange itself, for the few handlers that need more than values.
template <>
struct Bind<Exchange*> {
    static std::optional<Exchange*> read(Exchange& exchange, Reading&) { return &exchange; }
    static void describe(Describing&) {}
};

template <class T>
struct Reply;

template <class T>
concept JsonReply = requires(std::string& out, const T& value) { reflect::Codec<T>::write(out, value); };

/// Whatever has a codec is written as JSON with status 200.
template <JsonReply T>
struct Reply<T> {
    static void write(Exchange& exchange, T&& value) { reflect::Codec<T>::write(exchange.response.body, value); }
    static void describe(Describing& to) {
        to.operation.add_json_response("200", "Successful Response", reflect::Codec<T>::schema(to.schemas));
    }
};

/// The answer `{}`.
struct Empty {};

template <>
struct Reply<Empty> {
    static void write(Exchange& exchange, Empty&&) { exchange.response.body = "{}"; }
    static void describe(Describing& to) {
        to.operation.add_json_response("200", "Successful Response", boost::json::object{{"type", "object"}});
    }
};

/// The handler has filled in the response, or streamed it.
struct Written {
    std::string_view content_type = "text/plain";
};

template <>
struct Reply<Written> {
    static void write(Exchange&, Written&&) {}
    static void describe(Describing& to) { to.operation.add_response("200", "Successful Response", "text/plain"); }
};

template <class Api, class R, class... Args>
class BoundHandler final : public Handler {
public:
    using Function = Task<Result<R>> (Api::*)(Args...);

    BoundHandler(Api& api, Function function, std::vector<std::string> names) : api_(api), function_(function), names_(std::move(names)) {}

    Task<void> run(Exchange& exchange) override {
        Reading reading{.problems = {}, .path_parameter = 0, .names = names_};
        std::tuple<std::optional<Args>...> arguments{Bind<Args>::read(exchange, reading)...};
        if (reading.refusal) {
            write_error(exchange.response, *reading.refusal);
            exchange.response.status = 400;
            co_return;
        }
        if (!reading.problems.empty()) {
            write_error(exchange.response, Error::invalid(reading.problems.take()));
            co_return;
        }
        auto result = co_await call(arguments, std::index_sequence_for<Args...>{});
        if (result) Reply<R>::write(exchange, std::move(*result));
        else write_error(exchange.response, result.error());
    }

private:
    template <std::size_t... I>
    Task<Result<R>> call(std::tuple<std::optional<Args>...>& arguments, std::index_sequence<I...>) {
        return (api_.*function_)(std::move(*std::get<I>(arguments))...);
    }

    Api& api_;
    Function function_;
    std::vector<std::string> names_;
};

/// Collects routes and the schemas they use.
class Routes {
public:
    Routes(Router& router, reflect::Schemas& schemas) : router_(router), schemas_(schemas) {}

    template <class Api, class R, class... Args>
    void add(Method method, std::string_view pattern, RouteText text, Api& api, Task<Result<R>> (Api::*function)(Args...),
             bool streams_body = false) {
        Route route{method,  std::string(pattern),
                    {},      streams_body,
                    nullptr, Operation{.text = text, .parameters = {}, .request_body = {}, .responses = {}}};
        auto names = parameter_names(pattern);
        Describing describing{route.operation, schemas_, names};
        Reply<R>::describe(describing);
        (Bind<Args>::describe(describing), ...);
        if (!route.operation.parameters.empty() || !route.operation.request_body.empty())
            route.operation.add_json_response("422", "Validation Error",
                                              boost::json::object{{"$ref", "#/components/schemas/HTTPValidationError"}});
        route.handler = std::make_unique<BoundHandler<Api, R, Args...>>(api, function, std::move(names));
        router_.add(std::move(route));
    }

    void get(std::string_view pattern, RouteText text, auto& api, auto function) { add(Method::get, pattern, text, api, function); }
    void post(std::string_view pattern, RouteText text, auto& api, auto function) { add(Method::post, pattern, text, api, function); }
    void put(std::string_view pattern, RouteText text, auto& api, auto function) { add(Method::put, pattern, text, api, function); }
    void remove(std::string_view pattern, RouteText text, auto& api, auto function) { add(Method::delete_, pattern, text, api, function); }
    /// A route whose handler reads the body piece by piece, however long it is.
    void post_stream(std::string_view pattern, RouteText text, auto& api, auto function) {
        add(Method::post, pattern, text, api, function, true);
    }

private:
    static std::vector<std::string> parameter_names(std::string_view pattern);

    Router& router_;
    reflect::Schemas& schemas_;
};

}  // namespace cartwheel::http
