"""P1 to P6: Cartwheel against an anchor in the same minute, in slices (anchor, us, us, anchor); the figure is the median of the pairs."""

import json
import random
import statistics
import time

import load
from context import NOISE_MAX, Bench, Catalogue, Row, fill_carts, user_name
from servers import Cartwheel, Nginx, Redis

# The sample application on its cluster, where it was measured once, together with nginx: 702 shopper requests and 422 lists a second
# where nginx made 170,000. So nginx stands in for it, wherever this runs.
NGINX_PER_SAMPLE_MIX = 240
NGINX_PER_SAMPLE_LIST = 400

USERS = 10_000
LINES = 5


class Rates:
    """What the measurements of this file share: one Cartwheel with the catalogue and 10,000 carts of five lines, and the anchors."""

    def __init__(self, bench: Bench, stack):
        self.bench = bench
        self.rounds, self.seconds = (1, 2) if bench.quick else (4, 4)
        self.catalogue = Catalogue(bench)
        self.cartwheel = stack.enter_context(Cartwheel(bench.binary, bench.fresh_folder("cartwheel"), bench.server_core))
        self.servers = [self.cartwheel]
        self.stack = stack
        self.catalogue.fill(self.cartwheel)
        fill_carts(bench, self.cartwheel, self.catalogue, prefix="u", users=USERS, lines=LINES)
        self.product_paths = bench.write_lines("product-paths.txt", [f"/products/{identifier}" for identifier in self.catalogue.ids])
        self.list_paths = bench.write_lines("list-paths.txt", ["/products?limit=50"])
        carts = [f"/cart/{user_name('u', USERS, user)}" for user in range(USERS)]
        random.Random(5).shuffle(carts)
        self.cart_paths = bench.write_lines("cart-paths.txt", carts)
        self.syncs = {}  # clients -> fdatasyncs per 1,000 writes

    # --- anchors

    def nginx(self, paths):
        """Answers as many bytes as Cartwheel does; every path of the file must be answered with a body of that size."""
        sizes = {len(self.cartwheel.ask("GET", path)[1]) for path in paths.read_text(encoding="utf-8").split()[:200]}
        if len(sizes) != 1:
            raise load.Void(f"answers of different sizes: {sorted(sizes)}")
        server = self.stack.enter_context(Nginx(self.bench.fresh_folder("nginx"), self.bench.server_core, sizes.pop()))
        self.servers.append(server)
        return server

    def redis(self):
        server = self.stack.enter_context(Redis(self.bench.fresh_folder("redis"), self.bench.server_core))
        self.servers.append(server)
        return server

    # --- slices

    def pairs(self, name, anchor, ours):
        """Calls each once to warm up, then in turns; each gives (server, slice maker)."""
        def call(which):
            server, run = which()
            return self.bench.measured(self.servers, server, run)
        self.bench.wait_for_quiet()
        call(anchor)
        call(ours)
        pairs, number = [], 0
        while number < self.rounds:
            self.bench.wait_for_quiet()
            start = time.monotonic()
            first, a, b, last = call(anchor), call(ours), call(ours), call(anchor)
            noise = max(each.foreign_share for each in (first, a, b, last))
            if noise > NOISE_MAX and self.bench.patience > 0:
                self.bench.patience -= time.monotonic() - start
                self.bench.say(f"{name}: a round does not count: other programs used {noise:.0%} of a core")
                continue
            pairs += [(a, first), (b, last)]
            number += 1
            self.bench.say(f"{name}: round {number} of {self.rounds}: "
                           f"{describe(a)} and {describe(b)} against {describe(first)} and {describe(last)}")
        return pairs

    def gets(self, server, paths, connections=64):
        def run():
            return load.wrk(self.bench.load_core, server.url, "get.lua", {"paths": paths}, connections=connections, seconds=self.seconds)
        return lambda: (server, run if server is not self.cartwheel else lambda: self.only_2xx(run))

    def only_2xx(self, run):
        before = self.cartwheel.metrics()
        result = run()
        after = self.cartwheel.metrics()
        for status in ("3xx", "4xx", "5xx"):
            if after.get(f"requests_{status}", 0) != before.get(f"requests_{status}", 0):
                raise load.Void(f"there were answers {status}")
        result.before, result.after = before, after
        return result

    def durable(self, clients, run):
        """Checks by the server's own counters that what was answered was committed and synced."""
        result = self.only_2xx(run)
        grown = {}
        for name in ("commits", "batches", "syncs"):
            metric = f"cartwheel_store_{name}_total"
            grown[name] = result.after[metric] - result.before[metric]
        # One put in 900 draws the quantity that the line has already, and changes nothing.
        if grown["commits"] < 0.99 * result.requests or grown["syncs"] < 1 or grown["syncs"] < grown["batches"]:
            raise load.Void(f"not durable: {result.requests} answers, {grown}")
        self.syncs.setdefault(clients, []).append(1000 * grown["syncs"] / grown["commits"])
        return result

    # --- the measurements

    def reads(self, name, what, paths, target):
        nginx = self.nginx(paths)
        pairs = self.pairs(name, self.gets(nginx, paths), self.gets(self.cartwheel, paths))
        return row_of(name, what, pairs, lambda us, anchor: us / anchor, target, "nginx")

    def product(self):
        return self.reads("P1", "`GET /products/{id}`, 64 connections", self.product_paths, 0.8)

    def cart(self):
        return self.reads("P2", "`GET /cart/{user}`, 5 lines, 64 connections", self.cart_paths, 0.7)

    def put(self, clients, target):
        redis, seeds = self.redis(), iter(range(1, 1000))
        last_rate = [5000.0]

        def ours():
            arguments = {"products": self.catalogue.file, "prefix": "u", "users": USERS, "lines": LINES, "seed": next(seeds)}
            return self.cartwheel, lambda: self.durable(clients, lambda: load.wrk(
                self.bench.load_core, self.cartwheel.url, "put.lua", arguments, connections=clients, seconds=self.seconds))

        def anchor():
            def run():
                result = load.redis_hset(self.bench.load_core, redis, clients=clients, requests=max(1000, int(last_rate[0] * self.seconds)))
                last_rate[0] = result.rate
                return result
            return redis, run

        anchor()[1]()  # finds the rate, so that the slices that follow last as long as ours
        pairs = self.pairs(f"P3 ({clients})", anchor, ours)
        what = f"`POST /cart/{{user}}`, durable, 10,000 users, {clients} connections"
        return row_of("P3", what, pairs, lambda us, anchor: us / anchor, target, "Redis")

    def mix(self):
        nginx, numbers = self.nginx(self.product_paths), iter(range(1, 1000))

        def ours():
            # Each slice has users of its own, because it must know the state of each cart when it begins.
            prefix = f"m{next(numbers)}-"
            fill_carts(self.bench, self.cartwheel, self.catalogue, prefix=prefix, users=USERS, lines=1)
            arguments = {"products": self.catalogue.file, "prefix": prefix, "users": USERS}
            return self.cartwheel, lambda: self.only_2xx(lambda: load.wrk(
                self.bench.load_core, self.cartwheel.url, "mix.lua", arguments, connections=64, seconds=self.seconds))

        pairs = self.pairs("P4", self.gets(nginx, self.product_paths), ours)
        return row_of("P4", "shopper mix, 64 connections", pairs, lambda us, anchor: us / (anchor / NGINX_PER_SAMPLE_MIX), 35, "nginx",
                      note=f"the sample application is taken as nginx / {NGINX_PER_SAMPLE_MIX}")

    def list(self):
        nginx = self.nginx(self.product_paths)
        pairs = self.pairs("P5", self.gets(nginx, self.product_paths), self.gets(self.cartwheel, self.list_paths))
        return row_of("P5", "`GET /products?limit=50`, 64 connections", pairs, lambda us, anchor: us / (anchor / NGINX_PER_SAMPLE_LIST), 40, "nginx",
                      note=f"the sample application is taken as nginx / {NGINX_PER_SAMPLE_LIST}")

    def one_client(self):
        dice = random.Random(6)
        appended = self.bench.folder / "appended"

        def request(_):
            user = dice.randrange(USERS)
            product = self.catalogue.line_product(user, dice.randrange(LINES))
            body = json.dumps({"product_id": product, "quantity": dice.randint(100, 999)})
            return (f"POST /cart/{user_name('u', USERS, user)} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n{body}").encode()

        def ours():
            return self.cartwheel, lambda: self.durable(1, lambda: load.one_client(self.bench.load_core, self.cartwheel.port, request, self.seconds))

        def anchor():
            def run():
                with self.bench.on_core(self.bench.server_core):
                    return load.synced_appends(self.bench.server_core, appended, self.seconds)
            return None, run

        pairs = self.pairs("P6", anchor, ours)
        values = [us.p50_us / anchor.p50_us for us, anchor in pairs]
        value = statistics.median(values)
        ours_us, anchor_us = (median(each.p50_us for each in side) for side in zip(*pairs))
        return Row("P6", "one client, durable put, p50", f"{ours_us:,.0f} µs", f"fdatasync {anchor_us:,.0f} µs",
                   f"{value:.2f} times", "at most 3 times", value <= 3, spread(values))


def median(values):
    return statistics.median(list(values))


def spread(values):
    return f"pairs {min(values):.2f} to {max(values):.2f}"


def describe(measured):
    return f"{measured.rate:,.0f}/s (p50 {measured.p50_us:,.0f} µs)"


def cell(slices):
    rate, p50, p99 = (median(getattr(each, name) for each in slices) for name in ("rate", "p50_us", "p99_us"))
    return f"{rate:,.0f}/s, {p50 / 1000:.2f} / {p99 / 1000:.1f} ms"


def row_of(name, what, pairs, ratio, target, anchor_name, note=""):
    values = [ratio(us.rate, anchor.rate) for us, anchor in pairs]
    value = statistics.median(values)
    notes = [spread(values)] + ([note] if note else [])
    # Where the server's core was not busy, the load or the disk was the limit, and the ratio says less.
    ours_busy, anchor_busy = (median(each.server_share for each in side) for side in zip(*pairs))
    notes.append(f"core busy {ours_busy:.0%} / {anchor_busy:.0%}")
    noise = max(each.foreign_share for pair in pairs for each in pair)
    if noise > NOISE_MAX:
        notes.append(f"**noisy**: other programs used up to {noise:.0%} of a core meanwhile")
    ours, anchor = (cell(side) for side in zip(*pairs))
    shown = (f"{value:.2f}", f"{target:g}") if target < 10 else (f"{value:.1f} times", f"{target} times")
    return Row(name, what, ours, f"{anchor_name} {anchor}", *shown, value >= target, "; ".join(notes))
