#pragma once
// Which field of a row is which column. A value; any thread once made.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cartwheel/base/error.h"

namespace cartwheel::csv {

class Columns {
public:
    /// The places of `wanted` among `names`, which may stand in any order, in any case, with blanks around. Columns called in `skipped` are
    /// passed over. Errors: invalid (an unknown, doubled or missing column), in words for the person who wrote the names.
    static Result<Columns> from_names(std::span<const std::string_view> names, std::span<const std::string_view> wanted,
                                      std::span<const std::string> skipped = {});

    /// Whether every one of `names` is one of `known`: so it is a header and no data.
    static bool look_like_names(std::span<const std::string_view> names, std::span<const std::string_view> known);

    /// Fields in a row.
    std::size_t width() const noexcept { return width_; }

    /// The fields of a row in the order of `wanted`. `row` has `width()` fields.
    void pick(const std::vector<std::string_view>& row, std::vector<std::string_view>& out) const;

    friend bool operator==(const Columns&, const Columns&) = default;

private:
    std::vector<std::size_t> places_;
    std::size_t width_ = 0;
};

/// `id, img ,name` as names without the blanks.
std::vector<std::string_view> split_names(std::string_view list);

}  // namespace cartwheel::csv
