#pragma once
// The end of the process when what is in memory may differ from what is on disk: only a start from the log makes them one again.

#include <cstdio>
#include <cstdlib>
#include <string>

namespace cartwheel::engines::rocks {

constexpr int gave_up_exit_code = 3;  ///< that of every command that failed

[[noreturn]] inline void give_up(const std::string& why) {
    std::fprintf(stderr, "cartwheel: the disk failed, so the process ends; it recovers from its log at the next start: %s\n", why.c_str());
    std::fflush(stderr);
    std::_Exit(gave_up_exit_code);  // no destructor may touch the files again
}

}  // namespace cartwheel::engines::rocks
