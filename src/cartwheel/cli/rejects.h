#pragma once
// Where rejected rows go: a file that holds them as they were, under the header they came with, so that it can be mended and imported; and
// a log beside it with the reasons. Made with the first reject; older files of these names are renamed. One thread.

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cartwheel/base/error.h"
#include "cartwheel/csv/product_row.h"

namespace cartwheel::cli {

class RejectFile {
public:
    explicit RejectFile(std::string path) : path_(std::move(path)) {}

    /// `header` is as it stood in the file, or empty; `source` is the file's name for people. Errors: unavailable (it cannot be written).
    Result<void> add(std::string_view source, std::string_view header, std::string_view raw, const std::vector<csv::RowProblem>& problems);

    /// More bytes of the row added last.
    Result<void> add_rest(std::string_view raw);

    /// Errors: unavailable (what was added may not have been written).
    Result<void> close();

    bool is_used() const noexcept { return used_; }
    const std::string& path() const noexcept { return path_; }
    std::string log_path() const { return path_ + ".log"; }

private:
    struct Closing {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };
    using File = std::unique_ptr<std::FILE, Closing>;

    Result<void> begin(std::string_view header);
    Result<void> write_row(std::string_view raw);
    static Result<File> create(const std::string& path);

    std::string path_;
    File rows_;
    File log_;
    std::string header_;
    bool used_ = false;
    bool line_open_ = false;  // the row added last has no line end yet
};

}  // namespace cartwheel::cli
