#pragma once
// Statements typed at a terminal, line by line: with history, completion, and help about the tables. One thread.

#include <functional>
#include <string>

namespace cartwheel::cli {

/// Reads until `\q` or the end of the input, and gives each statement to `run`, which shows its answer or what is wrong with it.
void prompt_for_statements(const std::function<void(const std::string& statement)>& run);

/// What `\d` and `\d product` show: the tables and views, or the columns of one.
std::string describe_tables();
std::string describe_table(const std::string& name);

}  // namespace cartwheel::cli
