#pragma once
// One import, from files to the server. Owned by the command; one thread, beside the one that sends.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cartwheel/cli/import_batches.h"
#include "cartwheel/cli/import_plan.h"
#include "cartwheel/cli/input_file.h"
#include "cartwheel/cli/progress.h"
#include "cartwheel/cli/rejects.h"

namespace cartwheel::cli {

enum class ImportEnd : std::uint8_t { done, too_many_rejected, interrupted, failed };

struct ImportReport {
    ImportEnd end = ImportEnd::done;
    std::string failure;  ///< of `failed`
    ImportTally tally;
    std::uint64_t rejected = 0;
    double seconds = 0;
    std::string rejects;  ///< the file of rejects; empty when there is none
    std::string state;    ///< the file that --resume goes on from; empty when there is none
};

class Importer {
public:
    /// `plan` must outlive it.
    Importer(const ImportPlan& plan, client::Address server, Progress& progress, const Interrupt& interrupt);

    ImportReport run();

private:
    /// What belongs to the file at hand.
    struct Source;

    Result<void> import_file(const std::string& name);
    Result<void> read(Source& source);
    Result<void> take(Source& source, const csv::Record& record);
    Result<void> reach_resume_point(Source& source, const csv::Position& position);
    Result<bool> take_header(Source& source, const csv::Record& record);
    Result<void> take_row(Source& source, const csv::Record& record);
    Result<void> send(Source& source);
    Result<void> note_progress(Source& source);
    bool is_over() const noexcept { return too_many_ || interrupt_.raised(); }
    std::string progress_line(const Source& source) const;

    const ImportPlan& plan_;
    Progress& progress_;
    const Interrupt& interrupt_;
    ImportBatches batches_;
    RejectFile rejects_;
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
    std::uint64_t rows_ = 0;  // read in this run, rejected ones included
    std::uint64_t rejected_ = 0;
    std::uint64_t counted_ = 0;  // rows towards skip_rows and max_rows
    std::string state_path_;     // what --resume can go on from; empty when there is nothing
    bool too_many_ = false;
    bool enough_ = false;  // max_rows are read
};

}  // namespace cartwheel::cli
