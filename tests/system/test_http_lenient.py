"""What looks odd and is HTTP all the same is taken, and the connection stays in step."""
import pytest

from messages import CHUNKED, GET, JSON, POST, PRODUCT, SIZE, chunks, coded, field, sized
from wire import Wire, request

HALF = len(PRODUCT) // 2
TWO_CHUNKS = b"%x\r\n%s\r\n%x\r\n%s\r\n" % (HALF, PRODUCT[:HALF], len(PRODUCT) - HALF, PRODUCT[HALF:])


def first_chunk(size_line, tail=b"0\r\n\r\n"):
    return chunks(size_line + b"\r\n" + PRODUCT + b"\r\n" + tail)


HEX = b"%x" % len(PRODUCT)

TAKEN = {
    "a tab inside a value": field(b"X-Field: a\tb"),
    "no space after the colon": field(b"X-Field:a"),
    "white space around a value": field(b"X-Field: \t a \t "),
    "an empty value": field(b"X-Field:"),
    "a value of quotes and colons": field(b'X-Field: "a:b", <c>; d={e}'),
    "every token character in a name": field(b"!#$%&'*+-.^_`|~09AZaz: y"),
    "the same field twice": field(b"X-Field: a\r\nX-Field: b"),
    "Host in another case": request(GET, b"HOST: x", host=None),
    "Host with a port": request(GET, host=b"example.com:8000"),
    "Host an IPv4 address": request(GET, host=b"127.0.0.1:8000"),
    "Host an IPv6 address": request(GET, host=b"[::1]:8000"),
    "Host an IPv6 address without a port": request(GET, host=b"[2001:db8::1]"),
    "Host after the other fields": request(GET, b"X-Field: a", b"Host: x", host=None),
    "a target in absolute form": request(b"GET http://x/health/live HTTP/1.1"),
    "a target in absolute form with a port": request(b"GET http://x:8000/health/live HTTP/1.1", host=b"x:8000"),
    "a target in absolute form, scheme in capitals": request(b"GET HTTP://x/health/live HTTP/1.1"),
    "an empty query": request(b"GET /health/live? HTTP/1.1"),
    "a query of slashes and question marks": request(b"GET /health/live?/a?b=/c?d HTTP/1.1"),
    "an encoded letter in the path": request(b"GET /he%61lth/liv%65 HTTP/1.1"),
    "GET with a body": request(GET, b"Content-Length: 5", body=b"hello"),
    "GET with a body in chunks": request(GET, CHUNKED, body=b"5\r\nhello\r\n0\r\n\r\n"),
    "GET with a body that looks like a request": request(GET, b"Content-Length: 27", body=b"GET /smuggled HTTP/1.1\r\n\r\n\r\n"[:27]),
    "GET with length 0": request(GET, b"Content-Length: 0"),
    "a length with zeros before": sized(b" 000%d" % len(PRODUCT)),
    "a length with white space around": sized(b" \t %d \t " % len(PRODUCT)),
    "one chunk": coded(CHUNKED),
    "two chunks": chunks(TWO_CHUNKS + b"0\r\n\r\n"),
    "a byte a chunk": chunks(b"".join(b"1\r\n%c\r\n" % byte for byte in PRODUCT) + b"0\r\n\r\n"),
    "a chunk size in capitals": first_chunk(HEX.upper()),
    "zeros before a chunk size": first_chunk(b"000" + HEX),
    "many zeros for the last chunk": first_chunk(HEX, b"0000\r\n\r\n"),
    "a chunk extension": first_chunk(HEX + b";a=b"),
    "a chunk extension without a value": first_chunk(HEX + b";a"),
    "a quoted chunk extension": first_chunk(HEX + b';a="b;c"'),
    "two chunk extensions": first_chunk(HEX + b";a=b;c=d"),
    "an extension of the last chunk": first_chunk(HEX, b"0;a=b\r\n\r\n"),
    "a trailer": first_chunk(HEX, b"0\r\nX-Field: y\r\n\r\n"),
    "a Range": request(GET, b"Range: bytes=0-0"),
    "very many Ranges": request(GET, b"Range: bytes=" + b",".join(b"%d-" % n for n in range(500))),
    "an Accept of nonsense": request(GET, b"Accept: ;;q=,,/"),
    "a date of nonsense": request(GET, b"If-Modified-Since: yesterday"),
    "cookies": request(GET, b"Cookie: a=b; c", b"Cookie: " + b"x" * 2000),
    "chunked in capitals": coded(b"Transfer-Encoding: CHUNKED"),
    "chunked after a tab": coded(b"Transfer-Encoding:\tchunked"),
    "chunked with white space behind": coded(b"Transfer-Encoding: chunked \t"),
    "a field that only resembles Transfer-Encoding": coded(b"Transfer_Encoding: chunked", SIZE, body=PRODUCT),
    "a field that only resembles Content-Length": coded(b"Content_Length: 1", SIZE, body=PRODUCT),
    "Connection with unknown options": field(b"Connection: te, x-field"),
    "an Upgrade that is not taken up": request(GET, b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABk"),
    "an Upgrade to WebSocket": request(GET, b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13"),
}

# Where the RFC lets a server choose: either answer is right, but it must be whole and the connection in step or closed.
EITHER = {
    "the same length twice": (request(POST, JSON, SIZE, SIZE, body=PRODUCT), {200, 400}),
    "an empty line before the request": (b"\r\n" + request(GET), {200, 400}),
    "letters outside ASCII in a value": (field(b"X-Field: caf\xe9"), {200, 400}),
    "a letter outside ASCII in the target": (request(b"GET /health/liv\xe9 HTTP/1.1"), {400, 404}),
    "a fragment in the target": (request(b"GET /health/live#top HTTP/1.1"), {400, 404}),
    "a backslash in the target": (request(b"GET /health\\live HTTP/1.1"), {400, 404}),
    "an angle bracket in the target": (request(b"GET /health/<live> HTTP/1.1"), {400, 404}),
    "dots that climb": (request(b"GET /docs/../../../etc/passwd HTTP/1.1"), {400, 404}),
    "encoded dots that climb": (request(b"GET /docs/%2e%2e/%2e%2e/etc/passwd HTTP/1.1"), {400, 404}),
    "an asterisk with GET": (request(b"GET * HTTP/1.1"), {400, 404}),
    "an asterisk with OPTIONS": (request(b"OPTIONS * HTTP/1.1"), {200, 204, 400, 404, 405}),
    "CONNECT": (request(b"CONNECT x:80 HTTP/1.1"), {400, 404, 405, 501}),
    "TRACE": (request(b"TRACE /health/live HTTP/1.1"), {405, 501}),
    "a method in lower case": (request(b"get /health/live HTTP/1.1"), {400, 405, 501}),
    "an unknown method": (request(b"BREW /health/live HTTP/1.1"), {400, 405, 501}),
    "a very long method": (request(b"A" * 1000 + b" /health/live HTTP/1.1"), {400, 405, 431, 501}),
    "two empty lines before the request": (b"\r\n\r\n" + request(GET), {200, 400}),
    "OPTIONS with a body": (request(b"OPTIONS /products HTTP/1.1", b"Content-Length: 5", body=b"hello"), {200, 204, 405}),
    "TRACE with a body": (request(b"TRACE /products HTTP/1.1", b"Content-Length: 5", body=b"hello"), {400, 405, 501}),
    "POST with neither length nor chunks": (request(b"POST /cart/u/checkout HTTP/1.1"), {404}),
    "two content types": (request(POST, JSON, b"Content-Type: text/plain", SIZE, body=PRODUCT), {200, 400, 422}),
    "a broken escape in the path": (request(b"GET /products/%zz HTTP/1.1"), {400, 404, 422}),
    "an overlong slash in the path": (request(b"GET /products/..%c0%af.. HTTP/1.1"), {400, 404, 422}),
    "an encoded NUL in the path": (request(b"GET /%00 HTTP/1.1"), {400, 404}),
    "encoded line ends in the path": (request(b"GET /nope%0d%0aX-Injected:%20y HTTP/1.1"), {400, 404}),
    "encoded line ends before a slash too many": (request(b"GET /cart/a%0d%0aX-Injected:%20y/ HTTP/1.1"), {307, 400, 404, 422}),
    "HTTP/1.2": (request(b"GET /health/live HTTP/1.2"), {200, 400, 505}),
    "Host with an empty port": (request(GET, host=b"x:"), {200, 400}),
    "an authority that differs from Host": (request(b"GET http://y/health/live HTTP/1.1"), {200, 400}),
    "a user in the target": (request(b"GET http://user@x/health/live HTTP/1.1"), {200, 400}),
    "another scheme in the target": (request(b"GET ftp://x/health/live HTTP/1.1"), {200, 400, 404}),
    "a trailer that would change the framing": (first_chunk(HEX, b"0\r\nContent-Length: 5\r\n\r\n"), {200, 400}),
    "a trailer that would chunk the framing": (first_chunk(HEX, b"0\r\nTransfer-Encoding: chunked\r\n\r\n"), {200, 400}),
    "a trailer that would close the connection": (first_chunk(HEX, b"0\r\nConnection: close\r\n\r\n"), {200, 400}),
    "white space after a chunk size": (first_chunk(HEX + b" "), {200, 400}),
    "an unknown expectation": (request(GET, b"Expect: tea"), {200, 417}),
}


@pytest.mark.parametrize("sent", [pytest.param(sent, id=name) for name, sent in TAKEN.items()])
def test_is_taken_and_the_connection_kept(server, sent):
    with Wire(server) as wire:
        answer = wire.ask(sent)
        assert answer.status == 200, answer
        wire.expect_kept()


@pytest.mark.parametrize("sent, statuses", [pytest.param(*case, id=name) for name, case in EITHER.items()])
def test_is_answered_one_way_or_the_other(server, sent, statuses):
    with Wire(server) as wire:
        answer = wire.ask(sent)
        assert answer.status in statuses and not answer.all("x-injected"), answer
        if answer.closes:
            wire.expect_closed()
        else:
            wire.expect_kept()
