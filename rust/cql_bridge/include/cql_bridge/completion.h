#pragma once
// What Rust answers to: the only C++ type it knows. Made by C++ for one question and given away whole.
// One of two things happens, once: `complete` is called and then the destructor; or the destructor alone, when the work was dropped
// (the runtime stopped, or the task panicked). Either may be on the driver's thread or on the one that asked.

#include "rust/cxx.h"

namespace cartwheel::engines::cql::ffi {

struct Reply;

class Completion {
public:
    Completion() = default;
    Completion(const Completion&) = delete;
    Completion& operator=(const Completion&) = delete;
    virtual ~Completion() = default;
    virtual void complete(rust::Box<Reply> reply) noexcept = 0;
};

}  // namespace cartwheel::engines::cql::ffi
