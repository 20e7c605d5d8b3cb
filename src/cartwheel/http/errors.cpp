#include "cartwheel/http/errors.h"

#include "cartwheel/reflect/json.h"

namespace cartwheel::http {
namespace {

void append_field(std::string& out, const FieldError& field) {
    out += "{\"type\":";
    reflect::append_json_string(out, field.type);
    out += ",\"loc\":[";
    for (std::size_t i = 0; i < field.where.size(); ++i) {
        if (i > 0) out += ',';
        if (const auto* index = std::get_if<std::int64_t>(&field.where[i])) out += std::to_string(*index);
        else reflect::append_json_string(out, std::get<std::string>(field.where[i]));
    }
    out += "],\"msg\":";
    reflect::append_json_string(out, field.message);
    out += ",\"input\":";
    out += field.input;
    if (!field.context.empty()) {
        out += ",\"ctx\":";
        out += field.context;
    }
    out += '}';
}

}  // namespace

int status_of(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::invalid: return 422;
        case ErrorCode::not_found: return 404;
        case ErrorCode::conflict: return 409;
        case ErrorCode::precondition: return 412;
        case ErrorCode::unavailable:
        case ErrorCode::overloaded:
        case ErrorCode::deadline: return 503;
        case ErrorCode::full: return 507;
        case ErrorCode::internal: return 500;
        case ErrorCode::gone: return 410;
    }
    return 500;
}

void write_error(Response& response, const Error& error) {
    const int status = status_of(error.code);
    if (status == 503) response.add_header("Retry-After", "1");
    if (error.fields.empty()) return write_detail(response, status, status == 500 ? "Internal Server Error" : error.message);
    response.status = status;
    response.content_type = "application/json";
    response.body = "{\"detail\":[";
    for (std::size_t i = 0; i < error.fields.size(); ++i) {
        if (i > 0) response.body += ',';
        append_field(response.body, error.fields[i]);
    }
    response.body += "]}";
}

void write_detail(Response& response, int status, std::string_view message) {
    response.status = status;
    response.content_type = "application/json";
    response.body = "{\"detail\":";
    reflect::append_json_string(response.body, message);
    response.body += '}';
}

}  // namespace cartwheel::http
