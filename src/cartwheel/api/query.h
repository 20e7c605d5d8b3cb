#pragma once
// Questions to the shop in SQL: POST /query. Owned by the composition root; any io thread.

#include "cartwheel/api/bindings.h"
#include "cartwheel/query/queries.h"

namespace cartwheel::api {

/// The body: JSON, or the statement alone as application/sql or text/plain.
struct Query {
    reflect::Text<query::Statement::bytes_max> statement;
    std::optional<reflect::Whole<1, 10'000>> limit;  ///< of rows
};
BOOST_DESCRIBE_STRUCT(Query, (), (statement, limit))

/// What is answered; written by query::answer_json.
struct QueryAnswer {
    std::string json;
};

class QueryApi {
public:
    explicit QueryApi(query::Queries& queries) : queries_(queries) {}

    Task<Result<QueryAnswer>> answer(Query query, http::Exchange* exchange);

private:
    query::Queries& queries_;
};

}  // namespace cartwheel::api

namespace cartwheel::reflect {

template <>
inline constexpr std::string_view schema_name<api::Query> = "Query";

}  // namespace cartwheel::reflect

namespace cartwheel::http {

template <>
struct Bind<api::Query> {
    static std::optional<api::Query> read(Exchange& exchange, Reading& reading);
    static void describe(Describing& to);
};

template <>
struct Reply<api::QueryAnswer> {
    static void write(Exchange& exchange, api::QueryAnswer&& value) { exchange.response.body = std::move(value.json); }
    static void describe(Describing& to);
};

}  // namespace cartwheel::http
