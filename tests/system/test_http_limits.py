"""Every input has a limit and every wait a deadline, and both end in an answer."""
import contextlib

import pytest

from messages import GET as LIVE, JSON, PRODUCT, in_chunks
from server import wait_until
from wire import Wire, request

KIB, MIB = 1024, 1024 * 1024
# Far above the deadlines that these tests set, far below the ones that they would wait for otherwise.
SOON = 20


def product_of(size):
    """A product's JSON, exactly `size` bytes, padded with a member that nobody knows."""
    start = PRODUCT[:-1] + b',"padding":"'
    return start + b"x" * (size - len(start) - 2) + b'"}'


def upload(body, chunked):
    if chunked:
        return request(b"POST /products HTTP/1.1", JSON, b"Transfer-Encoding: chunked", body=in_chunks(body))
    return request(b"POST /products HTTP/1.1", JSON, b"Content-Length: %d" % len(body), body=body)


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_a_body_of_one_mebibyte_is_taken(server, chunked):
    with Wire(server) as wire:
        assert wire.ask(upload(product_of(MIB), chunked)).status == 200
        wire.expect_kept()


@pytest.mark.parametrize("size", [MIB + 1, 5 * MIB])
@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_a_body_beyond_one_mebibyte_is_413(server, chunked, size):
    with Wire(server) as wire:
        assert wire.ask(upload(product_of(size), chunked)).status == 413
        wire.expect_closed()


def test_a_length_beyond_the_limit_is_413_before_the_body_comes(server):
    with Wire(server) as wire:
        assert wire.ask(request(b"POST /products HTTP/1.1", JSON, b"Content-Length: 999999999999")).status == 413
        wire.expect_closed()


def test_many_tiny_chunks_count_only_their_data(server):
    with Wire(server) as wire:
        sent = request(b"POST /products HTTP/1.1", JSON, b"Transfer-Encoding: chunked", body=in_chunks(product_of(100 * KIB), size=1))
        assert wire.ask(sent).status == 200
        wire.expect_kept()


def target_of(size):
    return b"/products?limit=1&x=" + b"a" * (size - len(b"/products?limit=1&x="))


def test_a_target_of_eight_kibibytes_is_taken(server):
    with Wire(server) as wire:
        assert wire.ask(request(b"GET %s HTTP/1.1" % target_of(8 * KIB))).status == 200
        wire.expect_kept()


@pytest.mark.parametrize("size", [8 * KIB + 1, 12 * KIB, 15 * KIB, 100 * KIB])
def test_a_target_beyond_eight_kibibytes_is_414(server, size):
    with Wire(server) as wire:
        assert wire.ask(request(b"GET %s HTTP/1.1" % target_of(size))).status == 414
        wire.expect_closed()


def test_a_target_that_never_ends_is_414(server):
    with Wire(server) as wire:
        assert wire.ask(b"GET " + target_of(64 * KIB)).status == 414
        wire.expect_closed()


FIELDS = {
    "one long": lambda size: [b"X-Field: " + b"a" * (size - 11)],
    "many short": lambda size: [b"X-Field: " + b"a" * 21] * (size // 32),
    "a long name": lambda size: [b"a" * (size - 5) + b": y"],
}


@pytest.mark.parametrize("fields", FIELDS)
def test_headers_under_sixteen_kibibytes_are_taken(server, fields):
    with Wire(server) as wire:
        assert wire.ask(request(LIVE, *FIELDS[fields](15 * KIB))).status == 200
        wire.expect_kept()


@pytest.mark.parametrize("size", [17 * KIB, 40 * KIB, 300 * KIB])
@pytest.mark.parametrize("fields", FIELDS)
def test_headers_beyond_sixteen_kibibytes_are_431(server, fields, size):
    with Wire(server) as wire:
        assert wire.ask(request(LIVE, *FIELDS[fields](size))).status == 431
        wire.expect_closed()


def test_a_full_target_leaves_room_for_headers(server):
    with Wire(server) as wire:
        assert wire.ask(request(b"GET %s HTTP/1.1" % target_of(8 * KIB), *FIELDS["one long"](15 * KIB))).status == 200
        wire.expect_kept()


def test_a_header_that_never_ends_is_431(server):
    with Wire(server) as wire:
        assert wire.ask(LIVE + b"\r\nHost: x\r\nX-Field: " + b"a" * (64 * KIB)).status == 431
        wire.expect_closed()


@pytest.fixture(scope="module")
def hasty(start_for_file):
    """A server that gives up soon on headers and bodies; on idle connections only late."""
    return start_for_file("--header-timeout", "400ms", "--body-timeout", "400ms", "--idle-timeout", "60s")


@pytest.mark.parametrize("part", [b"G", b"GET", LIVE, LIVE + b"\r\n", LIVE + b"\r\nHost: x", LIVE + b"\r\nHost: x\r\n",
                                  LIVE + b"\r\nHost: x\r\n\r"], ids=lambda part: f"{len(part)} bytes")
def test_a_head_that_does_not_end_is_408(hasty, part):
    with Wire(hasty, SOON) as wire:
        assert wire.ask(part).status == 408
        wire.expect_closed()


def test_a_head_that_does_not_end_is_408_on_a_kept_connection_too(hasty):
    with Wire(hasty, SOON) as wire:
        assert wire.ask(request(LIVE)).status == 200
        assert wire.ask(LIVE + b"\r\nHo").status == 408
        wire.expect_closed()


@pytest.mark.parametrize("start", [
    request(b"POST /products HTTP/1.1", JSON, b"Content-Length: 100", body=b'{"id"'),
    request(b"POST /products HTTP/1.1", JSON, b"Content-Length: 100"),
    request(b"POST /products HTTP/1.1", JSON, b"Transfer-Encoding: chunked", body=b"5\r\nab"),
    request(b"POST /products HTTP/1.1", JSON, b"Transfer-Encoding: chunked", body=b"2\r\nab\r\n0\r\n"),
], ids=["part of a body", "no body", "part of a chunk", "no end of chunks"])
def test_a_body_that_does_not_end_is_408(hasty, start):
    with Wire(hasty, SOON) as wire:
        assert wire.ask(start).status == 408
        wire.expect_closed()


def test_a_head_that_drips_in_is_408_all_the_same(hasty):
    with Wire(hasty, SOON) as wire:
        wire.dribble(request(LIVE, b"X-Field: " + b"a" * 1000), pause=0.05)
        assert wire.answer().status == 408
        wire.expect_closed()


def test_a_connection_that_says_nothing_is_let_go(start):
    server = start("--idle-timeout", "300ms", "--header-timeout", "300ms")
    with Wire(server, SOON) as silent, Wire(server, SOON) as kept:
        assert kept.ask(request(LIVE)).status == 200
        kept.expect_closed()
        assert silent.read_to_end()[:12] in (b"", b"HTTP/1.1 408")


def test_slow_clients_do_not_keep_others_waiting(start):
    server = start("--threads", "1", "--header-timeout", "60s")
    with contextlib.ExitStack() as slow:
        for _ in range(200):
            slow.enter_context(Wire(server)).send(LIVE + b"\r\nHost:")
        with Wire(server, SOON) as quick:
            for _ in range(20):
                assert quick.ask(request(LIVE)).status == 200


def test_a_connection_too_many_is_503_and_closed(start):
    server = start("--connections-max", "10", "--threads", "1")
    with contextlib.ExitStack() as open_ones:
        # One of the ten may still be the fixture's own, not yet seen to be closed.
        wires = [open_ones.enter_context(Wire(server, SOON)) for _ in range(20)]
        statuses = []
        for wire in wires:
            answer = wire.ask(request(LIVE))
            statuses.append(answer.status)
            if answer.status == 503:
                assert int(answer.header("retry-after")) >= 0
                wire.expect_closed()
        assert 9 <= statuses.count(200) <= 10 and set(statuses) == {200, 503}, statuses
    # With the others gone there is room again.
    wait_until(lambda: _is_served(server), "room for a connection")


def _is_served(server):
    with Wire(server, SOON) as wire:
        return wire.ask(request(LIVE)).status == 200
