#include "cartwheel/csv/product_row.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cartwheel/csv/excerpt.h"
#include "cartwheel/csv/writer.h"

namespace cartwheel::csv {
namespace {

constexpr std::size_t price_at = 3;
constexpr std::size_t value_bytes_max = 200;

std::string_view without_line_end(std::string_view raw) noexcept {
    if (raw.ends_with('\n')) raw.remove_suffix(1);
    if (raw.ends_with('\r')) raw.remove_suffix(1);
    return raw;
}

}  // namespace

const std::vector<std::string_view>& product_columns() {
    static const auto columns = reflect::member_names<ProductRow>();
    return columns;
}

std::expected<ProductRow, std::vector<RowProblem>> ProductRows::read(const Record& record) {
    const auto one = [](RowProblem problem) {
        std::vector<RowProblem> problems;
        problems.push_back(std::move(problem));
        return std::unexpected(std::move(problems));
    };
    if (record.fault != Fault::none)
        return one({record.fault_line, fmt::format("character {}", record.fault_column),
                    excerpt(without_line_end(record.raw), value_bytes_max), std::string(describe(record.fault))});
    if (record.fields.size() != columns_.width())
        return one({record.position.line, "", excerpt(without_line_end(record.raw), value_bytes_max),
                    fmt::format("the row has {} fields, not {}", record.fields.size(), columns_.width())});

    columns_.pick(record.fields, texts_);
    if (style_.null)
        for (auto& text : texts_)
            if (text == *style_.null) text = {};
    if (style_.decimal_point != '.' || style_.thousands) {
        price_ = texts_[price_at];
        if (style_.thousands) std::erase(price_, *style_.thousands);
        std::ranges::replace(price_, style_.decimal_point, '.');
        texts_[price_at] = price_;
    }
    reflect::Problems problems;
    if (auto row = reflect::read_texts<ProductRow>(texts_, reflect::Where("row"), problems)) return *std::move(row);

    std::vector<RowProblem> out;
    for (auto& field : problems.take()) {
        const auto* name = field.where.empty() ? nullptr : std::get_if<std::string>(&field.where.back());
        const auto column = std::ranges::find(product_columns(), name ? std::string_view(*name) : std::string_view());
        const auto value =
            column == product_columns().end() ? std::string_view() : texts_[static_cast<std::size_t>(column - product_columns().begin())];
        out.push_back({record.position.line, name ? *name : "", excerpt(value, value_bytes_max), std::move(field.message)});
    }
    return std::unexpected(std::move(out));
}

void append_product(std::string& out, const ProductRow& row, const Dialect& dialect) {
    std::array<char, Uuid::text_bytes> id{};
    row.id.uuid().write_to(id.data());
    const std::string price = row.price.text();
    const std::array<std::string_view, 4> fields{std::string_view(id.data(), id.size()), row.img.value, row.name.value, price};
    append_row(out, fields, dialect);
}

}  // namespace cartwheel::csv
