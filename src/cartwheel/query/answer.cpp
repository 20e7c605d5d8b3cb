#include "cartwheel/query/answer.h"

#include <sqlite3.h>

#include <array>

namespace cartwheel::query {

void Answer::null() { sqlite3_result_null(context_); }
void Answer::integer(std::int64_t value) { sqlite3_result_int64(context_, value); }
void Answer::real(double value) { sqlite3_result_double(context_, value); }
void Answer::text(std::string_view value) { sqlite3_result_text64(context_, value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8); }
void Answer::blob(std::string_view value) { sqlite3_result_blob64(context_, value.data(), value.size(), SQLITE_TRANSIENT); }

void Answer::uuid(const Uuid& value) {
    std::array<char, Uuid::text_bytes> characters{};
    value.write_to(characters.data());
    text({characters.data(), characters.size()});
}

void Answer::time(Time value) { text(sql_time(value)); }

std::string sql_time(Time time) {
    auto text = rfc3339(time);
    text[text.find('T')] = ' ';
    text.pop_back();
    return text;
}

}  // namespace cartwheel::query
