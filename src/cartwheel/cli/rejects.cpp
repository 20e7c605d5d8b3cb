#include "cartwheel/cli/rejects.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>

#include "cartwheel/reflect/problems.h"

namespace cartwheel::cli {
namespace {

std::unexpected<Error> cannot_write(const std::string& path) {
    return fail(Error::unavailable(fmt::format("cannot write {}: {}", path, std::strerror(errno))));
}

/// Gives an older file a name of its own: the time, and a number where that is taken.
bool set_aside(const std::string& path) {
    const auto stamp = fmt::format("{}.{:%Y%m%d_%H%M%S}", path, fmt::localtime(std::time(nullptr)));
    constexpr int attempts_max = 1000;
    for (int i = 0; i < attempts_max; ++i) {
        const auto name = i == 0 ? stamp : fmt::format("{}.{}", stamp, i);
        // A link is never made over something else, a rename is.
        if (link(path.c_str(), name.c_str()) == 0) return unlink(path.c_str()) == 0;
        if (errno != EEXIST) return false;
    }
    return false;
}

}  // namespace

Result<RejectFile::File> RejectFile::create(const std::string& path) {
    constexpr int mode = 0666;
    int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0 && errno == EEXIST && set_aside(path)) file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0) return cannot_write(path);
    return File(fdopen(file, "w"));
}

Result<void> RejectFile::begin(std::string_view header) {
    TRY_VOID(close());
    TRY(rows_, create(path_));
    TRY(log_, create(log_path()));
    header_ = header;
    used_ = true;
    return header.empty() ? Result<void>() : write_row(header);
}

Result<void> RejectFile::write_row(std::string_view raw) {
    if (line_open_) std::fputc('\n', rows_.get());
    line_open_ = !raw.ends_with('\n');
    if (std::fwrite(raw.data(), 1, raw.size(), rows_.get()) != raw.size()) return cannot_write(path_);
    return {};
}

Result<void> RejectFile::add(std::string_view source, std::string_view header, std::string_view raw,
                             const std::vector<csv::RowProblem>& problems) {
    // Two files with different headers cannot be mended in one.
    if (!rows_ || header_ != header) TRY_VOID(begin(header));
    TRY_VOID(write_row(raw));
    for (const auto& problem : problems) {
        const auto column = problem.column.empty() ? std::string() : ", " + problem.column;
        fmt::print(log_.get(), "{} line {}{}: {}: {}\n", source, problem.line, column, reflect::quoted(problem.value), problem.reason);
    }
    if (std::ferror(log_.get()) != 0) return cannot_write(log_path());
    return {};
}

Result<void> RejectFile::add_rest(std::string_view raw) {
    line_open_ = false;
    return write_row(raw);
}

Result<void> RejectFile::close() {
    if (!rows_) return {};
    if (line_open_) std::fputc('\n', rows_.get());
    line_open_ = false;
    if (std::fclose(rows_.release()) != 0) return cannot_write(path_);
    if (std::fclose(log_.release()) != 0) return cannot_write(log_path());
    return {};
}

}  // namespace cartwheel::cli
