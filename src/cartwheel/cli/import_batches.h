#pragma once
// Sends rows to the server in batches, one under way while the next is read. Each is durable when it is answered. Used by one thread.

#include <cstdint>
#include <future>
#include <optional>
#include <string>

#include "cartwheel/cli/import_state.h"
#include "cartwheel/client/client.h"
#include "cartwheel/csv/product_row.h"

namespace cartwheel::cli {

struct ImportTally {
    std::uint64_t created = 0;
    std::uint64_t replaced = 0;
    std::uint64_t unchanged = 0;
    std::uint64_t batches = 0;

    std::uint64_t rows() const noexcept { return created + replaced + unchanged; }
};

class ImportBatches {
public:
    static constexpr std::size_t rows_max = 5000;
    static constexpr std::size_t bytes_max = std::size_t{4} << 20;

    ImportBatches(client::Address server, bool dry_run);

    void add(const csv::ProductRow& row);
    bool is_full() const noexcept { return rows_ >= rows_max || body_.size() >= bytes_max; }

    /// Sends what was added; waits for the batch before. `state` is where the file goes on behind it.
    /// Errors: of the batch before; nothing more is then sent.
    Result<void> send(const ImportState& state);

    /// Waits for the batch under way. Errors: its own.
    Result<void> wait();

    /// What the server has answered for.
    const ImportTally& tally() const noexcept { return tally_; }
    /// Of the last batch that the server answered for.
    const std::optional<ImportState>& state() const noexcept { return acknowledged_; }

private:
    static Result<ImportTally> post(client::Client& client, client::Request request, std::size_t rows);

    client::Client client_;
    std::string target_;
    std::string body_;
    std::size_t rows_ = 0;
    ImportTally tally_;
    std::optional<ImportState> acknowledged_;
    ImportState under_way_state_;
    std::future<Result<ImportTally>> under_way_;  // last, so that it is waited for first
};

}  // namespace cartwheel::cli
