#pragma once
// A shop of the memory engine for statements to look at, filled by lines such as `put ann 1 2`. Its clock stands at
// 2023-11-14 22:13:20 UTC and moves by one second before each line; ids are numbered, so that every value is known.

#include <memory>
#include <string>
#include <vector>

#include "cartwheel/query/database.h"
#include "support/fake_clock.h"

namespace cartwheel::test {

class SqlShop {
public:
    explicit SqlShop(std::unique_ptr<store::Store> (*make)(const Clock&));
    ~SqlShop();

    /// `product 1 12.50 Green tea`, `drop 1`, `put ann 1 2`, `take ann 1`, `order ann`, `wait 3600` (seconds), `products 1 20` (numbers
    /// from 1 to 20, as one commit), `repeat 500 put ann 1 2`.
    void tell(const std::string& line);

    Result<store::RowSet> ask(const std::string& statement, query::Bounds bounds = {});

    store::Store& store() { return *store_; }
    FakeClock& clock() { return clock_; }

private:
    FakeClock clock_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<query::Database> database_;
    unsigned carts_ = 0;
};

/// Each row as one line: values as JSON, texts without their quotes, with ` | ` between.
std::vector<std::string> lines_of(const store::RowSet& rows);

}  // namespace cartwheel::test
