#include "cartwheel/engines/rocks/log_scan.h"

#include <algorithm>
#include <boost/crc.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <vector>

namespace cartwheel::engines::rocks {
namespace {

constexpr std::size_t block_bytes = 32 * 1024;
constexpr std::size_t header_bytes = 7;

enum class Type : std::uint8_t { full = 1, first = 2, middle = 3, last = 4 };

struct Record {
    Type type;
    std::size_t end;  ///< where the next one begins
};

std::uint32_t little_endian(std::string_view bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = bytes.size(); i > 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
    return value;
}

/// CRC-32C, masked as LevelDB does so that a crc of data that holds crcs is sound.
std::uint32_t masked_crc(std::string_view bytes) {
    boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
    crc.process_bytes(bytes.data(), bytes.size());
    const auto value = static_cast<std::uint32_t>(crc.checksum());
    return (value >> 15 | value << 17) + 0xa282ead8U;
}

/// The sound record that begins at `at`.
std::optional<Record> record_at(std::string_view log, std::size_t at) {
    const auto block_end = std::min(log.size(), (at / block_bytes + 1) * block_bytes);
    if (at + header_bytes > block_end) return std::nullopt;
    const std::size_t length = little_endian(log.substr(at + 4, 2));
    const auto type = static_cast<unsigned char>(log[at + 6]);
    if (type < 1 || type > 4 || at + header_bytes + length > block_end) return std::nullopt;
    if (masked_crc(log.substr(at + 6, 1 + length)) != little_endian(log.substr(at, 4))) return std::nullopt;
    return Record{static_cast<Type>(type), at + header_bytes + length};
}

/// The end of a block that is too short for a header is filled with zeros.
std::size_t past_filling(std::size_t at) {
    const auto left = block_bytes - at % block_bytes;
    return left < header_bytes ? at + left : at;
}

/// Whether a record begins at `at` or behind it, however little of what is between makes sense, and is there to its end.
bool has_whole_record_from(std::string_view log, std::size_t at) {
    bool inside = false;
    while (at + header_bytes <= log.size()) {
        const auto record = record_at(log, at);
        if (!record) {
            inside = false;
            ++at;
            continue;
        }
        if (record->type == Type::full || (inside && record->type == Type::last)) return true;
        if (record->type == Type::first) inside = true;
        at = past_filling(record->end);
    }
    return false;
}

}  // namespace

LogEnd end_of_log(std::string_view content) {
    std::size_t at = 0;
    std::size_t begin = 0;  // of the record whose parts are being read
    bool inside = false;
    while (at < content.size()) {
        const auto record = record_at(content, at);
        const bool follows = record && inside == (record->type == Type::middle || record->type == Type::last);
        if (!follows) {
            // The rest of a record's parts may stand behind the damage: only what begins there tells.
            return has_whole_record_from(content, at) ? LogEnd::damaged : LogEnd::torn;
        }
        inside = record->type == Type::first || record->type == Type::middle;
        at = past_filling(record->end);
        if (!inside) begin = at;
    }
    return begin < content.size() ? LogEnd::torn : LogEnd::whole;
}

Result<bool> only_the_end_is_torn(const std::string& folder) {
    std::vector<std::filesystem::path> logs;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error))
        if (entry.path().extension() == ".log") logs.push_back(entry.path());
    if (error) return fail(Error::internal("cannot read the log's folder: " + error.message()));
    std::ranges::sort(logs);  // by number, which has leading zeros
    for (const auto& path : logs) {
        std::ifstream file(path, std::ios::binary);
        const std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
        if (!file.eof() && !file) return fail(Error::internal("cannot read " + path.filename().string()));
        const auto end = end_of_log(content);
        if (end == LogEnd::damaged || (end == LogEnd::torn && path != logs.back())) return false;
    }
    return true;
}

}  // namespace cartwheel::engines::rocks
