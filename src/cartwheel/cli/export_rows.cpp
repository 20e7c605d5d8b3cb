#include "cartwheel/cli/export_rows.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cartwheel/csv/product_row.h"
#include "cartwheel/csv/writer.h"

namespace cartwheel::cli {
namespace {

constexpr std::size_t flush_bytes = std::size_t{64} << 10;
constexpr std::size_t price_at = 3;

std::size_t place_of(std::string_view column) {
    const auto& known = csv::product_columns();
    return static_cast<std::size_t>(std::ranges::find(known, column) - known.begin());
}

}  // namespace

ExportRows::ExportRows(const ExportPlan& plan) : plan_(plan) {
    if (plan.columns.empty())
        for (const auto column : csv::product_columns()) places_.push_back(place_of(column));
    for (const auto& column : plan.columns) places_.push_back(place_of(column));
}

ExportRows::~ExportRows() {
    if (!unfinished_.empty()) unlink(unfinished_.c_str());
}

Result<void> ExportRows::take(std::string_view piece) {
    reader_.feed(piece);
    return write_records();
}

Result<void> ExportRows::finish() {
    reader_.finish();
    TRY_VOID(write_records());
    if (!header_seen_) return fail(Error::internal("the server's answer holds not even a header"));
    if (!file_) TRY_VOID(begin_file());
    return end_file();
}

Result<void> ExportRows::write_records() {
    while (reader_.next(record_) == csv::Step::record) {
        if (record_.fault != csv::Fault::none || record_.fields.size() != csv::product_columns().size())
            return fail(Error::internal(fmt::format("the server's answer cannot be read at line {}", record_.position.line)));
        if (header_seen_) TRY_VOID(write_row(record_));
        header_seen_ = true;
    }
    return {};
}

Result<void> ExportRows::write_row(const csv::Record& record) {
    if (file_ && plan_.rows_a_file && rows_in_file_ == *plan_.rows_a_file) TRY_VOID(end_file());
    if (!file_) TRY_VOID(begin_file());
    std::vector<std::string_view> fields;
    std::string price;
    for (const auto place : places_) {
        fields.push_back(record.fields[place]);
        if (place != price_at || (plan_.decimal_point == '.' && !plan_.thousands)) continue;
        price = styled_price(fields.back());
        fields.back() = price;
    }
    csv::append_row(buffer_, fields, plan_.dialect);
    ++rows_;
    ++rows_in_file_;
    return buffer_.size() < flush_bytes ? Result<void>() : flush();
}

std::string ExportRows::styled_price(std::string_view price) const {
    const auto point = std::min(price.find('.'), price.size());
    std::string whole(price.substr(0, point));
    if (plan_.thousands)
        for (std::size_t at = whole.size(); at > 3; at -= 3) whole.insert(at - 3, 1, *plan_.thousands);
    if (point < price.size()) whole += plan_.decimal_point;
    return whole += price.substr(std::min(point + 1, price.size()));
}

Result<void> ExportRows::begin_file() {
    rows_in_file_ = 0;
    if (plan_.file == "-") {
        name_ = "standard output";
        if (const int copy = dup(STDOUT_FILENO); copy >= 0) file_.reset(fdopen(copy, "w"));
    } else {
        name_ = files_ == 0 ? plan_.file : fmt::format("{}.{}", plan_.file, files_);
        unfinished_ = name_ + ".part";
        file_.reset(std::fopen(unfinished_.c_str(), "we"));
    }
    ++files_;
    if (!file_) {
        unfinished_.clear();
        return fail(Error::unavailable(fmt::format("cannot write {}: {}", name_, std::strerror(errno))));
    }
    if (!plan_.header) return {};
    std::vector<std::string_view> names;
    for (const auto place : places_) names.push_back(csv::product_columns()[place]);
    csv::append_row(buffer_, names, plan_.dialect);
    return {};
}

Result<void> ExportRows::flush() {
    const bool written = std::fwrite(buffer_.data(), 1, buffer_.size(), file_.get()) == buffer_.size();
    buffer_.clear();
    if (written) return {};
    return fail(Error::unavailable(fmt::format("cannot write {}: {}", name_, std::strerror(errno))));
}

Result<void> ExportRows::end_file() {
    TRY_VOID(flush());
    const bool closed = std::fclose(file_.release()) == 0;
    const bool named = closed && (unfinished_.empty() || std::rename(unfinished_.c_str(), name_.c_str()) == 0);
    if (!named) return fail(Error::unavailable(fmt::format("cannot write {}: {}", name_, std::strerror(errno))));
    unfinished_.clear();
    return {};
}

}  // namespace cartwheel::cli
