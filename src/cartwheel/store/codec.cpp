#include "cartwheel/store/codec.h"

#include <utility>

#include "cartwheel/store/bytes.h"

namespace cartwheel::store {
namespace {

using namespace domain;

constexpr std::uint8_t format = 1;  // of every kind of value; each kind counts for itself from here on

void append_time(std::string& out, Time time) { append_signed(out, time.time_since_epoch().count()); }
Time read_time(Reader& in) { return Time(std::chrono::microseconds(in.signed_number())); }

void append_quantity(std::string& out, Quantity quantity) { append_number(out, static_cast<std::uint64_t>(quantity.count())); }
Quantity read_quantity(Reader& in) {
    const auto count = in.number();
    const auto quantity = count <= Quantity::max ? Quantity::parse(static_cast<std::int64_t>(count)) : std::nullopt;
    if (!quantity) in.fail();
    return quantity.value_or(Quantity::one());
}

void append_money(std::string& out, Money money) { append_signed(out, money.minor()); }
Money read_money(Reader& in) { return Money::from_minor(in.signed_number()); }

void append_body(std::string& out, const Product& product) {
    append_text(out, product.name);
    append_money(out, product.price);
    append_text(out, product.image);
}

Product read_product(Reader& in, const ProductId& id) {
    Product product;
    product.id = id;
    product.name = in.text();
    product.price = read_money(in);
    product.image = in.text();
    return product;
}

void append_body(std::string& out, const Order& order) {
    append_id(out, order.id);
    append_time(out, order.placed_at);
    out += order.currency.code();
    append_number(out, order.lines.size());
    for (const auto& line : order.lines) {
        append_id(out, line.product_id);
        append_text(out, line.name);
        append_money(out, line.unit_price);
        append_quantity(out, line.quantity);
        append_money(out, line.total);
    }
    append_money(out, order.total);
}

Currency read_currency(Reader& in) {
    std::string code;
    for (int i = 0; i < 3; ++i) code += static_cast<char>(in.byte());
    const auto currency = Currency::parse(code);
    if (!currency) in.fail();
    return currency.value_or(Currency::usd());
}

Order read_order(Reader& in, const UserId& user) {
    const auto id = in.id<OrderId>();
    const auto placed_at = read_time(in);
    const auto currency = read_currency(in);
    Order order{id, user, placed_at, currency, {}, Money{}};
    const auto lines = in.count();
    order.lines.reserve(lines);
    for (std::size_t i = 0; i < lines && !in.failed(); ++i) {
        const auto product = in.id<ProductId>();
        std::string name(in.text());
        const auto price = read_money(in);
        const auto quantity = read_quantity(in);
        order.lines.push_back({product, std::move(name), price, quantity, read_money(in)});
    }
    order.total = read_money(in);
    return order;
}

// A row change is its head (operation, which rows there are, table), the row's key once, and the rows' other columns.

constexpr unsigned before_bit = 0x04;
constexpr unsigned after_bit = 0x08;
constexpr unsigned table_shift = 4;

void append_row_key(std::string& out, const Row& row) {
    if (const auto* product = std::get_if<Product>(&row)) {
        append_id(out, product->id);
    } else if (const auto* cart = std::get_if<CartRow>(&row)) {
        append_text(out, cart->user_id.text());
        append_id(out, cart->cart_id);
    } else if (const auto* item = std::get_if<CartItemRow>(&row)) {
        append_text(out, item->user_id.text());
        append_id(out, item->cart_id);
        append_id(out, item->product_id);
    } else {
        append_text(out, std::get<Order>(row).user_id.text());
    }
}

void append_row_columns(std::string& out, const Row& row) {
    if (const auto* product = std::get_if<Product>(&row)) append_body(out, *product);
    else if (const auto* cart = std::get_if<CartRow>(&row)) append_byte(out, cart->is_active ? 1 : 0);
    else if (const auto* item = std::get_if<CartItemRow>(&row)) append_quantity(out, item->quantity);
    else append_body(out, std::get<Order>(row));
}

void append_change(std::string& out, const RowChange& change) {
    const auto& any = change.after ? *change.after : *change.before;
    append_byte(out, static_cast<std::uint8_t>(static_cast<unsigned>(change.operation) | (change.before ? before_bit : 0U) |
                                               (change.after ? after_bit : 0U) | static_cast<unsigned>(change.table()) << table_shift));
    append_row_key(out, any);
    if (change.before) append_row_columns(out, *change.before);
    if (change.after) append_row_columns(out, *change.after);
}

template <class ReadRow>
void read_rows(RowChange& change, unsigned head, ReadRow read_row) {
    if (head & before_bit) change.before = read_row();
    if (head & after_bit) change.after = read_row();
}

RowChange read_change(Reader& in) {
    const unsigned head = in.byte();
    RowChange change{static_cast<Operation>(head & 0x03), std::nullopt, std::nullopt};
    if ((head & 0x03) == 0 || (head & (before_bit | after_bit)) == 0) in.fail();
    switch (head >> table_shift) {
        case static_cast<unsigned>(Table::product): {
            const auto id = in.id<ProductId>();
            read_rows(change, head, [&] { return read_product(in, id); });
            break;
        }
        case static_cast<unsigned>(Table::cart): {
            const auto user = UserId::trusted(std::string(in.text()));
            const auto cart = in.id<CartId>();
            read_rows(change, head, [&] { return CartRow{user, cart, in.byte() != 0}; });
            break;
        }
        case static_cast<unsigned>(Table::cart_items): {
            const auto user = UserId::trusted(std::string(in.text()));
            const auto cart = in.id<CartId>();
            const auto product = in.id<ProductId>();
            read_rows(change, head, [&] { return CartItemRow{user, cart, product, read_quantity(in)}; });
            break;
        }
        case static_cast<unsigned>(Table::orders): {
            const auto user = UserId::trusted(std::string(in.text()));
            read_rows(change, head, [&] { return read_order(in, user); });
            break;
        }
        default: in.fail();
    }
    return change;
}

void read_format(Reader& in) {
    if (in.byte() != format) in.fail();
}

Error unreadable() { return Error::internal("A stored value cannot be read"); }

template <class T>
Result<T> when_complete(const Reader& in, T value) {
    if (!in.complete()) return fail(unreadable());
    return value;
}

/// Of a value that begins with one.
Result<Time> decode_first_time(std::string_view bytes) {
    Reader in(bytes);
    read_format(in);
    const auto time = read_time(in);
    if (in.failed()) return fail(unreadable());
    return time;
}

}  // namespace

void encode(const Product& product, std::string& out) {
    append_byte(out, format);
    append_body(out, product);
}

Result<Product> decode_product(const ProductId& id, std::string_view bytes) {
    Reader in(bytes);
    read_format(in);
    auto product = read_product(in, id);
    return when_complete(in, std::move(product));
}

void encode(const CartState& state, std::string& out) {
    append_byte(out, format);
    append_number(out, state.version);
    append_byte(out, state.active ? 1 : 0);
    if (!state.active) return;
    append_id(out, state.active->id);
    append_number(out, state.active->lines.size());
    for (const auto& line : state.active->lines) {
        append_id(out, line.product_id);
        append_quantity(out, line.quantity);
    }
}

Result<CartState> decode_cart(std::string_view bytes) {
    Reader in(bytes);
    read_format(in);
    CartState state;
    state.version = in.number();
    if (in.byte() != 0) {
        auto& cart = state.active.emplace();
        cart.id = in.id<CartId>();
        const auto lines = in.count();
        cart.lines.reserve(lines + 1);  // a put may add one to the copy it works on
        for (std::size_t i = 0; i < lines && !in.failed(); ++i) {
            const auto product = in.id<ProductId>();
            cart.lines.push_back({product, read_quantity(in)});
        }
    }
    return when_complete(in, std::move(state));
}

void encode(const Order& order, std::string& out) {
    append_byte(out, format);
    append_body(out, order);
}

Result<Order> decode_order(const UserId& user, std::string_view bytes) {
    Reader in(bytes);
    read_format(in);
    auto order = read_order(in, user);
    return when_complete(in, std::move(order));
}

void encode(const Commit& commit, std::string& out) {
    append_byte(out, format);
    append_time(out, commit.time);
    append_number(out, commit.changes.size());
    for (const auto& change : commit.changes) append_change(out, change);
}

Result<Commit> decode_commit(Seq seq, std::string_view bytes) {
    Commit commit{};
    TRY_VOID(decode_commit(seq, bytes, commit));
    return commit;
}

Result<void> decode_commit(Seq seq, std::string_view bytes, Commit& commit) {
    Reader in(bytes);
    read_format(in);
    commit.seq = seq;
    commit.time = read_time(in);
    commit.mark = 0;
    commit.changes.clear();
    const auto changes = in.count();
    commit.changes.reserve(changes);
    for (std::size_t i = 0; i < changes && !in.failed(); ++i) commit.changes.push_back(read_change(in));
    if (!in.complete()) return fail(unreadable());
    return {};
}

Result<Time> decode_commit_time(std::string_view bytes) { return decode_first_time(bytes); }

void encode(const KeptAnswer& kept, std::string& out) {
    append_byte(out, format);
    append_time(out, kept.kept_at);
    append_number(out, kept.fingerprint);
    append_number(out, kept.version);
    if (!kept.answer) {
        append_byte(out, static_cast<std::uint8_t>(kept.answer.error().code));
        append_text(out, kept.answer.error().message);
        return;
    }
    append_byte(out, 0);
    append_byte(out, *kept.answer ? 1 : 0);
    if (*kept.answer) append_body(out, **kept.answer);
}

Result<KeptAnswer> decode_kept_answer(const UserId& user, std::string_view bytes) {
    Reader in(bytes);
    read_format(in);
    KeptAnswer kept;
    kept.kept_at = read_time(in);
    kept.fingerprint = in.number();
    kept.version = in.number();
    const auto code = in.byte();
    if (code > static_cast<std::uint8_t>(ErrorCode::internal)) in.fail();
    if (code != 0) kept.answer = fail(Error{static_cast<ErrorCode>(code), std::string(in.text()), {}});
    else if (in.byte() != 0) kept.answer = read_order(in, user);
    return when_complete(in, std::move(kept));
}

Result<Time> decode_kept_at(std::string_view bytes) { return decode_first_time(bytes); }

}  // namespace cartwheel::store
