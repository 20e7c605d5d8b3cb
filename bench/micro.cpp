// Single steps of a request, each alone and on one thread: reading a head, JSON in and out, a rule about carts, stored values.
// They tell where an instruction count comes from; what a client sees is measured by run.py.

#include <benchmark/benchmark.h>

#include <string>
#include <string_view>
#include <utility>

#include "cartwheel/api/wire.h"
#include "cartwheel/base/time.h"
#include "cartwheel/domain/cart.h"
#include "cartwheel/http/request_parser.h"
#include "cartwheel/reflect/codec.h"
#include "cartwheel/reflect/json.h"
#include "cartwheel/store/codec.h"

namespace cartwheel {
namespace {

constexpr std::string_view product_json =
    R"({"id":"f2ccbc1e-f4a5-4376-8475-277504b03c53","img":"https://example.com/image.jpg","name":"Product 516955a5","price":79.61})";
constexpr std::string_view item_json = R"({"product_id":"f2ccbc1e-f4a5-4376-8475-277504b03c53","quantity":3})";

domain::UserId some_user() { return domain::UserId::trusted("6773b120-8499-4196-9df8-2c4a60b6f1ac"); }

domain::Product some_product() {
    return {domain::ProductId::random(), "Product 516955a5", Money::from_minor(7961), "https://example.com/image.jpg"};
}

domain::Quantity quantity(std::int64_t count) { return domain::Quantity::parse(count).value(); }

/// A user's cart of so many lines, made as a user makes it.
domain::CartState cart_of(int lines) {
    domain::CartState state;
    for (int i = 0; i < lines; ++i) {
        state.active =
            domain::put_item(some_user(), state, domain::ProductId::random(), quantity(i + 1), domain::CartId::random()).value().active;
        ++state.version;
    }
    return state;
}

/// The commit that a put into such a cart makes.
domain::Commit put_commit() {
    const auto state = cart_of(5);
    const auto product = state.active->lines[2].product_id;
    return {17, SystemClock().now(),
            domain::put_item(some_user(), state, product, quantity(1000), domain::CartId::random()).value().changes};
}

void read_head(benchmark::State& run, std::string_view head) {
    for (auto _ : run) {
        http::HeadScanner scanner;
        if (scanner.scan(head) != http::HeadScanner::State::complete) return run.SkipWithError("not a whole head");
        http::Request request;
        http::RequestParser parser(request);
        if (parser.read_head(head.substr(0, scanner.head_bytes())) != 0) return run.SkipWithError("refused");
        benchmark::DoNotOptimize(request);
    }
}

void read_small_head(benchmark::State& run) {
    read_head(run, "GET /products/f2ccbc1e-f4a5-4376-8475-277504b03c53 HTTP/1.1\r\nHost: localhost\r\n\r\n");
}
BENCHMARK(read_small_head);

void read_browser_head(benchmark::State& run) {
    read_head(run,
              "POST /cart/6773b120-8499-4196-9df8-2c4a60b6f1ac HTTP/1.1\r\nHost: shop.example.com\r\nConnection: keep-alive\r\n"
              "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\nAccept: application/json\r\n"
              "Accept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nContent-Type: application/json\r\n"
              "Content-Length: 68\r\nOrigin: https://shop.example.com\r\nReferer: https://shop.example.com/products\r\n\r\n");
}
BENCHMARK(read_browser_head);

template <class T>
void read_json(benchmark::State& run, std::string_view text) {
    const reflect::Where body("body");
    for (auto _ : run) {
        const auto document = reflect::JsonDocument::parse(text);
        if (!document) return run.SkipWithError("not JSON");
        reflect::Problems problems;
        auto value = reflect::Codec<T>::read(document->root(), body, problems);
        if (!value) return run.SkipWithError("not such a value");
        benchmark::DoNotOptimize(value);
    }
}

void read_cart_item_json(benchmark::State& run) { read_json<api::CartItem>(run, item_json); }
BENCHMARK(read_cart_item_json);

void read_product_json(benchmark::State& run) { read_json<api::Product>(run, product_json); }
BENCHMARK(read_product_json);

template <class T>
void write_json(benchmark::State& run, const T& value) {
    std::string out;
    for (auto _ : run) {
        out.clear();
        reflect::Codec<T>::write(out, value);
        benchmark::DoNotOptimize(out.data());
    }
    run.SetBytesProcessed(run.iterations() * static_cast<std::int64_t>(out.size()));
}

void write_cart_item_json(benchmark::State& run) { write_json(run, api::CartItem{domain::ProductId::random(), quantity(3)}); }
BENCHMARK(write_cart_item_json);

void write_product_json(benchmark::State& run) { write_json(run, api::view(some_product())); }
BENCHMARK(write_product_json);

void write_cart_json(benchmark::State& run) { write_json(run, api::CartLines{some_user(), *cart_of(5).active}); }
BENCHMARK(write_cart_json);

void put_item_again(benchmark::State& run) {
    const auto state = cart_of(static_cast<int>(run.range(0)));
    const auto product = state.active->lines[state.active->lines.size() / 2].product_id;
    for (auto _ : run) benchmark::DoNotOptimize(domain::put_item(some_user(), state, product, quantity(1000), domain::CartId{}));
}
BENCHMARK(put_item_again)->Arg(1)->Arg(5)->Arg(50);

template <class T>
void encode_value(benchmark::State& run, const T& value) {
    std::string out;
    for (auto _ : run) {
        out.clear();
        store::encode(value, out);
        benchmark::DoNotOptimize(out.data());
    }
    run.SetBytesProcessed(run.iterations() * static_cast<std::int64_t>(out.size()));
}

template <class T, class Decode>
void decode_value(benchmark::State& run, const T& value, Decode decode) {
    std::string bytes;
    store::encode(value, bytes);
    for (auto _ : run) {
        auto back = decode(std::string_view(bytes));
        if (!back) return run.SkipWithError("not read back");
        benchmark::DoNotOptimize(back);
    }
    run.SetBytesProcessed(run.iterations() * static_cast<std::int64_t>(bytes.size()));
}

void encode_product(benchmark::State& run) { encode_value(run, some_product()); }
BENCHMARK(encode_product);

void decode_product(benchmark::State& run) {
    const auto product = some_product();
    decode_value(run, product, [&](std::string_view bytes) { return store::decode_product(product.id, bytes); });
}
BENCHMARK(decode_product);

void encode_cart(benchmark::State& run) { encode_value(run, cart_of(5)); }
BENCHMARK(encode_cart);

void decode_cart(benchmark::State& run) {
    decode_value(run, cart_of(5), [](std::string_view bytes) { return store::decode_cart(bytes); });
}
BENCHMARK(decode_cart);

void encode_commit(benchmark::State& run) { encode_value(run, put_commit()); }
BENCHMARK(encode_commit);

void decode_commit(benchmark::State& run) {
    decode_value(run, put_commit(), [](std::string_view bytes) { return store::decode_commit(17, bytes); });
}
BENCHMARK(decode_commit);

}  // namespace
}  // namespace cartwheel
