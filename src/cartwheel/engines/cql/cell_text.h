#pragma once
// A cell of an answer of any type, as those see it who asked for it: a number, a text, bytes, and what has parts as cqlsh prints it.
// Pure. Bytes that do not fit their type are given as bytes.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cartwheel/store/store.h"

namespace cartwheel::engines::cql {

/// A column's type with all its parts.
struct CellType {
    enum class Kind : std::uint8_t {
        boolean,
        tinyint,
        smallint,
        int_,
        bigint,
        varint,
        decimal,
        float_,
        double_,
        text,
        uuid,
        timestamp,
        date,
        time,
        inet,
        blob,
        list,
        set,
        map,
        tuple,
        user_type,
    };
    Kind kind = Kind::blob;              ///< also what is of no type known here
    std::vector<CellType> of;            ///< a list's or set's item; a map's key and value; fields
    std::vector<std::string> names = {}; ///< of a user type's fields

    /// From the text that Rows::column_layout gives.
    static CellType parse(std::string_view layout);
};

/// `bytes`: in the encoding of the CQL native protocol v4 (section 6); none: null.
store::Cell cell_of(const CellType& type, std::optional<std::string_view> bytes);

}  // namespace cartwheel::engines::cql
