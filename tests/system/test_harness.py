"""The tools of these tests notice what they are there to notice."""
import datetime
import email.utils
import socket
import threading
import types

import pytest

from scenario import Scenario
from client import Reply
from wire import Wire

NOW = email.utils.format_datetime(datetime.datetime.now(datetime.timezone.utc), usegmt=True).encode()
GOOD = b"HTTP/1.1 200 OK\r\nDate: " + NOW + b"\r\nX-Request-Id: in-step\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture
def speak():
    """speak(bytes) gives a Wire whose other end sends just that, and then ends the connection."""
    listener = socket.create_server(("127.0.0.1", 0))
    wires = []

    def begin(said):
        def serve():
            with listener.accept()[0] as connection:
                connection.sendall(said)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass

        threading.Thread(target=serve, daemon=True).start()
        wires.append(Wire(types.SimpleNamespace(address=listener.getsockname()), deadline=5))
        return wires[-1]

    yield begin
    for wire in wires:
        wire.__exit__()
    listener.close()


def test_a_good_answer_is_good(speak):
    wire = speak(GOOD * 2)
    assert [wire.answer().body for _ in range(2)] == [b"{}", b"{}"]
    wire.expect_closed()


@pytest.mark.parametrize("said", [
    b"", b"HTTP/1.1 200 OK\r\n", GOOD[:-1], GOOD.replace(b"HTTP/1.1", b"HTTP/1.0"), GOOD.replace(b"\r\nX-", b"\nX-"), GOOD.replace(b"X-Request-Id:", b"X-Request-Id :"),
    GOOD.replace(NOW, b"now"), GOOD.replace(b"Date", b"Dated"), GOOD.replace(b"X-Request-Id", b"X-Id"), GOOD.replace(b"in-step", b"a b"),
    GOOD.replace(b"Content-Length: 2", b"Content-Length: 2\r\nContent-Length: 2"), GOOD.replace(b"Content-Length: 2", b"Content-Length: +2"),
    GOOD.replace(b"Content-Length: 2", b"Content-Length: 2\r\nTransfer-Encoding: chunked"), GOOD.replace(b"Content-Length: 2", b"X-Other: 2"),
    GOOD.replace(b"Content-Length: 2", b"Transfer-Encoding: chunked"), GOOD.replace(b"200 OK", b"100 Continue"), GOOD.replace(b"200 OK", b"20 OK"),
    GOOD.replace(b"200 OK", b"400 Bad"),
])
def test_a_bad_answer_is_noticed(speak, said):
    with pytest.raises((AssertionError, KeyError)):
        speak(said).answer()


def test_bytes_that_nobody_asked_for_are_noticed(speak):
    for judge in (Wire.expect_closed, Wire.expect_kept):
        wire = speak(GOOD + b"\r\n")
        wire.answer()
        with pytest.raises(AssertionError):
            judge(wire)


def test_a_closed_connection_is_not_a_kept_one(speak):
    wire = speak(GOOD)
    wire.answer()
    with pytest.raises(AssertionError):
        wire.expect_kept()


@pytest.mark.parametrize("expect, good", [
    ({"body": {"a": 1}}, True), ({"body": {"a": 1.0}}, False), ({"body": {"a": True}}, False), ({"body": {}}, False), ({"body": {"<includes>": {}}}, True),
    ({"body": {"a": 1, "b": "<any>"}}, False), ({"body": {"a": "<uuid>"}}, False), ({"headers": {"x": "y*"}}, True), ({"headers": {"x": "y"}}, False),
    ({"headers": {"z": "*"}}, False), ({"status": 201}, False),
])
def test_a_scenario_tells_what_differs(expect, good):
    class Recorded:
        def request(self, *_):
            return Reply(200, [("content-type", "application/json"), ("x", "yes")], b'{"a":1}')

    step = {"method": "GET", "path": "/", "expect": {"status": 200} | expect}
    assert (Scenario("x").play(Recorded(), step) == []) == good
