"""`cartwheel changes`: follows a server, comes back by itself, and ends as it is told."""
import json
import os
import select
import signal
import subprocess
import time

import pytest

from changes import FLAGS, metric
from client import Client, new_user
from program import complaint, run
from server import DEADLINE_SECONDS, TESTED_STORE, binary, wait_until

FAILED, INTERRUPTED, USAGE = 3, 4, 64


class Following:
    """`cartwheel changes` while it runs, a line at a time."""

    def __init__(self, server, *flags, cwd):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("CARTWHEEL_")}
        self.process = subprocess.Popen([binary(), "changes", "--server", server.url, *flags], cwd=cwd, env=clean, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self._text = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def lines(self, count):
        end = time.monotonic() + DEADLINE_SECONDS
        while self._text.count(b"\n") < count:
            assert select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))[0], f"no more lines: {self._text!r}"
            data = os.read(self.process.stdout.fileno(), 65536)
            assert data, f"it ended: {self.process.communicate()[1]!r}"
            self._text += data
        *taken, self._text = self._text.split(b"\n", count)
        return [line.decode() for line in taken]

    def interrupt(self):
        """Its exit code, and what it said beside its lines."""
        self.process.send_signal(signal.SIGINT)
        _, said = self.process.communicate(timeout=DEADLINE_SECONDS)
        return self.process.returncode, said.decode().splitlines()


@pytest.fixture
def server(start):
    return start(*FLAGS)


def is_followed(server):
    return metric(server, "cartwheel_changes_streams_open") == 1


def a_visit(client, user):
    product = client.new_product()
    client.put_in_cart(user, product, 2)
    client.expect(200, "POST", f"/cart/{user}/checkout")
    return product


def test_it_says_in_words_what_happens(server, tmp_path):
    user = new_user()
    with Following(server, cwd=tmp_path) as following, Client(server) as client:
        wait_until(lambda: is_followed(server), "the stream")
        product = a_visit(client, user)
        lines = [line.split("  ", 2) for line in following.lines(5)]
        assert following.interrupt()[0] == INTERRUPTED
    assert [line[1] for line in lines] == ["-", user, user, user, user]
    assert [line[2].split(" ")[0] for line in lines] == ["new", "opens", "puts", "closes", "orders"]
    assert lines[0][2] == f'new product "Tea" at 12.5 ({product})' and lines[2][2] == f"puts 2 x {product}"
    assert lines[4][2].startswith("orders 2 items for 25.0 USD, order ")


def test_it_comes_back_by_itself_and_misses_nothing(server, tmp_path):
    with Following(server, "--json", "--after", "beginning", cwd=tmp_path) as following:
        ids = []
        with Client(server) as client:
            first = client.new_product()
            line, = following.lines(1)
            assert json.loads(line)["after"]["id"] == first
            ids.append(json.loads(line)["id"])
        port = server.port
        for restart in range(2):
            server.stop() if restart else server.kill()
            server.start(port=port)
            with Client(server) as client:
                product = client.new_product()
            line, = following.lines(1)
            assert json.loads(line)["after"]["id"] == product
            ids.append(json.loads(line)["id"])
        code, said = following.interrupt()
    assert code == INTERRUPTED and len(set(ids)) == 3
    assert len(said) == 3, f"once for each time, and where it was at the end: {said}"
    assert all("goes on by itself" in line for line in said[:2]) and "go on with --after" in said[2]


def test_it_ends_at_the_present_when_told_to(server, tmp_path):
    user = new_user()
    with Client(server) as client:
        a_visit(client, user)

    def events(*flags):
        result = run("changes", "--server", server.url, "--until-now", "--json", *flags, cwd=tmp_path)
        assert result.returncode == 0 and result.stderr == "", result
        return [json.loads(line) for line in result.stdout.splitlines()]

    found = wait_until(lambda: [e for e in [events("--user", user)] if len(e) == 4], "the visit to be seen")[0]
    assert [event["source"]["table_name"] for event in found] == ["cart", "cart_items", "cart", "orders"]
    assert [event["op"] for event in events("--user", user, "--table", "cart")] == ["c", "u"]
    assert len(events("--product", found[1]["after"]["product_id"])) == 3
    assert events("--after", "now") == []


@pytest.mark.skipif(TESTED_STORE != "rocks", reason="a folder is of the store rocks")
def test_it_reads_a_folder_that_no_server_holds(server, tmp_path):
    user = new_user()
    with Client(server) as client:
        a_visit(client, user)
    folder = server.folder / "data"
    held = run("changes", "--data", folder, cwd=tmp_path)
    assert held.returncode == FAILED, held
    server.stop()
    result = run("changes", "--data", folder, "--json", cwd=tmp_path)
    assert result.returncode == 0, result
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["1-1", "2-1", "2-2", "3-1", "3-2"]


@pytest.mark.parametrize("flags, words", [
    (["--table", "carts"], "Must be 'product', 'cart', 'cart_items' or 'orders'"),
    (["--after", "yesterday"], "Must be beginning, now, or the id of an event"),
    (["--product", "tea"], "Must be a UUID"),
])
def test_what_the_server_does_not_understand_is_wrong_usage(server, tmp_path, flags, words):
    assert words in complaint(run("changes", "--server", server.url, *flags, cwd=tmp_path), USAGE)


def test_without_a_server_it_says_so(tmp_path):
    assert "start one with: cartwheel serve" in complaint(run("changes", "--server", "http://127.0.0.1:9", cwd=tmp_path), FAILED)


@pytest.mark.skipif(TESTED_STORE == "cql", reason="a cluster keeps changes for a day")
def test_what_is_kept_no_longer_is_said(start, tmp_path):
    server = start("--changes-retention", "200ms")

    def is_gone():
        with Client(server) as client:
            client.new_product()
        result = run("changes", "--server", server.url, "--after", "0", "--until-now", cwd=tmp_path)
        return result.returncode == FAILED and result

    assert "kept no longer" in complaint(wait_until(is_gone, "the first change to be forgotten"), FAILED)
