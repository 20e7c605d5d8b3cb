#pragma once
// Errors are values: what went wrong, in one of ten codes, with words for the person who asked.
// Exceptions are kept for bugs and for a lost world (out of memory, a failed sync).

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace cartwheel {

enum class ErrorCode : std::uint8_t {
    invalid = 1,          ///< the request cannot be right as it stands; `fields` says where
    not_found = 2,        ///< what was named is not there
    conflict = 3,         ///< right in itself, but not in the present state of the shop
    precondition = 4,     ///< the caller's condition (If-Match) does not hold
    unavailable = 5,      ///< a part that is needed does not answer; trying again may help
    overloaded = 6,       ///< a queue is full; trying again later helps
    deadline = 7,         ///< it took too long; what became of it is not known
    full = 8,             ///< the disk is full
    internal = 9,         ///< a bug or a broken file
    gone = 10,            ///< it was there, and is kept no longer
};

/// The code's name as it shows in logs and metrics.
const char* name_of(ErrorCode code) noexcept;

/// One wrong field of a request, as FastAPI describes it.
struct FieldError {
    using Step = std::variant<std::string, std::int64_t>;

    std::string type;         ///< such as "missing" or "int_parsing"
    std::vector<Step> where;  ///< the path to it, beginning with path, query, header or body
    std::string message;      ///< for people
    std::string input;        ///< what was given, as JSON text; "null" when nothing was
    std::string context;      ///< a JSON object such as {"ge":1}, or empty
};

struct Error {
    ErrorCode code;
    std::string message;             ///< for the user: never a path, a key or a statement
    std::vector<FieldError> fields;  ///< of an `invalid` request only

    static Error invalid(std::string message) { return {ErrorCode::invalid, std::move(message), {}}; }
    static Error invalid(std::vector<FieldError> fields) { return {ErrorCode::invalid, "invalid request", std::move(fields)}; }
    static Error not_found(std::string message) { return {ErrorCode::not_found, std::move(message), {}}; }
    static Error conflict(std::string message) { return {ErrorCode::conflict, std::move(message), {}}; }
    static Error precondition(std::string message) { return {ErrorCode::precondition, std::move(message), {}}; }
    static Error unavailable(std::string message) { return {ErrorCode::unavailable, std::move(message), {}}; }
    static Error overloaded(std::string message) { return {ErrorCode::overloaded, std::move(message), {}}; }
    static Error deadline(std::string message) { return {ErrorCode::deadline, std::move(message), {}}; }
    static Error full(std::string message) { return {ErrorCode::full, std::move(message), {}}; }
    static Error gone(std::string message) { return {ErrorCode::gone, std::move(message), {}}; }
    static Error internal(std::string message) { return {ErrorCode::internal, std::move(message), {}}; }
};

template <class T>
using Result = std::expected<T, Error>;

/// Short for returning an error where a Result is wanted.
inline std::unexpected<Error> fail(Error error) { return std::unexpected<Error>(std::move(error)); }

}  // namespace cartwheel

#define CARTWHEEL_CONCAT_(a, b) a##b
#define CARTWHEEL_CONCAT(a, b) CARTWHEEL_CONCAT_(a, b)
#define CARTWHEEL_TRY_(leave, result, declaration, ...)            \
    auto result = (__VA_ARGS__);                                   \
    if (!result) leave std::unexpected(std::move(result).error()); \
    declaration = *std::move(result)
#define CARTWHEEL_TRY_VOID_(leave, result, ...) \
    if (auto result = (__VA_ARGS__); !result) leave std::unexpected(std::move(result).error())

/// TRY(auto price, parse_price(text)): the value, or return the error. CO_TRY does the same in a coroutine.
#define TRY(declaration, ...) CARTWHEEL_TRY_(return, CARTWHEEL_CONCAT(try_result_, __LINE__), declaration, __VA_ARGS__)
#define CO_TRY(declaration, ...) CARTWHEEL_TRY_(co_return, CARTWHEEL_CONCAT(try_result_, __LINE__), declaration, __VA_ARGS__)
#define TRY_VOID(...) CARTWHEEL_TRY_VOID_(return, CARTWHEEL_CONCAT(try_result_, __LINE__), __VA_ARGS__)
#define CO_TRY_VOID(...) CARTWHEEL_TRY_VOID_(co_return, CARTWHEEL_CONCAT(try_result_, __LINE__), __VA_ARGS__)
