#pragma once
// The figures of the parts as Prometheus reads them. Any thread; a scrape costs some microseconds and stops nobody.

#include <optional>
#include <string>

#include "cartwheel/api/changes.h"
#include "cartwheel/changes/kafka_sink.h"
#include "cartwheel/http/metrics.h"
#include "cartwheel/http/router.h"
#include "cartwheel/store/store.h"

namespace cartwheel::app {

/// What there is to tell.
struct Figures {
    http::ServerFigures server;
    store::StoreFigures store;
    changes::FeedFigures feed;
    api::ChangesFigures changes;
    std::optional<changes::KafkaFigures> kafka;  ///< none: nothing is sent there
};

/// The text exposition format, version 0.0.4.
std::string metrics_text(const http::Router& router, const Figures& figures);

}  // namespace cartwheel::app
