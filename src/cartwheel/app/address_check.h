#pragma once
// Whether an address can be listened on, and who answers there if not. Blocks the calling thread for at most two seconds.

#include <cstdint>
#include <string>

#include "cartwheel/app/settings.h"

namespace cartwheel::app {

struct AddressState {
    enum class Kind : std::uint8_t { free, cartwheel, taken, impossible };
    Kind kind;
    std::string reason;  ///< of `impossible`, in the system's words
};

AddressState look_at_address(const ListenAddress& address);

}  // namespace cartwheel::app
