"""Good requests, damaged at random (always in the same way): every answer is whole, none is a 500, the server lives on."""
import random

import pytest

from messages import CHUNKED, GET, IN_CHUNKS, JSON, POST, PRODUCT, SIZE
from wire import Wire, request

GOOD = [
    request(GET, b"X-Field: a, b;c=d"),
    request(b"GET /products?limit=5&q=tea&after=x HTTP/1.1", b"Accept: */*", b'If-None-Match: "x", W/"y"'),
    request(POST, JSON, SIZE, b"Idempotency-Key: abc", body=PRODUCT),
    request(POST, JSON, CHUNKED, b"Expect: x", body=IN_CHUNKS),
    request(b"POST /cart/fuzz HTTP/1.1", JSON, b"If-Match: *", CHUNKED, body=b'3;a="b"\r\n{"p\r\n4\r\nrodu\r\n0\r\nX-Trailer: y\r\n\r\n'),
    request(b"PUT /cart/f%20z/items/0b5c9d0e-6a52-4f2b-9f0e-5f6f1d7a8b11 HTTP/1.1", b"Content-Length: 14", body=b'{"quantity":3}'),
    request(b"POST /products/import HTTP/1.1", b"Content-Type: text/csv", b"Content-Length: 40", body=b'id,img,name,price\r\nx,"a\n""b",n,1.5\n,,,\n\n\n'[:40]),
    request(b"DELETE /cart/fuzz HTTP/1.1", JSON, b"Content-Length: 2", body=b"{}"),
]
SPICE = [b"\r\n", b"\r", b"\n", b"\x00", b" ", b"\t", b":", b"\x0b", b"\xff", b"%", b"%00", b",", b";", b'"', b"{", b"[", b"-", b"0", b"9" * 20, b"f" * 16,
         b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n", b"Host: y\r\n", b"0\r\n\r\n", b"\r\n\r\n", b"HTTP/1.1", b"HTTP/1.0", b"Connection: close\r\n"]


def damage(data, dice):
    data = bytearray(data)
    for _ in range(dice.choice([1, 1, 1, 2, 3, 8])):
        at, end = sorted(dice.randrange(len(data) + 1) for _ in range(2))
        end = min(end, at + 20)
        match dice.randrange(6):
            case 0:
                del data[at:end]
            case 1:
                data[at:at] = dice.choice(SPICE)
            case 2:
                data[at:at + 1] = bytes([dice.randrange(256)])
            case 3:
                data[at:at] = data[at:end]
            case 4:
                data[at:end] = bytes(reversed(data[at:end]))
            case 5:
                data[at:end] = dice.choice(SPICE)
    return bytes(data)


@pytest.mark.parametrize("seed", range(20))
def test_damaged_requests_are_answered_or_refused_but_never_upset_the_server(server, seed):
    dice = random.Random(seed)
    for number in range(50):
        sent = b"".join(damage(dice.choice(GOOD), dice) for _ in range(dice.choice([1, 1, 2])))
        if b"HEAD" in sent:
            continue
        with Wire(server) as wire:
            statuses = [answer.status for answer in wire.send(sent).finish_sending().answers_to_the_end()]
            assert not [status for status in statuses if status >= 500 and status not in (501, 505)], (number, sent, statuses)
    with Wire(server) as wire:
        wire.expect_kept()
