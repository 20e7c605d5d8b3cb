#pragma once
// What a table of the database is: its columns, and a reader of its rows over a snapshot. A new one is a file with a function that gives a
// Table, listed in tables.cpp. Tables are made once and never change; a reader belongs to one statement and one thread.

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cartwheel/base/error.h"
#include "cartwheel/query/answer.h"
#include "cartwheel/query/watch.h"
#include "cartwheel/store/store.h"

namespace cartwheel::query {

/// What a column means, for readers that look at fewer rows when a statement says which. None: nothing is gained by knowing.
enum class Role : std::uint8_t { none, user, product, cart, active, time, operation };

struct Column {
    std::string name;
    std::string type;  ///< as CQL calls it
    Role role = Role::none;
    bool is_key = false;
};

/// Which rows a statement can need. Rows that do not fit may be given all the same: the database looks at each again.
struct Filters {
    std::optional<std::vector<domain::UserId>> users;        ///< sorted, each once
    std::optional<std::vector<domain::ProductId>> products;  ///< sorted, each once
    std::optional<std::vector<domain::CartId>> carts;        ///< sorted, each once
    std::optional<bool> active;
    Time from = Time::min();
    Time before = Time::max();
    std::uint32_t operations = std::numeric_limits<std::uint32_t>::max();  ///< of the log: 1 << cdc$operation
};

class Reader {
public:
    virtual ~Reader() = default;
    /// Goes to the next row, first to the first; whether there is one. Errors: those of the snapshot, and deadline (it should not go on).
    virtual Result<bool> next() = 0;
    /// The value of a column of the row that it is at.
    virtual void write(std::size_t column, Answer& answer) const = 0;
};

struct Table {
    std::string name;
    std::vector<Column> columns;
    double rows_guess = 0;  ///< for the planner: how the tables' sizes relate
    /// Those by which its rows are found without looking at all others.
    std::vector<Role> indexed;
    std::unique_ptr<Reader> (*open)(store::Snapshot& snapshot, Filters filters, Watch& watch);
};

/// What readers ask now and then in their loops.
Result<void> may_go_on(Watch& watch);

}  // namespace cartwheel::query
