#include "cartwheel/cli/command.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>

namespace cartwheel::cli {

void complain(std::string_view message) {
    std::string line(message);
    std::ranges::replace(line, '\n', ' ');
    fmt::print(stderr, "cartwheel: {}\n", line);
}

}  // namespace cartwheel::cli
