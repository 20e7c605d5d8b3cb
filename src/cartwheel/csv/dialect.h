#pragma once
// How a CSV file is written: RFC 4180, or with an escape character as cqlsh writes it. Values.

#include <cstddef>
#include <optional>

namespace cartwheel::csv {

struct Dialect {
    char delimiter = ',';
    char quote = '"';
    /// The character behind it stands for itself, inside quotes and outside; quotes may then also stand inside an unquoted field.
    /// Doubled quotes are read with and without it.
    std::optional<char> escape;

    /// What cqlsh's COPY reads and writes unless it is told otherwise.
    static constexpr Dialect cqlsh() { return {',', '"', '\\'}; }

    friend bool operator==(const Dialect&, const Dialect&) = default;
};

/// Why a dialect cannot be read without guessing, in words; null when it can: its characters differ, and none is a line end.
const char* refusal_of(const Dialect& dialect) noexcept;

struct Limits {
    std::size_t record_bytes_max = std::size_t{64} << 10;  ///< as it stands in the file, with its line end
    std::size_t field_bytes_max = std::size_t{32} << 10;   ///< without quotes and escapes
    std::size_t fields_max = 64;
};

}  // namespace cartwheel::csv
