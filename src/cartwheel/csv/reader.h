#pragma once
// Reads CSV records from bytes that come in any pieces, in constant memory. Owned and used by one thread.
// A record that cannot be read is given with its fault and its raw bytes, so that it can be set aside as it was; reading goes on behind
// it. A quote that is never closed costs its own line and not the rest of the file.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cartwheel/csv/dialect.h"

namespace cartwheel::csv {

enum class Fault : std::uint8_t {
    none,
    bare_return,        ///< a carriage return that no line feed follows
    stray_quote,        ///< a quote inside an unquoted field
    text_after_quote,   ///< something between a closing quote and the delimiter
    unclosed_quote,     ///< no closing quote before the end, or within the record limit
    dangling_escape,    ///< the escape character at the very end
    invalid_utf8,
    field_too_long,
    too_many_fields,
    record_too_long,    ///< a line beyond the record limit; its first bytes
    rest_of_long_line,  ///< the next bytes of that line; not a record of its own
};

/// For people, such as "a quote inside an unquoted field".
std::string_view describe(Fault fault) noexcept;

/// A place in the source.
struct Position {
    std::uint64_t offset = 0;  ///< in bytes from the beginning
    std::uint64_t line = 1;
};

/// Views hold until the reader is used again.
struct Record {
    std::vector<std::string_view> fields;  ///< without quotes and escapes; none of a blank line or a faulty record
    std::string_view raw;                  ///< as it stands in the source, with its line end
    Position position;                     ///< where it begins

    Fault fault = Fault::none;
    std::uint64_t fault_line = 0;
    std::uint64_t fault_column = 0;  ///< in characters, from 1

    bool is_blank() const noexcept { return fault == Fault::none && fields.empty(); }
};

enum class Step : std::uint8_t { record, need_more, end };

class Reader {
public:
    /// `dialect` must have no refusal. A byte-order mark is skipped at offset 0.
    explicit Reader(Dialect dialect = {}, Limits limits = {}, Position start = {});

    /// The next bytes. Invalidates the record given last. At most one chunk and one record are kept.
    void feed(std::string_view chunk);
    /// No more bytes will come.
    void finish() noexcept { finished_ = true; }

    Step next(Record& out);

    /// Behind the record given last.
    Position position() const noexcept { return position_; }

private:
    enum class State : std::uint8_t { field_start, unquoted, quoted, quote_seen, escaped, escaped_in_quotes, return_seen };
    struct Field {
        std::size_t begin;  // from the beginning of the record
        std::size_t end;
        bool rewritten;  // holds doubled quotes or escapes
        bool quoted;
    };

    bool skip_mark();
    bool scan(std::size_t stop);
    void end_field(std::size_t end);
    bool leave_field(char c);
    void report(Fault fault, std::size_t at) noexcept;
    void emit(Record& out, std::size_t bytes);
    void emit_first_line(Record& out, std::size_t bytes, Fault fault);
    std::string_view text_of(const Field& field);
    Step end_of_source(Record& out);

    Dialect dialect_;
    Limits limits_;
    std::array<bool, 256> special_{};  // what ends a run of plain characters outside quotes

    std::string buffer_;
    std::size_t begin_ = 0;  // of the record at hand, in the buffer
    std::size_t at_ = 0;     // scanned so far
    Position position_;
    bool mark_checked_;
    bool finished_ = false;
    bool in_long_line_ = false;

    State state_ = State::field_start;
    Field field_{};
    std::vector<Field> fields_;
    Fault fault_ = Fault::none;
    std::size_t fault_at_ = 0;
    std::string rewritten_;  // the fields of the record given last that do not stand in the buffer as they are
};

}  // namespace cartwheel::csv
