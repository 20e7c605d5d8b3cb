#pragma once
// Stands between the driver and one node and does what networks do: holds answers back, breaks connections, refuses new ones.
// Has a thread of its own. It listens on another port of the node's address: a node tells the driver its address but no port, so that
// with a single node all connections come this way.

#include <memory>
#include <string>

namespace cartwheel::test {

class Proxy {
public:
    /// To `node`, as host:port.
    explicit Proxy(const std::string& node);
    ~Proxy();
    Proxy(const Proxy&) = delete;
    Proxy& operator=(const Proxy&) = delete;

    /// Where to connect to instead.
    std::string address() const;

    void hold_answers();
    void pass_answers();
    /// Breaks all connections, and new ones as soon as they are made.
    void cut();
    void mend();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace cartwheel::test
