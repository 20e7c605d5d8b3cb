#include "cartwheel/base/error.h"

namespace cartwheel {

const char* name_of(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::invalid: return "invalid";
        case ErrorCode::not_found: return "not_found";
        case ErrorCode::conflict: return "conflict";
        case ErrorCode::precondition: return "precondition";
        case ErrorCode::unavailable: return "unavailable";
        case ErrorCode::overloaded: return "overloaded";
        case ErrorCode::deadline: return "deadline";
        case ErrorCode::full: return "full";
        case ErrorCode::internal: return "internal";
        case ErrorCode::gone: return "gone";
    }
    return "unknown";
}

}  // namespace cartwheel
