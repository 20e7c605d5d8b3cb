#include "query/sql_shop.h"

#include <sstream>
#include <stdexcept>

#include "cartwheel/query/answer_json.h"
#include "support/run_task.h"
#include "support/shop.h"

namespace cartwheel::test {
namespace {

template <class T>
T take(std::istream& in, const std::string& line) {
    T value;
    if (!(in >> value)) throw std::invalid_argument("not understood: " + line);
    return value;
}

template <class T>
void must(const Result<T>& result, const std::string& line) {
    if (!result) throw std::runtime_error(line + ": " + result.error().message);
}

}  // namespace

SqlShop::SqlShop(std::unique_ptr<store::Store> (*make)(const Clock&)) : store_(make(clock_)) {
    auto opened = query::Database::open(clock_);
    must(opened, "open");
    database_ = *std::move(opened);
}

SqlShop::~SqlShop() { store_->stop(); }

void SqlShop::tell(const std::string& line) {
    std::istringstream in(line);
    const auto what = take<std::string>(in, line);
    if (what == "repeat") {
        const auto times = take<unsigned>(in, line);
        std::string rest;
        std::getline(in >> std::ws, rest);
        for (unsigned i = 0; i < times; ++i) tell(rest);
        return;
    }
    clock_.advance(std::chrono::seconds(what == "wait" ? take<int>(in, line) : 1));
    if (what == "wait") return;
    if (what == "products") {
        const auto first = take<unsigned>(in, line);
        std::vector<domain::Product> batch;
        for (auto number = first, last = take<unsigned>(in, line); number <= last; ++number) batch.push_back(product(number));
        return must(run_task(store_->put_products(std::move(batch), store::ProductWrite::apply)), line);
    }
    if (what == "product") {
        auto made = product(take<unsigned>(in, line));
        const auto price = Money::parse_price(take<std::string>(in, line));
        std::getline(in >> std::ws, made.name);
        made.price = price.value();
        return must(run_task(store_->put_products({made}, store::ProductWrite::apply)), line);
    }
    if (what == "drop") return must(run_task(store_->remove_product(product_id(take<unsigned>(in, line)))), line);

    const auto who = user(take<std::string>(in, line));
    store::CartDecision decision;
    if (what == "put") {
        const auto number = take<unsigned>(in, line);
        const bool opens = !run_task(store_->cart(who)).value().active;
        if (opens) ++carts_;
        decision = put(who, product_id(number), take<int>(in, line), cart_id(carts_));
    } else if (what == "take") {
        decision = remove(who, product_id(take<unsigned>(in, line)));
    } else if (what == "order") {
        decision = check_out(who, clock_.now());
    } else {
        throw std::invalid_argument("not understood: " + line);
    }
    const auto outcome = run_task(store_->update_cart(who, std::nullopt, std::move(decision)));
    must(outcome, line);
    must(outcome->answer, line);
}

Result<store::RowSet> SqlShop::ask(const std::string& statement, query::Bounds bounds) {
    TRY(const auto understood, query::Statement::understand(statement));
    TRY(const auto snapshot, store_->snapshot());
    return database_->run(understood, *snapshot, std::move(bounds));
}

std::vector<std::string> lines_of(const store::RowSet& rows) {
    std::vector<std::string> lines;
    for (const auto& row : rows.rows) {
        auto& line = lines.emplace_back();
        for (const auto& cell : row) {
            if (&cell != &row.front()) line += " | ";
            if (const auto* text = std::get_if<std::string>(&cell)) line += *text;
            else query::append_json(line, cell);
        }
    }
    return lines;
}

}  // namespace cartwheel::test
