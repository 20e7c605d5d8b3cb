#pragma once
// From the bytes of GET /products/export to the files that were asked for. Owned by the command; one thread.
// Errors: unavailable (a file cannot be written), internal (what came is no such CSV).

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cartwheel/base/error.h"
#include "cartwheel/cli/export.h"
#include "cartwheel/csv/reader.h"

namespace cartwheel::cli {

class ExportRows {
public:
    /// `plan` must outlive it. Its columns exist.
    explicit ExportRows(const ExportPlan& plan);
    ~ExportRows();

    /// The next bytes from the server.
    Result<void> take(std::string_view piece);
    /// The server is done: the last file gets its name.
    Result<void> finish();

    std::uint64_t rows() const noexcept { return rows_; }

private:
    struct Closing {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };

    Result<void> write_records();
    Result<void> write_row(const csv::Record& record);
    Result<void> begin_file();
    Result<void> end_file();
    Result<void> flush();
    std::string styled_price(std::string_view price) const;

    const ExportPlan& plan_;
    std::vector<std::size_t> places_;  // of the wanted columns in the server's rows
    csv::Reader reader_;
    csv::Record record_;
    bool header_seen_ = false;
    std::unique_ptr<std::FILE, Closing> file_;
    std::string name_;        // that the file at hand will have
    std::string unfinished_;  // that it has until it is whole; empty for standard output
    std::string buffer_;
    std::uint64_t files_ = 0;
    std::uint64_t rows_ = 0;
    std::uint64_t rows_in_file_ = 0;
};

}  // namespace cartwheel::cli
