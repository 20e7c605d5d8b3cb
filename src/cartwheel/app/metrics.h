#pragma once
// The figures of the parts as Prometheus reads them. Any thread; a scrape costs some microseconds and stops nobody.

#include <string>

#include "cartwheel/http/metrics.h"
#include "cartwheel/http/router.h"
#include "cartwheel/store/store.h"

namespace cartwheel::app {

/// The text exposition format, version 0.0.4.
std::string metrics_text(const http::Router& router, const http::ServerFigures& server, const store::Store& store);

}  // namespace cartwheel::app
