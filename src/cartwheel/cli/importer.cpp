#include "cartwheel/cli/importer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

#include "cartwheel/base/text.h"

namespace cartwheel::cli {
namespace {

constexpr std::size_t chunk_bytes = std::size_t{256} << 10;

std::vector<std::string_view> views(const std::vector<std::string>& names) { return {names.begin(), names.end()}; }

}  // namespace

struct Importer::Source {
    Source(InputFile file_in, const ImportPlan& plan)
        : file(std::move(file_in)), reader(plan.dialect), header_pending(plan.header != HeaderRule::none) {}

    InputFile file;
    csv::Reader reader;
    bool header_pending;
    std::string header;  // as it stood there
    std::optional<csv::ProductRows> rows;
    std::uint64_t hash = stable_hash({});  // of all bytes so far, but for a byte-order mark
    std::optional<ImportState> resume;     // where rows begin that the server does not have
    std::string state_path;                // empty: none is kept
};

Importer::Importer(const ImportPlan& plan, client::Address server, Progress& progress, const Interrupt& interrupt)
    : plan_(plan), progress_(progress), interrupt_(interrupt), batches_(std::move(server), plan.dry_run), rejects_(plan.reject_file) {}

ImportReport Importer::run() {
    ImportReport report;
    const auto fail_with = [&](const Error& error) {
        report.end = ImportEnd::failed;
        if (report.failure.empty()) report.failure = error.message;
    };
    for (const auto& file : plan_.files) {
        if (const auto imported = import_file(file); !imported) fail_with(imported.error());
        if (report.end == ImportEnd::failed || is_over() || enough_) break;
    }
    if (const auto waited = batches_.wait(); !waited) fail_with(waited.error());
    if (const auto closed = rejects_.close(); !closed) fail_with(closed.error());
    if (report.end == ImportEnd::done && interrupt_.raised()) report.end = ImportEnd::interrupted;
    if (report.end == ImportEnd::done && too_many_) report.end = ImportEnd::too_many_rejected;
    report.tally = batches_.tally();
    report.rejected = rejected_;
    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
    if (rejects_.is_used()) report.rejects = rejects_.path();
    report.state = state_path_;
    return report;
}

Result<void> Importer::import_file(const std::string& name) {
    TRY(auto file, InputFile::open(name));
    Source source(std::move(file), plan_);
    if (name != "-" && !plan_.dry_run) source.state_path = import_state_path(name);
    if (plan_.resume && !source.state_path.empty()) {
        TRY(source.resume, load_import_state(source.state_path));
        if (source.resume) state_path_ = source.state_path;
        else progress_.settle(fmt::format("{} is not there: {} is imported from the beginning", source.state_path, name));
    }
    if (!source.header_pending) TRY_VOID(take_header(source, {}));
    const auto read_result = read(source);
    const auto waited = batches_.wait();
    TRY_VOID(note_progress(source));
    TRY_VOID(read_result);
    TRY_VOID(waited);
    if (source.header_pending && plan_.header == HeaderRule::names_columns && !is_over())
        return fail(Error::invalid(fmt::format("{} is empty: not even a header is in it", source.file.shown_name())));
    if (source.resume && !is_over())
        return fail(
            Error::invalid(fmt::format("{} is shorter than it was; remove {} and import it from the beginning", name, source.state_path)));
    if (is_over()) return {};
    if (!source.state_path.empty()) std::filesystem::remove(source.state_path);
    state_path_.clear();
    if (progress_.is_json()) return {};
    progress_.settle(progress_line(source));
    return {};
}

Result<void> Importer::read(Source& source) {
    std::vector<char> chunk(chunk_bytes);
    csv::Record record;
    while (!is_over() && !enough_) {
        const auto step = source.reader.next(record);
        if (step == csv::Step::end) break;
        if (step == csv::Step::need_more) {
            TRY(const auto got, source.file.read(chunk, interrupt_));
            if (got == 0) source.reader.finish();
            else source.reader.feed({chunk.data(), got});
            continue;
        }
        TRY_VOID(take(source, record));
        if (batches_.is_full()) TRY_VOID(send(source));
        if (progress_.is_due()) progress_.show(progress_line(source));
    }
    if (is_over()) return {};
    if (source.resume && source.reader.position().offset == source.resume->offset)
        TRY_VOID(reach_resume_point(source, source.reader.position()));
    return send(source);
}

Result<void> Importer::send(Source& source) {
    if (plan_.max_errors.exceeded(rejected_, rows_, true)) too_many_ = true;
    if (too_many_) return {};
    TRY_VOID(batches_.send({source.reader.position().offset, source.hash}));
    return note_progress(source);
}

/// Writes down how far the server has the file on disk.
Result<void> Importer::note_progress(Source& source) {
    if (source.state_path.empty() || !batches_.state()) return {};
    state_path_ = source.state_path;
    return save_import_state(source.state_path, *batches_.state());
}

/// From here on the rows are new to the server, if the file is still the one that was imported up to here.
Result<void> Importer::reach_resume_point(Source& source, const csv::Position& position) {
    if (position.offset != source.resume->offset || source.hash != source.resume->hash)
        return fail(
            Error::invalid(fmt::format("{} has changed since it was imported up to byte {}; remove {} and import it from the beginning",
                                       source.file.shown_name(), source.resume->offset, source.state_path)));
    progress_.settle(fmt::format("Going on at line {}", position.line));
    source.resume.reset();
    return {};
}

Result<void> Importer::take(Source& source, const csv::Record& record) {
    if (source.resume && record.position.offset >= source.resume->offset) TRY_VOID(reach_resume_point(source, record.position));
    source.hash = stable_hash(record.raw, source.hash);
    if (record.is_blank()) return {};
    if (source.header_pending) {
        TRY(const bool was_header, take_header(source, record));
        if (was_header) return {};
    }
    if (source.resume) return {};  // the server has it
    return take_row(source, record);
}

/// Learns the columns from the first record, or from the plan. Whether the record was a header and no row.
Result<bool> Importer::take_header(Source& source, const csv::Record& record) {
    source.header_pending = false;
    const auto& known = csv::product_columns();
    auto names = views(plan_.columns);
    const auto refused = [&](const std::string& why) { return fail(Error::invalid(fmt::format("{}: {}", source.file.shown_name(), why))); };
    bool is_header = plan_.header == HeaderRule::first_row;
    if (plan_.header == HeaderRule::names_columns) {
        if (record.fault != csv::Fault::none) return refused(fmt::format("the header cannot be read: {}", csv::describe(record.fault)));
        names = record.fields;
        is_header = true;
    }
    const auto columns = csv::Columns::from_names(names, known, plan_.skip_columns);
    if (!columns && plan_.header == HeaderRule::names_columns)
        return refused(fmt::format("the first line is no header: {}. Where there is none, say --columns {}", columns.error().message,
                                   fmt::join(known, ",")));
    if (!columns) return refused(columns.error().message);
    if (plan_.header != HeaderRule::none && csv::Columns::look_like_names(record.fields, known)) {
        is_header = true;
        if (const auto said = csv::Columns::from_names(record.fields, known); !said || *said != *columns)
            return refused(
                fmt::format("its header says {}, but the columns were given as {}", fmt::join(record.fields, ","), fmt::join(names, ",")));
    }
    source.rows.emplace(*columns, plan_.style);
    if (is_header) source.header = record.raw;
    progress_.settle(fmt::format("Importing {} into product ({})", source.file.shown_name(), fmt::join(names, ", ")));
    return is_header;
}

Result<void> Importer::take_row(Source& source, const csv::Record& record) {
    if (record.fault == csv::Fault::rest_of_long_line) return rejects_.add_rest(record.raw);
    ++counted_;
    if (plan_.max_rows && counted_ > *plan_.max_rows) {
        enough_ = true;
        return {};
    }
    if (counted_ <= plan_.skip_rows) return {};
    ++rows_;
    const auto row = source.rows->read(record);
    if (row) {
        batches_.add(*row);
        return {};
    }
    ++rejected_;
    TRY_VOID(rejects_.add(source.file.shown_name(), source.header, record.raw, row.error()));
    if (plan_.max_errors.exceeded(rejected_, rows_, false)) too_many_ = true;
    return {};
}

std::string Importer::progress_line(const Source& source) const {
    const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
    const auto rows = batches_.tally().rows();
    const auto rate = static_cast<std::uint64_t>(static_cast<double>(rows) / std::max(seconds, 1e-6));
    const auto bytes = source.file.bytes();
    const auto percent = !bytes ? 0 : *bytes == 0 ? 100 : std::min<std::uint64_t>(100, source.reader.position().offset * 100 / *bytes);
    if (progress_.is_json()) return fmt::format(R"({{"progress":{{"rows":{},"percent":{},"rows_per_second":{}}}}})", rows, percent, rate);
    if (!bytes) return fmt::format("  {} rows   {} rows/s", with_commas(rows), with_commas(rate));
    return fmt::format("  {} rows   {} %   {} rows/s", with_commas(rows), percent, with_commas(rate));
}

}  // namespace cartwheel::cli
