#include "cartwheel/engines/cql/intent.h"

#include "cartwheel/store/bytes.h"
#include "cartwheel/store/codec.h"

namespace cartwheel::engines::cql {
namespace {

constexpr std::uint8_t format = 1;
constexpr std::size_t head_bytes = 1 + 16 + 8;

}  // namespace

std::string encode(const Intent& intent) {
    std::string out;
    store::append_byte(out, format);
    store::append_id(out, intent.commit_id);
    for (int shift = 56; shift >= 0; shift -= 8) store::append_byte(out, static_cast<std::uint8_t>(intent.commit.seq >> shift));
    store::encode(intent.commit, out);
    return out;
}

Result<Intent> decode_intent(std::string_view bytes) {
    store::Reader reader(bytes.substr(0, head_bytes));
    const auto written = reader.byte();
    const auto id = reader.id<CommitId>();
    domain::Seq seq = 0;
    for (int i = 0; i < 8; ++i) seq = seq << 8 | reader.byte();
    if (!reader.complete() || written != format) return fail(Error::internal("An intent of a cart is of an unknown format"));
    TRY(auto commit, store::decode_commit(seq, bytes.substr(head_bytes)));
    return Intent{id, std::move(commit)};
}

const domain::Order* order_of(const Intent& intent) noexcept {
    for (const auto& change : intent.commit.changes)
        if (const auto* order = change.after ? std::get_if<domain::Order>(&*change.after) : nullptr) return order;
    return nullptr;
}

}  // namespace cartwheel::engines::cql
