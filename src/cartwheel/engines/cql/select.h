#pragma once
// A SELECT of whoever asks, as it stands, in the cluster's own language. Pure but for `select`.

#include <optional>
#include <string>
#include <string_view>

#include "cartwheel/base/task.h"
#include "cartwheel/engines/cql/driver.h"
#include "cartwheel/engines/cql/statement_defaults.h"
#include "cartwheel/store/store.h"

namespace cartwheel::engines::cql {

/// The statement without what is around it; none when it is not one SELECT alone. Judged conservatively: the cluster judges again.
std::optional<std::string_view> only_select(std::string_view text);

/// At most `rows_max` rows. Errors: invalid (it is not one SELECT, or the cluster refuses it, and says why), deadline, unavailable.
Task<Result<store::RowSet>> select(Driver& driver, std::string text, std::size_t rows_max, StatementDefaults defaults);

}  // namespace cartwheel::engines::cql
