#pragma once
// Where in a request a value stands, and what is wrong with it. Costs nothing while all is well.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cartwheel/base/error.h"
#include "cartwheel/reflect/json.h"

namespace cartwheel::reflect {

/// A step on the way to a value; the way is a chain of steps on the stack: body, items, 3, quantity.
class Where {
public:
    explicit Where(std::string_view name, const Where* parent = nullptr) : parent_(parent), name_(name) {}
    Where(std::int64_t index, const Where* parent) : parent_(parent), index_(index) {}

    std::vector<FieldError::Step> path() const;

private:
    const Where* parent_;
    std::string_view name_;
    std::int64_t index_ = -1;
};

/// The wrong fields of one request, in the order in which they were found.
class Problems {
public:
    /// `input` is JSON text. `context` is a JSON object or empty.
    void add(std::string_view type, const Where& where, std::string message, std::string input, std::string context = {});
    void add(std::string_view type, const Where& where, std::string message, const JsonValue& input, std::string context = {});

    bool empty() const noexcept { return fields_.empty(); }
    std::size_t size() const noexcept { return fields_.size(); }
    std::vector<FieldError> take() { return std::move(fields_); }

private:
    std::vector<FieldError> fields_;
};

/// `text` as JSON text, with U+FFFD where it is not UTF-8.
std::string quoted(std::string_view text);

}  // namespace cartwheel::reflect
