#include "cartwheel/api/health.h"

namespace cartwheel::api {

Task<Result<Health>> HealthApi::live() { co_return Health{"ok"}; }

Task<Result<Health>> HealthApi::ready() {
    if (!facts_.is_ready()) co_return fail(Error::unavailable("The service is starting or stopping"));
    co_return Health{"ok"};
}

Task<Result<Info>> HealthApi::info() { co_return facts_.info; }

Task<Result<http::Written>> HealthApi::metrics(http::Exchange* exchange) {
    exchange->response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    exchange->response.body = facts_.metrics();
    co_return http::Written{};
}

Task<Result<http::Written>> HealthApi::description(http::Exchange* exchange) {
    exchange->response.body = description_;
    co_return http::Written{};
}

}  // namespace cartwheel::api
