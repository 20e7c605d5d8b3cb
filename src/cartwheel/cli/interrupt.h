#pragma once
// Ctrl-C and SIGTERM as a question that a long command asks now and then, so that it ends with its report. A second one ends the process at
// once. One object a process; asked from any thread.

namespace cartwheel::cli {

class Interrupt {
public:
    Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;
    ~Interrupt();

    bool raised() const noexcept;
};

}  // namespace cartwheel::cli
