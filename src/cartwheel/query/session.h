#pragma once
// What the tables and functions of a connection know of the statement that runs. Owned by the connection; its thread.

#include <optional>

#include "cartwheel/base/error.h"
#include "cartwheel/query/watch.h"
#include "cartwheel/store/store.h"

namespace cartwheel::query {

struct Session {
    const Clock* clock = nullptr;
    store::Snapshot* snapshot = nullptr;  ///< none between statements
    Watch watch;
    std::optional<Error> error;  ///< what a reader failed with
};

}  // namespace cartwheel::query
