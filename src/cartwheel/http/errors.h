#pragma once
// The one place where errors become HTTP. Bodies are FastAPI's: {"detail": "text"}, or for 422 {"detail": [{...}]}.

#include <string_view>

#include "cartwheel/base/error.h"
#include "cartwheel/http/message.h"

namespace cartwheel::http {

int status_of(ErrorCode code) noexcept;

/// Makes `response` say what went wrong: its status, its body, Retry-After where trying again may help.
void write_error(Response& response, const Error& error);

/// {"detail": message} with any status.
void write_detail(Response& response, int status, std::string_view message);

}  // namespace cartwheel::http
