#include "cartwheel/api/query.h"

#include <atomic>

#include "cartwheel/base/text.h"
#include "cartwheel/reflect/problems.h"

namespace cartwheel::api {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t shown_bytes_max = 200;  // of a statement that was refused

/// A refused statement is a wrong field of the body.
Error as_field(Error error, const std::string& statement) {
    if (error.code != ErrorCode::invalid) return error;
    auto shown = statement.substr(0, shown_bytes_max);
    if (shown.size() < statement.size()) shown = with_valid_utf8(shown) + "...";
    return Error::invalid({FieldError{"value_error", {"body", "statement"}, std::move(error.message), reflect::quoted(shown), {}}});
}

}  // namespace

Task<Result<QueryAnswer>> QueryApi::answer(Query query, http::Exchange* exchange) {
    // Shared with the thread that runs the statement, which may look at it a moment longer than this waits.
    const auto is_gone = std::make_shared<std::atomic<bool>>(false);
    exchange->watch_client([is_gone] { is_gone->store(true); });
    query::Bounds bounds;
    bounds.is_gone = [is_gone] { return is_gone->load(); };
    if (query.limit) bounds.rows_max = static_cast<std::size_t>(query.limit->value);
    auto answer = co_await queries_.select(query.statement.value, std::move(bounds));
    if (!answer) co_return fail(as_field(std::move(answer).error(), query.statement.value));
    co_return QueryAnswer{*std::move(answer)};
}

}  // namespace cartwheel::api

namespace cartwheel::http {
namespace {

using namespace std::string_view_literals;

bool is_plain(std::optional<std::string_view> content_type) {
    if (!content_type) return false;
    auto type = content_type->substr(0, content_type->find(';'));
    while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
    return equal_ignoring_case(type, "application/sql") || equal_ignoring_case(type, "text/plain");
}

boost::json::object answer_schema() {
    const auto list_of = [](boost::json::object items) { return boost::json::object{{"type", "array"}, {"items", std::move(items)}}; };
    return {{"type", "object"},
            {"required", boost::json::array{"columns", "rows", "truncated", "took_ms"}},
            {"properties", boost::json::object{
                               {"columns", list_of({{"type", "string"}})},
                               {"rows", list_of(list_of({{"type", boost::json::array{"null", "boolean", "integer", "number", "string"}}}))},
                               {"truncated", boost::json::object{{"type", "boolean"}}},
                               {"took_ms", boost::json::object{{"type", "number"}}}}}};
}

}  // namespace

std::optional<api::Query> Bind<api::Query>::read(Exchange& exchange, Reading& reading) {
    static const reflect::Where body("body");
    if (!is_plain(exchange.request.header("content-type"))) {
        const auto document = read_json_body(exchange, reading);
        return document ? reflect::Codec<api::Query>::read(document->root(), body, reading.problems) : std::nullopt;
    }
    const auto text = exchange.request.body;
    if (!is_utf8(text)) {
        reading.refusal = Error::invalid("There was an error parsing the body");
        return std::nullopt;
    }
    auto statement = reflect::Codec<reflect::Text<query::Statement::bytes_max>>::read_text(text, body, reading.problems);
    if (!statement) return std::nullopt;
    return api::Query{*std::move(statement), std::nullopt};
}

void Bind<api::Query>::describe(Describing& to) {
    describe_json_body(to, reflect::Codec<api::Query>::schema(to.schemas));
    auto& content = to.operation.request_body["content"].as_object();
    for (const auto type : {"application/sql"sv, "text/plain"sv})
        content[type] = boost::json::object{{"schema", boost::json::object{{"type", "string"}}}};
}

void Reply<api::QueryAnswer>::describe(Describing& to) {
    to.operation.add_json_response("200", "Successful Response", answer_schema());
    to.operation.add_error_response("503", "It took too long, or too many statements wait; try again after Retry-After seconds");
}

}  // namespace cartwheel::http
