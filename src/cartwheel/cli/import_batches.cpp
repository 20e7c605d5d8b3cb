#include "cartwheel/cli/import_batches.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <thread>

#include "cartwheel/reflect/json.h"

namespace cartwheel::cli {
namespace {

using namespace std::chrono_literals;

constexpr int attempts_max = 30;  // at a server that is busy, a second apart

std::uint64_t count_in(const reflect::JsonValue& answer, std::string_view name) {
    std::uint64_t out = 0;
    if (const auto value = answer.member(name)) {
        const auto text = value->text();
        std::from_chars(text.data(), text.data() + text.size(), out);
    }
    return out;
}

}  // namespace

ImportBatches::ImportBatches(client::Address server, bool dry_run)
    : client_(std::move(server)), target_(dry_run ? "/products/import?dry_run=true" : "/products/import") {}

void ImportBatches::add(const csv::ProductRow& row) {
    if (body_.empty()) body_ = fmt::format("{}\n", fmt::join(csv::product_columns(), ","));
    csv::append_product(body_, row);
    ++rows_;
}

Result<void> ImportBatches::send(const ImportState& state) {
    TRY_VOID(wait());
    if (rows_ == 0) return {};
    // Storing a row again changes nothing, so a batch may be sent again.
    client::Request request{.method = "POST", .target = target_, .headers = {{"Content-Type", "text/csv"}}, .body = std::move(body_)};
    body_.clear();
    const auto rows = std::exchange(rows_, 0);
    under_way_state_ = state;
    under_way_ = std::async(std::launch::async,
                            [this, rows, request = std::move(request)]() mutable { return post(client_, std::move(request), rows); });
    return {};
}

Result<void> ImportBatches::wait() {
    if (!under_way_.valid()) return {};
    TRY(const auto batch, under_way_.get());
    tally_.created += batch.created;
    tally_.replaced += batch.replaced;
    tally_.unchanged += batch.unchanged;
    ++tally_.batches;
    acknowledged_ = under_way_state_;
    return {};
}

Result<ImportTally> ImportBatches::post(client::Client& client, client::Request request, std::size_t rows) {
    for (int attempt = 1;; ++attempt) {
        TRY(const auto response, client.send(request));
        constexpr unsigned busy = 503;
        if (response.status == busy && attempt < attempts_max) {
            std::this_thread::sleep_for(1s);
            continue;
        }
        if (response.status != 200) return fail(Error::unavailable("the server refused a batch: " + client::detail_of(response)));
        const auto document = reflect::JsonDocument::parse(response.body);
        if (!document) return fail(Error::internal("the server's answer to a batch is no JSON; is it Cartwheel?"));
        const auto answer = document->root();
        const ImportTally tally{count_in(answer, "created"), count_in(answer, "replaced"), count_in(answer, "unchanged"), 1};
        if (tally.rows() != rows)
            return fail(Error::internal(
                fmt::format("the server took {} of {} rows that are right by this program's rules; use the server's own version of it",
                            tally.rows(), rows)));
        return tally;
    }
}

}  // namespace cartwheel::cli
