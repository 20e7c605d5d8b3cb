"""How answers travel: kept and closed connections, pipelining, HEAD, 405, 307, 100-continue, the headers of every answer."""
import uuid

import pytest

from client import new_user
from messages import CHUNKED, GET as LIVE, JSON, PRODUCT, PRODUCT_ID, SIZE, line
from wire import Wire, request

ID = PRODUCT_ID.encode()

METHODS = {
    "/": {"GET"},
    "/products": {"GET", "POST"},
    f"/products/{PRODUCT_ID}": {"GET", "PUT", "DELETE"},
    "/cart/u": {"GET", "POST", "DELETE"},
    "/cart/u/checkout": {"POST"},
    f"/cart/u/items/{PRODUCT_ID}": {"PUT", "DELETE"},
    "/orders/u": {"GET"},
    f"/orders/u/{PRODUCT_ID}": {"GET"},
    "/info": {"GET"},
    "/metrics": {"GET"},
    "/health/live": {"GET"},
    "/health/ready": {"GET"},
    "/docs": {"GET"},
    "/shop": {"GET"},
    "/dashboard": {"GET"},
    "/redoc": {"GET"},
    "/openapi.json": {"GET"},
}


@pytest.mark.parametrize("method, path", [
    (method, path) for path in METHODS for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS") if method not in METHODS[path]])
def test_405_names_every_method_of_the_path(server, method, path):
    with Wire(server) as wire:
        answer = wire.ask(request(line(method, path)))
        assert (answer.status, answer.json) == (405, {"detail": "Method Not Allowed"})
        allowed = {name.strip() for name in answer.header("allow").split(",")}
        assert METHODS[path] <= allowed <= METHODS[path] | {"HEAD", "OPTIONS"}, answer.header("allow")
        wire.expect_kept()


@pytest.mark.parametrize("path", ["/nope", "/product", "/products/a/b", "/cart", "/cart/u/items", "/cart/u/checkout/x", "/orders", "/health",
                                  "/PRODUCTS", "/openapi", "/favicon.nope"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_path_is_404(server, method, path):
    with Wire(server) as wire:
        answer = wire.ask(request(line(method, path)))
        assert (answer.status, answer.json) == (404, {"detail": "Not Found"})
        wire.expect_kept()


@pytest.mark.parametrize("path", ["/", "/products?limit=2", f"/products/{PRODUCT_ID}", "/cart/head", "/orders/head", "/docs", "/redoc", "/openapi.json",
                                  "/health/live", "/health/ready", "/nope", "/products/notauuid", "/cart/nobody-at-all", "/products/?a=b"])
def test_head_is_get_without_the_body(server, path):
    with Wire(server) as wire:
        wire.ask(request(line("POST", "/products"), JSON, SIZE, body=PRODUCT))
        wire.ask(request(line("POST", "/cart/head"), JSON, b"Content-Length: 54", body=b'{"product_id": "%s"}' % ID))
        get = wire.ask(request(line("GET", path)))
        head = wire.ask(request(line("HEAD", path)), to="HEAD")
        assert head.status == get.status
        for name in ("content-type", "content-length", "transfer-encoding", "etag", "location", "link"):
            assert head.header(name) == get.header(name), name
        wire.expect_kept()


@pytest.mark.parametrize("path", ["/products/export", "/metrics"])
def test_head_of_a_stream_has_no_body_either(server, path):
    with Wire(server) as wire:
        assert wire.ask(request(line("HEAD", path)), to="HEAD").status == 200
        wire.expect_kept()


def test_head_is_not_served_where_get_is_not(server):
    with Wire(server) as wire:
        answer = wire.ask(request(line("HEAD", "/cart/u/checkout")), to="HEAD")
        assert (answer.status, answer.header("allow").split(",")[0]) == (405, "POST")
        wire.expect_kept()


@pytest.mark.parametrize("asked, location", [
    ("/products/", "/products"),
    ("/products/?limit=3&q=a%20b&x=%2F", "/products?limit=3&q=a%20b&x=%2F"),
    ("/products/?", None),
    (f"/products/{PRODUCT_ID}/", f"/products/{PRODUCT_ID}"),
    ("/cart/a%20b%E2%82%AC/", "/cart/a%20b%E2%82%AC"),
    ("/cart/u/checkout/", "/cart/u/checkout"),
    ("/orders/u/?limit=1", "/orders/u?limit=1"),
    ("/docs/", "/docs"),
    ("/health/live/", "/health/live"),
])
@pytest.mark.parametrize("host", ["127.0.0.1:8000", "shop.example.com", "[::1]:81"])
def test_a_slash_too_many_is_307_to_an_absolute_place(server, asked, location, host):
    method = "POST" if "checkout" in asked else "GET"
    with Wire(server) as wire:
        answer = wire.ask(request(line(method, asked), host=host.encode()))
        assert answer.status == 307
        places = [location] if location else ["/products", "/products?"]
        assert answer.header("location") in [f"http://{host}{place}" for place in places]
        wire.expect_kept()


@pytest.mark.parametrize("path", ["/nope/", "/cart/", "/orders/", "/health/"])
def test_a_slash_leads_nowhere_when_the_other_path_does_not_exist(server, path):
    with Wire(server) as wire:
        assert wire.ask(request(line("GET", path))).status == 404
        wire.expect_kept()


@pytest.mark.parametrize("path", ["//evil.example/products/", "//evil.example/%2e%2e/products/", "/\\evil.example/", "http://evil.example/products/"])
def test_a_redirect_never_leaves_for_a_host_that_the_path_names(server, path):
    with Wire(server) as wire:
        answer = wire.ask(request(line("GET", path), host=b"shop.example.com"))
        assert answer.status in (307, 400, 404)
        if answer.status == 307 and not path.startswith("http:"):
            assert answer.header("location").startswith("http://shop.example.com/"), answer
        # With an absolute target its own authority counts as Host (RFC 9112, 3.2.2), so only the path may not choose.


@pytest.mark.parametrize("fields, version, kept", [
    ([], "HTTP/1.1", True),
    ([b"Connection: keep-alive"], "HTTP/1.1", True),
    ([b"Connection: close"], "HTTP/1.1", False),
    ([b"Connection: CLOSE"], "HTTP/1.1", False),
    ([b"connection:close"], "HTTP/1.1", False),
    ([b"Connection: keep-alive, close"], "HTTP/1.1", False),
    ([b"Connection: x, close, y"], "HTTP/1.1", False),
    ([b"Connection: x", b"Connection: close"], "HTTP/1.1", False),
    ([b"Connection: closed"], "HTTP/1.1", True),
    ([], "HTTP/1.0", False),
    ([b"Connection: close"], "HTTP/1.0", False),
    ([b"Connection: keep-alive"], "HTTP/1.0", True),
    ([b"Connection: Keep-Alive"], "HTTP/1.0", True),
])
def test_the_connection_is_kept_or_closed_as_asked(server, fields, version, kept):
    with Wire(server) as wire:
        answer = wire.ask(request(line("GET", "/health/live", version), *fields))
        assert answer.status == 200
        assert answer.closes == (not kept) or version == "HTTP/1.0", answer
        if kept and version == "HTTP/1.0":
            assert (answer.header("connection") or "").lower() == "keep-alive", answer
        wire.expect_kept() if kept else wire.expect_closed()


def test_http_1_0_needs_no_host(server):
    with Wire(server) as wire:
        assert wire.ask(request(line("GET", "/products?limit=1", "HTTP/1.0"), host=None)).status == 200
        wire.expect_closed()


def test_http_1_0_gets_no_chunks(server):
    with Wire(server) as wire:
        answer = wire.send(request(line("GET", "/products/export", "HTTP/1.0"))).answer_to_old_client()
        assert answer.status == 200 and answer.body.startswith(b"id,img,name,price")


def test_requests_after_close_are_not_answered(server):
    with Wire(server) as wire:
        wire.send(request(LIVE, b"Connection: close") + request(LIVE)).answer()
        wire.expect_closed()


def test_many_requests_in_one_segment_are_answered_in_order(server):
    user = new_user().encode()
    put = b'{"product_id":"%s","quantity":%d}'
    requests, methods = [request(line("PUT", f"/products/{PRODUCT_ID}"), JSON, SIZE, body=PRODUCT)], ["PUT"]
    for number in range(1, 21):
        body = put % (ID, number)
        requests += [request(b"POST /cart/%s HTTP/1.1" % user, JSON, b"Content-Length: %d" % len(body), b"X-Request-Id: put-%d" % number, body=body),
                     request(b"GET /cart/%s HTTP/1.1" % user, b"X-Request-Id: get-%d" % number),
                     request(b"HEAD /cart/%s HTTP/1.1" % user),
                     request(b"GET /nope HTTP/1.1", CHUNKED, body=b"3\r\nabc\r\n0\r\n\r\n")]
        methods += ["POST", "GET", "HEAD", "GET"]
    with Wire(server) as wire:
        wire.send(b"".join(requests))
        answers = [wire.answer(to=method) for method in methods]
        wire.expect_kept()
    for number in range(1, 21):
        put_answer, got, head, nope = answers[4 * number - 3:4 * number + 1]
        assert (put_answer.status, put_answer.header("x-request-id")) == (200, f"put-{number}")
        assert (got.status, got.header("x-request-id")) == (200, f"get-{number}")
        assert got.json[0]["product_quantity"] == number
        assert (head.status, nope.status) == (200, 404)


def test_a_client_that_sends_all_and_closes_its_side_gets_every_answer(server):
    with Wire(server) as wire:
        wire.send(request(LIVE) * 50).finish_sending()
        assert [wire.answer().status for _ in range(50)] == [200] * 50
        wire.expect_closed()


def test_a_refused_request_ends_the_pipeline_after_the_answers_before_it(server):
    with Wire(server) as wire:
        wire.send(request(LIVE) * 3 + request(LIVE, b"X-Field : y") + request(LIVE))
        assert [wire.answer().status for _ in range(4)] == [200, 200, 200, 400]
        wire.expect_closed()


WHOLE = request(b"POST /products HTTP/1.1", JSON, CHUNKED, b"X-Request-Id: split", body=b"%x;a=b\r\n%s\r\n0\r\nX-Trailer: y\r\n\r\n" % (len(PRODUCT), PRODUCT))


def test_a_request_may_arrive_byte_by_byte(server):
    with Wire(server) as wire:
        for sent in (WHOLE, request(b"POST /products HTTP/1.1", JSON, SIZE, body=PRODUCT), request(LIVE)):
            for byte in sent:
                wire.send(bytes([byte]))
            assert wire.answer().status == 200
        wire.expect_kept()


def test_a_request_may_be_cut_anywhere(server):
    with Wire(server) as wire:
        for cut in range(1, len(WHOLE)):
            # The whole request before and the first part of the next one arrive as one segment: the usual way to lose bytes.
            wire.send(WHOLE + WHOLE[:cut])
            assert wire.answer().status == 200
            wire.send(WHOLE[cut:])
            assert wire.answer().status == 200
        wire.expect_kept()


def test_a_request_cut_short_is_not_served(server):
    user = new_user().encode()
    sent = request(b"POST /cart/%s HTTP/1.1" % user, JSON, b"Content-Length: 100", body=b'{"product_id":"%s"}' % ID)
    with Wire(server) as wire:
        wire.ask(request(line("POST", "/products"), JSON, SIZE, body=PRODUCT))
        wire.send(sent).finish_sending()
        rest = wire.read_to_end()
        assert rest == b"" or rest.startswith(b"HTTP/1.1 400 "), rest
    with Wire(server) as wire:
        assert wire.ask(request(b"GET /cart/%s HTTP/1.1" % user)).status == 404


def test_expect_100_continue_is_answered_before_the_body(server):
    with Wire(server) as wire:
        wire.send(request(line("POST", "/products"), JSON, SIZE, b"Expect: 100-continue"))
        assert wire.interim() == 100
        assert wire.ask(PRODUCT).status == 200
        wire.send(request(line("POST", "/products"), JSON, CHUNKED, b"Expect: 100-Continue"))
        assert wire.interim() == 100
        assert wire.ask(b"%x\r\n%s\r\n0\r\n\r\n" % (len(PRODUCT), PRODUCT)).status == 200
        wire.expect_kept()


def test_expect_without_a_body_is_no_reason_to_wait(server):
    with Wire(server) as wire:
        wire.send(request(LIVE, b"Expect: 100-continue"))
        assert wire.answer_after_any_interim().status == 200
        wire.expect_kept()


def test_expect_from_http_1_0_is_ignored(server):
    with Wire(server) as wire:
        wire.send(request(line("POST", "/products", "HTTP/1.0"), JSON, SIZE, b"Expect: 100-continue", body=PRODUCT))
        assert wire.answer().status == 200
        wire.expect_closed()


def test_a_body_too_large_is_refused_instead_of_continued(server):
    with Wire(server) as wire:
        answer = wire.ask(request(line("POST", "/products"), JSON, b"Content-Length: 1048577", b"Expect: 100-continue"))
        assert answer.status == 413
        wire.expect_closed()


@pytest.mark.parametrize("value", [b"a", b"0123", b"!~", b"a" * 128, b"{x}:\"y\",<z>"])
def test_the_clients_request_id_comes_back(server, value):
    with Wire(server) as wire:
        for sent in (request(LIVE, b"X-Request-Id: " + value), request(b"GET /nope HTTP/1.1", b"X-Request-ID: " + value),
                     request(b"GET /products/x HTTP/1.1", b"x-request-id:" + value)):
            assert wire.ask(sent).header("x-request-id") == value.decode()


@pytest.mark.parametrize("value", [b"", b"a" * 129, b"a b", b"a\tb", b"caf\xc3\xa9"])
def test_an_unfit_request_id_is_replaced(server, value):
    with Wire(server) as wire:
        answer = wire.ask(request(LIVE, b"X-Request-Id: " + value))
        # Letters outside ASCII may also be refused as a whole.
        assert answer.status == 200 or value.startswith(b"caf")
        assert answer.header("x-request-id").encode() != value


def test_request_ids_differ(server):
    with Wire(server) as wire:
        ids = [wire.ask(request(LIVE)).header("x-request-id") for _ in range(100)]
    assert len(set(ids)) == 100


def test_errors_are_json_of_one_shape(server):
    with Wire(server) as wire:
        for sent, status in [(request(b"GET /nope HTTP/1.1"), 404), (request(b"GET /products/" + str(uuid.uuid4()).encode() + b" HTTP/1.1"), 404),
                             (request(b"PATCH /products HTTP/1.1"), 405), (request(b"GET /products?limit=x HTTP/1.1"), 422),
                             (request(LIVE, host=b"a b"), 400)]:
            answer = wire.ask(sent)
            assert (answer.status, list(answer.json)) == (status, ["detail"])
            assert answer.header("content-type") == "application/json"
            assert b'": ' not in answer.body and b', "' not in answer.body, f"not compact: {answer.body}"


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
@pytest.mark.parametrize("method, path", [("POST", "/cart/u/checkout"), ("POST", "/products/import"), ("DELETE", f"/products/{PRODUCT_ID}"), ("POST", "/nope")])
def test_a_page_of_another_site_changes_nothing(server, method, path, site):
    with Wire(server) as wire:
        answer = wire.ask(request(line(method, path), b"Sec-Fetch-Site: " + site.encode(), b"Content-Length: 0"))
        assert (answer.status, answer.json) == (403, {"detail": "A page of another site may not change anything here"})


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_pages_of_this_server_and_typed_addresses_may_write(server, site):
    with Wire(server) as wire:
        answer = wire.ask(request(line("POST", "/cart/nobody-has-one/checkout"), b"Sec-Fetch-Site: " + site.encode(), b"Content-Length: 0"))
        assert answer.status == 404


def test_a_page_of_another_site_may_read(server):
    with Wire(server) as wire:
        assert wire.ask(request(line("GET", "/products"), b"Sec-Fetch-Site: cross-site")).status == 200
