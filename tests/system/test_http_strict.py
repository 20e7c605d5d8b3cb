"""What is not HTTP is refused, and never understood in two ways (RFC 9110, RFC 9112).

Each case is bytes, the statuses that may come, and what becomes of the connection. A refused request is followed on the wire
by a second one that must never be answered: a server and a proxy before it that disagree on where a request ends is how
requests are smuggled.
"""
import pytest

from messages import CHUNKED, GET, JSON, POST, PRODUCT, SIZE, IN_CHUNKS, chunks, coded, field, sized
from wire import Wire, request

SMUGGLED = request(b"GET /smuggled HTTP/1.1")

REFUSED = {
    # The request line
    "no version (HTTP/0.9)": b"GET /health/live\r\n\r\n",
    "version without number": b"GET /health/live HTTP\r\nHost: x\r\n\r\n",
    "version in lower case": request(b"GET /health/live http/1.1"),
    "version with two digits": request(b"GET /health/live HTTP/1.11"),
    "version without a minor number": request(b"GET /health/live HTTP/1"),
    "version that ends in a point": request(b"GET /health/live HTTP/1."),
    "version with a zero before": request(b"GET /health/live HTTP/01.1"),
    "version with a sign": request(b"GET /health/live HTTP/+1.1"),
    "version with a comma": request(b"GET /health/live HTTP/1,1"),
    "version with a space inside": request(b"GET /health/live HTTP/ 1.1"),
    "version before the target": request(b"HTTP/1.1 GET /health/live"),
    "an answer instead of a request": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "only white space": b"   \r\n\r\n",
    "another protocol": request(b"GET /health/live ICY/1.1"),
    "no target": request(b"GET HTTP/1.1"),
    "no method": request(b" /health/live HTTP/1.1"),
    "two spaces before the target": request(b"GET  /health/live HTTP/1.1"),
    "two spaces before the version": request(b"GET /health/live  HTTP/1.1"),
    "a space after the version": request(b"GET /health/live HTTP/1.1 "),
    "a tab instead of a space": request(b"GET\t/health/live\tHTTP/1.1"),
    "a method that is no token": request(b"G(T /health/live HTTP/1.1"),
    "a method with a control character": request(b"GE\x01T /health/live HTTP/1.1"),
    "a space in the target": request(b"GET /health/ live HTTP/1.1"),
    "NUL in the target": request(b"GET /health/\x00live HTTP/1.1"),
    "a control character in the target": request(b"GET /health/\x1flive HTTP/1.1"),
    "DEL in the target": request(b"GET /health/\x7flive HTTP/1.1"),
    "bare CR in the target": request(b"GET /health/\rlive HTTP/1.1"),
    "a target without its slash": request(b"GET health/live HTTP/1.1"),
    "bare CR after the request line": b"GET /health/live HTTP/1.1\rHost: x\r\n\r\n",
    "bare LF after the request line": b"GET /health/live HTTP/1.1\nHost: x\r\n\r\n",
    "white space before the first field": b"GET /health/live HTTP/1.1\r\n Host: x\r\n\r\n",
    "binary noise": bytes(range(128, 256)) + b"\r\n\r\n",
    "a TLS hello": bytes.fromhex("16030100a5010000a10303") + b"\x00" * 40 + b"\r\n\r\n",
    # Header fields
    "a space before the colon": field(b"X-Field : y"),
    "a tab before the colon": field(b"X-Field\t: y"),
    "a space before Host's colon": request(GET, b"Host : x", host=None),
    "a space before Content-Length's colon": request(POST, JSON, b"Content-Length : 4", body=b"GET "),
    "a space before Transfer-Encoding's colon": coded(b"Transfer-Encoding : chunked"),
    "a space in a name": field(b"X Field: y"),
    "an empty name": field(b": y"),
    "no colon": field(b"X-Field"),
    "only a colon": field(b":"),
    "a field that begins with a space, after another": field(b"X-Field: y\r\n  X-Other: z"),
    "a name with a bracket": field(b"X(Field: y"),
    "a name with a letter outside ASCII": field(b"X-F\xe9ld: y"),
    "NUL in a name": field(b"X-\x00Field: y"),
    "a control character in a name": field(b"X-\x01Field: y"),
    "NUL in a value": field(b"X-Field: a\x00b"),
    "a control character in a value": field(b"X-Field: a\x01b"),
    "ESC in a value": field(b"X-Field: a\x1bb"),
    "vertical tab in a value": field(b"X-Field: a\x0bb"),
    "DEL in a value": field(b"X-Field: a\x7fb"),
    "a control character at the end of a value": field(b"X-Field: a\x02"),
    "NUL at the start of a value": field(b"X-Field: \x00a"),
    "bare CR in a value": field(b"X-Field: a\rb"),
    "bare CR at the end of a value": field(b"X-Field: a\r\r\nX-Other: y"),
    "bare LF in a value": field(b"X-Field: a\nb: c"),
    "bare LF between fields": b"GET /health/live HTTP/1.1\r\nHost: x\nX-Field: y\r\n\r\n",
    "a line folded with a space": field(b"X-Field: a\r\n b"),
    "a line folded with a tab": field(b"X-Field: a\r\n\tb"),
    "Host folded": request(GET, b"Host:\r\n x", host=None),
    "Transfer-Encoding folded": coded(b"Transfer-Encoding:\r\n chunked"),
    # Host
    "no Host": request(GET, host=None),
    "two Hosts": field(b"Host: y"),
    "the same Host twice": field(b"Host: x"),
    "an empty Host": request(GET, host=b""),
    "Host with a space": request(GET, host=b"a b"),
    "Host with a user": request(GET, host=b"user@a"),
    "Host with a path": request(GET, host=b"a/b"),
    "Host with a query": request(GET, host=b"a?b"),
    "Host with a scheme": request(GET, host=b"http://a"),
    "Host with two names": request(GET, host=b"a, b"),
    "Host with a port that is no number": request(GET, host=b"a:b"),
    "Host with two ports": request(GET, host=b"a:1:2"),
    "Host with a port too large": request(GET, host=b"a:65536"),
    "Host with half a bracket": request(GET, host=b"[::1"),
    "Host with no address in its brackets": request(GET, host=b"[zz]"),
    "Host with a stray percent sign": request(GET, host=b"a%zz"),
    "Host with a quote": request(GET, host=b'a"b'),
    # Content-Length
    "a signed length": sized(b" +%d" % len(PRODUCT)),
    "a negative length": sized(b" -1"),
    "a negative zero for a length": sized(b" -0"),
    "an octal length": sized(b" 0o5"),
    "three lengths in a list": sized(b" 5, 5, 5"),
    "a length with a comma": sized(b" 1,024"),
    "a length with NUL": sized(b" 5\x00"),
    "a length and a word": sized(b" 5 bytes"),
    "a length of another size of digits": sized(b" \xc2\xb2"),
    "two lengths with a space": sized(b" 5 5"),
    "a list of lengths": sized(b" %d, %d" % (len(PRODUCT), len(PRODUCT))),
    "a list of differing lengths": sized(b" 5, 6"),
    "a length in hexadecimal": sized(b" 0x5"),
    "a length in hexadecimal digits": sized(b" 1a"),
    "a length with a fraction": sized(b" 5.0"),
    "a length with an exponent": sized(b" 1e1"),
    "a length with an underscore": sized(b" 1_0"),
    "a length with a semicolon": sized(b" 5;"),
    "a quoted length": sized(b' "5"'),
    "an empty length": sized(b""),
    "a length after a vertical tab": sized(b" \x0b5"),
    "a length in other digits": sized(b" \xef\xbc\x95"),
    "differing lengths": request(POST, JSON, b"Content-Length: 5", SIZE, body=PRODUCT),
    "differing lengths, one no number": request(POST, JSON, SIZE, b"Content-Length: x", body=PRODUCT),
    "differing lengths, one empty": request(POST, JSON, SIZE, b"Content-Length:", body=PRODUCT),
    # Transfer-Encoding
    "another coding first": coded(b"Transfer-Encoding: gzip, chunked"),
    "another coding last": coded(b"Transfer-Encoding: chunked, gzip"),
    "another coding": coded(b"Transfer-Encoding: gzip"),
    "chunked twice": coded(b"Transfer-Encoding: chunked, chunked"),
    "chunked twice, in two fields": coded(CHUNKED, CHUNKED),
    "chunked and another, in two fields": coded(CHUNKED, b"Transfer-Encoding: identity"),
    "another and chunked, in two fields": coded(b"Transfer-Encoding: identity", CHUNKED),
    "identity": coded(b"Transfer-Encoding: identity", SIZE, body=PRODUCT),
    "an empty coding": coded(b"Transfer-Encoding:"),
    "a comma before chunked": coded(b"Transfer-Encoding: ,chunked"),
    "a comma after chunked": coded(b"Transfer-Encoding: chunked,"),
    "chunked with a vertical tab": coded(b"Transfer-Encoding: chunked\x0b"),
    "chunked after a vertical tab": coded(b"Transfer-Encoding: \x0bchunked"),
    "chunked after NUL": coded(b"Transfer-Encoding: \x00chunked"),
    "chunked after a form feed": coded(b"Transfer-Encoding: \x0cchunked"),
    "chunked with another word": coded(b"Transfer-Encoding: chunked identity"),
    "chunked behind a colon": coded(b"Transfer-Encoding:: chunked"),
    "chunked in brackets": coded(b"Transfer-Encoding: [chunked]"),
    "chunked with a letter before": coded(b"Transfer-Encoding: xchunked"),
    "chunked with a letter behind": coded(b"Transfer-Encoding: chunkedx"),
    "chunked in quotes": coded(b'Transfer-Encoding: "chunked"'),
    "chunked with a parameter": coded(b"Transfer-Encoding: chunked;q=1"),
    "chunked in two words": coded(b"Transfer-Encoding: chunk ed"),
    "chunked and a length": coded(CHUNKED, SIZE),
    "a length and chunked": coded(SIZE, CHUNKED),
    "chunked and length 0": coded(CHUNKED, b"Content-Length: 0"),
    "a bad coding and a length": coded(b"Transfer-Encoding: xchunked", SIZE, body=PRODUCT),
    "chunked in HTTP/1.0": request(b"POST /products HTTP/1.0", JSON, CHUNKED, body=IN_CHUNKS),
    "chunked in HTTP/1.0 that keeps alive": request(b"POST /products HTTP/1.0", JSON, CHUNKED, b"Connection: keep-alive", body=IN_CHUNKS),
    # Chunks
    "a chunk size in 0x": chunks(b"0x1\r\na\r\n0\r\n\r\n"),
    "a negative chunk size": chunks(b"-1\r\na\r\n0\r\n\r\n"),
    "a signed chunk size": chunks(b"+1\r\na\r\n0\r\n\r\n"),
    "a chunk size with an underscore": chunks(b"1_0\r\naaaaaaaaaaaaaaaa\r\n0\r\n\r\n"),
    "a chunk size that is no number": chunks(b"g\r\na\r\n0\r\n\r\n"),
    "no chunk size": chunks(b"\r\na\r\n0\r\n\r\n"),
    "a chunk extension without a size": chunks(b";a=b\r\na\r\n0\r\n\r\n"),
    "a space before the chunk size": chunks(b" 1\r\na\r\n0\r\n\r\n"),
    "a chunk size with a point": chunks(b"1.0\r\na\r\n0\r\n\r\n"),
    "a comma in the chunk size": chunks(b"1,1\r\na\r\n0\r\n\r\n"),
    "NUL in the chunk size": chunks(b"1\x00\r\na\r\n0\r\n\r\n"),
    "a chunk size ended by LF": chunks(b"1\na\r\n0\r\n\r\n"),
    "a chunk size ended by CR": chunks(b"1\ra\r\n0\r\n\r\n"),
    "a chunk without its CRLF": chunks(b"1\r\na0\r\n\r\n"),
    "a chunk size with only a semicolon": chunks(b"1;\r\na\r\n0\r\n\r\n"),
    "a chunk extension without a name": chunks(b"1;=b\r\na\r\n0\r\n\r\n"),
    "a chunk extension that is cut": chunks(b"1;a=\r\na\r\n0\r\n\r\n"),
    "a chunk extension with a control character": chunks(b"1;a=\x01\r\na\r\n0\r\n\r\n"),
    "a chunk size with a word behind": chunks(b"1 a\r\na\r\n0\r\n\r\n"),
    "a chunk shorter than its size": chunks(b"3\r\na\r\n0\r\n\r\n"),
    "a chunk longer than its size": chunks(b"1\r\nab\r\n0\r\n\r\n"),
    "a chunk ended by LF": chunks(b"1\r\na\n0\r\n\r\n"),
    "a chunk ended by CR": chunks(b"1\r\na\r0\r\n\r\n"),
    "a chunk extension with a bare LF": chunks(b"1;a\nb\r\na\r\n0\r\n\r\n"),
    "a chunk extension with a bare CR": chunks(b"1;a\rb\r\na\r\n0\r\n\r\n"),
    "a chunk extension with NUL": chunks(b"1;a\x00b\r\na\r\n0\r\n\r\n"),
    "the last chunk ended by LF": chunks(b"0\n\r\n"),
    "a trailer that is no field": chunks(b"0\r\nno field\r\n\r\n"),
    "a trailer with a space before its colon": chunks(b"0\r\nX-Field : y\r\n\r\n"),
    "a trailer with bare LF": chunks(b"0\r\nX-Field: a\nX-Other: b\r\n\r\n"),
    "a trailer ended by bare LF": chunks(b"0\r\nX-Field: a\r\n\n"),
    "a trailer with an empty name": chunks(b"0\r\n: a\r\n\r\n"),
    "a trailer with NUL": chunks(b"0\r\nX-Field: a\x00b\r\n\r\n"),
    "a folded trailer": chunks(b"0\r\nX-Field: a\r\n b\r\n\r\n"),
}

# Refused too, where the RFC or http clients in the field leave more than one answer: the first is what is wanted.
REFUSED_SOMEHOW = {
    "HTTP/2.0": (request(b"GET /health/live HTTP/2.0"), {400, 505}),
    "HTTP/3.1": (request(b"GET /health/live HTTP/3.1"), {400, 505}),
    "the preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 505}),
    "a length that no integer holds": (sized(b" 99999999999999999999999"), {400, 413}),
    "a length of 2 to the 64": (sized(b" 18446744073709551616"), {400, 413}),
    "a length of 2 to the 63": (sized(b" 9223372036854775808"), {400, 413}),
    "a chunk size that no integer holds": (chunks(b"fffffffffffffffff\r\na\r\n0\r\n\r\n"), {400, 413}),
    "a chunk size of 2 to the 64, less one": (chunks(b"ffffffffffffffff\r\na\r\n0\r\n\r\n"), {400, 413}),
    "a chunk size that wraps to one": (chunks(b"10000000000000001\r\na\r\n0\r\n\r\n"), {400, 413}),
    "chunk sizes that sum up beyond": (chunks(b"1\r\na\r\nffffffffffffffff\r\nb\r\n0\r\n\r\n"), {400, 413}),
    "an endless chunk extension": (chunks(b"1;" + b"a" * 100_000 + b"\r\na\r\n0\r\n\r\n"), {400, 413, 431}),
    "endless zeros before a chunk size": (chunks(b"0" * 100_000 + b"1\r\na\r\n0\r\n\r\n"), {400, 413, 431}),
    "an endless trailer": (chunks(b"0\r\nX-Field: " + b"a" * 100_000 + b"\r\n\r\n"), {400, 413, 431}),
    "very many trailers": (chunks(b"0\r\n" + b"X-Field: a\r\n" * 10_000 + b"\r\n"), {400, 413, 431}),
}


def _refused():
    for name, sent in REFUSED.items():
        yield pytest.param(sent, {400}, id=name)
    for name, (sent, statuses) in REFUSED_SOMEHOW.items():
        yield pytest.param(sent, statuses, id=name)


@pytest.mark.parametrize("sent, statuses", _refused())
def test_is_refused_and_the_connection_closed(server, sent, statuses):
    with Wire(server) as wire:
        answer = wire.send(sent + SMUGGLED).answer()
        assert answer.status in statuses, answer
        assert isinstance(answer.json["detail"], str), answer
        assert answer.closes, f"no Connection: close: {answer}"
        wire.expect_closed()


@pytest.mark.parametrize("control", [*range(0x00, 0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F], ids=lambda c: f"0x{c:02x}")
@pytest.mark.parametrize("place", ["target", "name", "value"])
def test_no_control_character_gets_through(server, place, control):
    byte = bytes([control])
    sent = {"target": request(b"GET /health/live?a=" + byte + b" HTTP/1.1"),
            "name": field(b"X-F" + byte + b"ield: y"),
            "value": field(b"X-Field: y" + byte + b"z")}[place]
    with Wire(server) as wire:
        assert wire.ask(sent).status == 400
        wire.expect_closed()


STREAMED = b"POST /products/import HTTP/1.1"


@pytest.mark.parametrize("sent", [
    request(STREAMED, CHUNKED, body=b"0x1\r\na\r\n0\r\n\r\n"),
    request(STREAMED, CHUNKED, body=b"12\r\nid,img,name,price\n\r\nzz\r\n0\r\n\r\n"),
    request(STREAMED, CHUNKED, body=b"11\r\nid,img,name,price\r\nffffffffffffffffffff\r\n"),
    request(STREAMED, CHUNKED, b"Content-Length: 5", body=b"0\r\n\r\n"),
    request(STREAMED, b"Transfer-Encoding: gzip", body=b"0\r\n\r\n"),
], ids=["first size", "second size", "size too large", "framed twice", "another coding"])
def test_a_streamed_body_is_framed_as_strictly(server, sent):
    with Wire(server) as wire:
        answer = wire.send(sent + SMUGGLED).answer()
        assert answer.status in (400, 413) and answer.closes, answer
        wire.expect_closed()
