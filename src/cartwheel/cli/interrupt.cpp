#include "cartwheel/cli/interrupt.h"

#include <atomic>
#include <csignal>

namespace cartwheel::cli {
namespace {

std::atomic<bool> interrupted{false};  // a signal handler reaches nothing but globals
static_assert(std::atomic<bool>::is_always_lock_free);

void set_handlers(void (*handler)(int), int flags) {
    struct sigaction action = {};
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

Interrupt::Interrupt() {
    interrupted = false;
    set_handlers([](int) { interrupted = true; }, static_cast<int>(SA_RESETHAND));
}

Interrupt::~Interrupt() { set_handlers(SIG_DFL, 0); }

bool Interrupt::raised() const noexcept { return interrupted; }

}  // namespace cartwheel::cli
