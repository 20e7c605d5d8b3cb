#include "cartwheel/cli/simulation.h"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <deque>

#include "cartwheel/base/task_group.h"
#include "cartwheel/cli/shopper.h"
#include "cartwheel/client/client.h"

namespace cartwheel::cli {
namespace {

using namespace std::chrono_literals;

Result<std::vector<std::string>> catalogue(const client::Address& server) {
    client::Client client(server);
    TRY(const auto response, client.send({.target = "/products?limit=50"}));
    if (response.status != 200) return fail(Error::unavailable("the server refused to list products: " + client::detail_of(response)));
    auto ids = read_product_ids(response.body);
    if (!ids) return fail(Error::internal("the server's list of products cannot be read; is it Cartwheel?"));
    if (ids->empty()) return fail(Error::not_found("the shop has no products; add some with: cartwheel import product.csv"));
    return *std::move(ids);
}

class Simulation {
public:
    Simulation(const SimulationPlan& plan, const client::Address& server, Progress& progress, const Interrupt& interrupt)
        : plan_(plan),
          progress_(progress),
          interrupt_(interrupt),
          shop_(context_.get_executor(), server, std::min(plan.shoppers, plan.connections), plan.rate,
                plan.duration ? started_ + *plan.duration : Shop::Clock::time_point::max(), report_.meter, interrupt),
          tasks_(context_.get_executor(), [](std::exception_ptr error) { std::rethrow_exception(error); }) {}

    SimulationReport run(std::vector<std::string> product_ids) {
        trip_.product_ids = std::move(product_ids);
        trip_.pace = plan_.pace;
        trip_.browses = !plan_.tells_its_story;
        if (plan_.tells_its_story && !progress_.is_json()) trip_.say = [this](std::string_view line) { progress_.say(line); };
        for (std::uint64_t i = 0; i < plan_.shoppers; ++i) {
            shoppers_.emplace_back(shop_, trip_, plan_.seed + i);
            tasks_.spawn(shoppers_.back().shop());
        }
        tasks_.spawn(watch());
        context_.run();
        report_.interrupted = interrupt_.raised();
        for (const auto& shopper : shoppers_) {
            report_.orders += shopper.orders();
            if (!shopper.was_checked()) ++report_.unchecked;
            for (const auto& violation : shopper.violations()) report_.violations.push_back(violation);
        }
        return std::move(report_);
    }

private:
    /// Shows how it goes, and stops the clock when the time is up.
    Task<void> watch() {
        while (!shop_.is_over() && tasks_.count() > 1) {
            co_await shop_.wait(Shop::Clock::now() + 100ms);
            if (!trip_.say && progress_.is_due()) progress_.show(line());
        }
        report_.meter.close();
        report_.seconds = seconds();
    }

    double seconds() const { return std::chrono::duration<double>(Shop::Clock::now() - started_).count(); }

    std::string line() const {
        const auto& meter = report_.meter;
        const auto rate = static_cast<std::uint64_t>(static_cast<double>(meter.requests()) / seconds());
        std::size_t violations = 0;
        for (const auto& shopper : shoppers_) violations += shopper.violations().size();
        const auto p99 = static_cast<double>(meter.all_times().quantile(0.99).count()) / 1000;
        if (progress_.is_json())
            return fmt::format(
                R"({{"progress":{{"seconds":{:.1f},"requests":{},"requests_per_second":{},"p99_ms":{:.3f},"errors":{},"violations":{}}}}})",
                seconds(), meter.requests(), rate, p99, meter.errors(), violations);
        return fmt::format("  {:.0f} s   {} requests   {}/s   p99 {:.1f} ms   {} errors   {} violations", seconds(),
                           with_commas(meter.requests()), with_commas(rate), p99, with_commas(meter.errors()), violations);
    }

    const SimulationPlan& plan_;
    Progress& progress_;
    const Interrupt& interrupt_;
    SimulationReport report_;
    ShoppingTrip trip_;
    boost::asio::io_context context_{1};
    Shop::Clock::time_point started_ = Shop::Clock::now();
    Shop shop_;
    std::deque<Shopper> shoppers_;
    TaskGroup tasks_;
};

}  // namespace

Result<SimulationReport> simulate(const SimulationPlan& plan, const client::Address& server, Progress& progress,
                                  const Interrupt& interrupt) {
    TRY(auto product_ids, catalogue(server));
    return Simulation(plan, server, progress, interrupt).run(std::move(product_ids));
}

}  // namespace cartwheel::cli
