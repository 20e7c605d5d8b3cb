"""P9 and what else following costs: the time from a commit to its event at a client, what followers cost the writers, and queries over a
million rows of the log."""

import json
import os
import random
import socket
import statistics
import threading
import time

import load
from context import Bench, Catalogue, Row, fill_carts
from ratios import median, spread
from servers import Cartwheel

USERS = 10_000
LINES = 5
PACE = 5_000  # writes a second
PACED_CONNECTIONS = 50
LATENCY_MAX_MS = 10
LOG_ROWS = 1_000_000
QUERY_MAX_SECONDS = 1.0
COST_MIN = 0.9
LOG = "ecommerce.cart_items_scylla_cdc_log"


class Follower:
    """A client of GET /changes on a thread of its own, to be used in a `with`."""

    def __init__(self, port, core, keep_times):
        self.events = 0
        self.latencies_us = []
        self.failure = None
        self._keep_times = keep_times
        self._core = core
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._socket.sendall(b"GET /changes?after=now HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
        head = b""
        while b"\r\n\r\n" not in head:
            head += self._receive()
        if not head.startswith(b"HTTP/1.1 200"):
            raise load.Void(f"GET /changes answered {head[:200]!r}")
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._socket.close()

    def _receive(self):
        piece = self._socket.recv(1 << 20)
        if not piece:
            raise OSError("the stream ended")
        return piece

    def _follow(self):
        os.sched_setaffinity(0, {self._core})
        self._socket.settimeout(None)
        rest = b""
        try:
            while True:
                piece = self._receive()
                now_us = time.time_ns() // 1000
                if not self._keep_times:
                    self.events += piece.count(b"\ndata:")
                    continue
                *lines, rest = (rest + piece).split(b"\n")
                for line in lines:
                    if line.startswith(b"data:"):
                        at = line.index(b'"ts_us":') + 8
                        self.latencies_us.append(now_us - int(line[at:at + 16]))
        except (OSError, ValueError) as problem:
            self.failure = problem


class Changes:
    def __init__(self, bench: Bench, stack):
        self.bench = bench
        self.catalogue = Catalogue(bench)
        self.cartwheel = stack.enter_context(Cartwheel(bench.binary, bench.fresh_folder("changes"), bench.server_core))
        self.catalogue.fill(self.cartwheel)
        fill_carts(bench, self.cartwheel, self.catalogue, prefix="u", users=USERS, lines=LINES)
        self.rounds, self.seconds = (1, 2) if bench.quick else (4, 4)

    def puts(self, connections, **more):
        arguments = {"products": self.catalogue.file, "prefix": "u", "users": USERS, "lines": LINES, "seed": random.randrange(1 << 30)} | more
        return load.wrk(self.bench.load_core, self.cartwheel.url, "put.lua", arguments, connections=connections, seconds=self.seconds)

    def latency(self):
        """From the commit's time, which is before its sync, to when the client has the event; both clocks are this machine's."""
        pause_ms = 1000 * PACED_CONNECTIONS / PACE
        p50, p99, rates = [], [], []
        for _ in range(self.rounds):
            self.bench.wait_for_quiet()
            with Follower(self.cartwheel.port, self.bench.load_core, keep_times=True) as follower:
                result = self.puts(PACED_CONNECTIONS, delay=pause_ms)
                deadline = time.monotonic() + 5
                while len(follower.latencies_us) < 0.99 * result.requests and time.monotonic() < deadline:
                    time.sleep(0.01)
            seen = sorted(follower.latencies_us)
            if len(seen) < 0.99 * result.requests:
                raise load.Void(f"{result.requests:,} writes, {len(seen):,} events")
            p50.append(seen[len(seen) // 2] / 1000)
            p99.append(seen[len(seen) * 99 // 100] / 1000)
            rates.append(result.rate)
            self.bench.say(f"P9: {result.rate:,.0f} writes/s, commit to event p50 {p50[-1]:.2f} ms, p99 {p99[-1]:.2f} ms")
        value = statistics.median(p99)
        return Row("P9", f"commit to event at a client of `GET /changes`, {median(rates):,.0f} writes/s", f"p50 {median(p50):.2f} ms, p99 {value:.2f} ms",
                   "", "", f"p99 at most {LATENCY_MAX_MS} ms", value <= LATENCY_MAX_MS, f"rounds {min(p99):.2f} to {max(p99):.2f} ms")

    def cost(self, followers):
        """Durable puts with so many followers, against none; in turns. The followers read on the load's core and take part of it."""
        ratios, ours, without = [], [], []
        for _ in range(self.rounds):
            self.bench.wait_for_quiet()
            alone = self.puts(256)
            streams = [Follower(self.cartwheel.port, self.bench.load_core, keep_times=False) for _ in range(followers)]
            for stream in streams:
                stream.__enter__()
            try:
                followed = self.puts(256)
            finally:
                for stream in streams:
                    stream.__exit__()
            ratios.append(followed.rate / alone.rate)
            ours.append(followed.rate)
            without.append(alone.rate)
            self.bench.say(f"{followers} followers: {followed.rate:,.0f} puts/s against {alone.rate:,.0f}; events read {sum(s.events for s in streams):,}")
        return Row("", f"durable put, 256 connections, while {followers} {'follow' if followers > 1 else 'follows'} everything", f"{median(ours):,.0f}/s",
                   f"without {median(without):,.0f}/s", f"{statistics.median(ratios):.2f}", "", None,
                   f"{spread(ratios)}; the followers share a core with the load")

    def queries(self):
        """The sample application's two, over a million rows of the log at least."""
        count = self._count(f"SELECT count(*) FROM {LOG}")[0]
        while count < LOG_ROWS and not self.bench.quick:
            self.puts(256)
            count = self._count(f"SELECT count(*) FROM {LOG}")[0]
        rows = []
        product = self.catalogue.ids[0]
        for condition, shown in (("product_quantity > 2", "product_quantity > 2"), (f"product_id = {product}", "product_id = ...")):
            statement = f'SELECT count(*) FROM {LOG} WHERE "cdc$operation"= 2 AND {condition} ALLOW FILTERING;'
            self.bench.wait_for_quiet()
            took = [self._count(statement)[1] for _ in range(1 + self.rounds)][1:]
            value = statistics.median(took)
            self.bench.say(f"query: {shown}: {value:.2f} s over {count:,} rows")
            rows.append(Row("", f"`POST /query` of the sample's `... AND {shown}` over {count:,} rows of the log", f"{value:.2f} s", "", "",
                            f"at most {QUERY_MAX_SECONDS:g} s for {LOG_ROWS:,}", value * LOG_ROWS / max(count, 1) <= QUERY_MAX_SECONDS,
                            f"{min(took):.2f} to {max(took):.2f} s"))
        return rows

    def _count(self, statement):
        start = time.monotonic()
        status, answer = self.cartwheel.ask("POST", "/query", json.dumps({"statement": statement}))
        took = time.monotonic() - start
        if status != 200:
            raise load.Void(f"POST /query answered {status}: {answer[:200]!r}")
        return json.loads(answer)["rows"][0][0], took
