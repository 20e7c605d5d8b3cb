"""Clients that do not read, read late, or leave: they cost the server little and nobody else anything."""
import threading
import uuid

import pytest

from client import Client
from messages import GET as LIVE
from server import wait_until
from wire import Wire, request

SOON = 30
COUNT = 40_000


@pytest.fixture(scope="module")
def stocked(start_for_file):
    """A server whose export is far larger than any socket's buffers, and which waits 1 s for a client to read."""
    server = start_for_file("--body-timeout", "1s")
    rows = "".join(f"{uuid.UUID(int=n)},https://example.com/{'x' * 200}.jpg,Product {n},1.25\n" for n in range(COUNT))
    with Client(server) as client:
        report = client.expect(200, "POST", "/products/import", "id,img,name,price\n" + rows, {"content-type": "text/csv"}).json
    assert report["rejected"] == 0
    return server


EXPORT = request(b"GET /products/export HTTP/1.1")


def test_an_export_that_is_not_read_is_given_up(stocked):
    with Wire(stocked, SOON) as deaf:
        deaf.send(EXPORT).wait_for_first_byte()
        # The connection goes although its client reads no further: this is what the server's own figures say.
        wait_until(lambda: open_connections(stocked) == 1, "the connection to be given up", seconds=SOON)
        assert not deaf.read_to_end().endswith(b"0\r\n\r\n"), "cut short, but it looks complete"


def open_connections(server):
    with Client(server) as client:
        lines = client.get("/metrics").text.splitlines()
    return int(next(line for line in lines if line.startswith("cartwheel_http_connections_open ")).split()[1])


def test_exports_that_are_not_read_keep_nobody_waiting(stocked):
    deaf = [Wire(stocked, SOON).send(EXPORT) for _ in range(50)]
    with Wire(stocked, SOON) as wire:
        for _ in range(50):
            assert wire.ask(request(LIVE)).status == 200
    for wire in deaf:
        wire.__exit__()


def test_an_export_read_in_full_is_whole(stocked):
    with Wire(stocked) as wire:
        answer = wire.ask(EXPORT)
        assert answer.body.count(b"\n") == COUNT + 1
        wire.expect_kept()


def test_answers_wait_for_a_client_that_sends_first_and_reads_later(stocked):
    count = 3000
    with Wire(stocked) as wire:
        sender = threading.Thread(target=wire.send, args=(request(b"GET /products?limit=20 HTTP/1.1") * count,))
        sender.start()
        assert all(wire.answer().status == 200 for _ in range(count))
        sender.join()
        wire.expect_kept()


def test_memory_does_not_grow_with_requests_that_wait_to_be_answered(stocked):
    def resident_kib():
        with open(f"/proc/{stocked.process.pid}/status", encoding="ascii") as status:
            return int(next(line for line in status if line.startswith("VmRSS")).split()[1])

    before = resident_kib()
    burst = request(b"GET /products?limit=1000 HTTP/1.1") * 2000
    deaf = [Wire(stocked, 1) for _ in range(20)]
    for wire in deaf:
        wire.send_what_fits(burst)
    with Wire(stocked, SOON) as wire:
        assert wire.ask(request(LIVE)).status == 200
    grown = resident_kib() - before
    for wire in deaf:
        wire.__exit__()
    # Twenty answers of 300 kB may wait, and what sanitizers add; forty thousand may not.
    assert grown < 200_000, f"{grown} KiB"


@pytest.mark.parametrize("sent", [request(LIVE), EXPORT, request(b"GET /products?limit=1000 HTTP/1.1"), LIVE, b""], ids=["live", "export", "list", "half", "nothing"])
def test_clients_that_leave_at_once_leave_nothing_behind(stocked, sent):
    for _ in range(200):
        with Wire(stocked) as wire:
            wire.send(sent)
    wait_until(lambda: open_connections(stocked) == 1, "the connections to be gone", seconds=SOON)
