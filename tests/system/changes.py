"""Followers of GET /changes, and what the log adds up to.

A Stream is one connection, read by hand: its chunks and lines are checked as they come. A Fold is the shop as the events tell it.
"""
import decimal
import json
import socket
import time

from client import Client
from server import DEADLINE_SECONDS, TESTED_STORE

# On a cluster changes wait for those of slower processes, and what comes later still is not seen: a second is much for one client, and
# little where many write.
FLAGS = ["--cql-change-delay", "1s", "--changes-poll-interval", "20ms"] if TESTED_STORE == "cql" else []
FLAGS_UNDER_LOAD = [*FLAGS, "--cql-change-delay", "5s"] if TESTED_STORE == "cql" else []


class Event:
    def __init__(self, cursor, kind, data):
        self.cursor = cursor
        self.kind = kind
        self.json = json.loads(data, parse_float=decimal.Decimal)

    @property
    def id(self):
        return self.json["id"]

    @property
    def table(self):
        return self.json["source"]["table_name"]

    @property
    def row(self):
        return self.json["after"] or self.json["before"]

    @property
    def what(self):
        """(table, op): enough to tell what happened."""
        return self.table, self.json["op"]

    def __repr__(self):
        return f"<{self.cursor} {self.kind} {self.json}>"


class Stream:
    """`cursor` is what a browser would come back with. Not thread-safe."""

    def __init__(self, server, query="", last_id=None, receive_bytes=None):
        self._socket = socket.socket()
        if receive_bytes:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self._socket.settimeout(DEADLINE_SECONDS)
        self._socket.connect(server.address)
        header = f"Last-Event-ID: {last_id}\r\n" if last_id is not None else ""
        self._socket.sendall(f"GET /changes{'?' if query else ''}{query} HTTP/1.1\r\nHost: x\r\n{header}\r\n".encode())
        self._bytes, self._text = b"", b""
        self.cursor, self.events, self.comments = last_id, [], []
        self.heard = []  # the ids of all events so far
        self._id, self._kind, self._data = last_id, None, []
        self.ended = False  # by the server, with the mark that it is whole
        head = self._until(b"\r\n\r\n").decode().split("\r\n")
        self.status = int(head[0].split()[1])
        self.headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in head[1:])}
        if self.status != 200:
            self.body = self._exactly(int(self.headers["content-length"]))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._socket.close()

    @property
    def detail(self):
        return json.loads(self.body)["detail"]

    def _more(self):
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionResetError("the stream broke off")
        self._bytes += data

    def _until(self, mark):
        while mark not in self._bytes:
            self._more()
        found, _, self._bytes = self._bytes.partition(mark)
        return found

    def _exactly(self, size):
        while len(self._bytes) < size:
            self._more()
        found, self._bytes = self._bytes[:size], self._bytes[size:]
        return found

    def _chunk(self):
        size = int(self._until(b"\r\n"), 16)
        self._text += self._exactly(size)
        assert self._exactly(2) == b"\r\n", "a chunk without its end"
        if size == 0:
            self.ended = True
        *lines, self._text = self._text.split(b"\n")
        for line in lines:
            self._line(line.decode())

    def _line(self, line):
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            self.cursor = self._id
            if self._data:
                self.events.append(Event(self._id, self._kind, "\n".join(self._data)))
                self.heard.append(self.events[-1].id)
            self._kind, self._data = None, []
        elif not name:
            self.comments.append(value)
        elif name == "id":
            self._id = value
        elif name == "event":
            self._kind = value
        elif name == "data":
            self._data.append(value)
        else:
            assert name == "retry", line

    def read_until(self, condition, what):
        end = time.monotonic() + DEADLINE_SECONDS
        while not condition(self):
            assert not self.ended, f"the stream ended before {what}"
            assert time.monotonic() < end, f"waited in vain for {what}"
            self._chunk()
        return self

    def take(self, count):
        """The next `count` events."""
        self.read_until(lambda stream: len(stream.events) >= count, f"{count} events")
        taken, self.events = self.events[:count], self.events[count:]
        return taken

    def begun(self):
        """Reads until it is known where it stands."""
        return self.read_until(lambda stream: stream.cursor is not None, "the first id")

    def to_end(self):
        """All events until the server ends it."""
        while not self.ended:
            self._chunk()
        return self.events


def whole_log(server, query=""):
    """Every event up to now; on a cluster, up to what followers may see."""
    with Stream(server, f"after=beginning&until=now{query}") as stream:
        assert stream.status == 200, stream.detail
        events = stream.to_end()
        assert "up to now" in stream.comments, "the stream ended too early"
        return events


def position(cursor):
    """Cursors as they sort: behind all of a seq is behind each of its changes."""
    seq, _, change = cursor.partition(".")
    return int(seq), int(change) if change else float("inf")


def metric(server, name):
    with Client(server) as client:
        lines = client.expect(200, "GET", "/metrics").text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(name + " "))


class Fold:
    """What the events add up to. Each must fit what those before it left."""

    def __init__(self, events):
        self.products, self.open_carts, self.items, self.orders = {}, {}, {}, {}
        self.user_orders = {}
        seen = set()
        for event in events:
            assert event.id not in seen, f"twice: {event}"
            seen.add(event.id)
            getattr(self, "_" + event.table)(event.json["op"], event.json["before"], event.json["after"])

    @staticmethod
    def _apply(rows, key, op, before, after):
        assert rows.get(key) == before, f"{key} was {rows.get(key)}, and the event says {before}"
        if op == "d":
            assert after is None
            del rows[key]
        else:
            rows[key] = after

    def _product(self, op, before, after):
        self._apply(self.products, (after or before)["id"], op, before, after)

    def _cart(self, op, before, after):
        user = after["user_id"]
        if op == "c":
            assert before is None and after["is_active"] and user not in self.open_carts, f"{user} has two carts: {after}"
            self.open_carts[user] = after["cart_id"]
        else:
            assert before["is_active"] and not after["is_active"] and self.open_carts.pop(user) == after["cart_id"], after

    def _cart_items(self, op, before, after):
        row = after or before
        assert self.open_carts[row["user_id"]] == row["cart_id"], f"not in the open cart: {row}"
        self._apply(self.items, (row["user_id"], row["cart_id"], row["product_id"]), op, before, after)

    def _orders(self, op, before, after):
        assert (op, before) == ("c", None)
        self._apply(self.orders, after["order_id"], op, before, after)
        self.user_orders.setdefault(after["user_id"], {})[after["order_id"]] = after

    def cart(self, user):
        """{product id: quantity}; None when there is no active cart."""
        if user not in self.open_carts:
            return None
        cart = self.open_carts[user]
        return {p: row["product_quantity"] for (u, c, p), row in self.items.items() if (u, c) == (user, cart)}
