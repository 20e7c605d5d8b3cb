"""One Cassandra, one `cartwheel serve --store cql` on it and the load, all on the same two cores, as the sample application was measured;
and slices of load that say what each of the three cost."""

import contextlib
import dataclasses
import os
import pathlib
import random
import resource
import subprocess
import sys
import time

import load
import machine
from context import NOISE_MAX, Bench, Catalogue, fill_carts, quiet_down, user_name
from servers import Cartwheel, Nginx

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "scripts" / "cluster"))
from cassandra_nodes import Cluster, Settings  # noqa: E402
from cassandra_settings import JARS  # noqa: E402

USERS = 10_000
CONNECTIONS = 64
DELIVERED_SECONDS = 60.0
# Of a core, used by the JVM's compilers while it still gets faster.
COMPILING = 0.08


@dataclasses.dataclass
class Measured:
    """A slice, with what each process used for a request, in µs, and what the service asked of the cluster."""
    rate: float
    p50_us: float
    p99_us: float
    service_us: float
    cassandra_us: float
    load_us: float
    statements: float
    background: float
    undelivered: int         # commits, when the load ended
    delivered_after: float   # seconds until there was none
    compiling_share: float   # of a core, used by the JVM's compilers
    foreign_share: float


class ClusterShop:
    """To be made within an ExitStack, which ends the processes."""

    def __init__(self, bench: Bench, stack, *, address, heap_mb):
        self.bench = bench
        self.cores = f"{bench.server_core},{bench.load_core}"
        self.catalogue = Catalogue(bench)
        self.lines = 2 if bench.quick else 5
        self.numbers = iter(range(1, 100_000))
        self.asked = 0

        settings = Settings(address=address, heap_mb=heap_mb, optimise=True)
        cluster = Cluster(settings, bench.fresh_folder("cassandra"))
        self.node = cluster.nodes[0]
        stack.callback(self.node.kill)
        with both_cores(bench):  # which the node takes over
            cluster.start()
        bench.say(f"Cassandra {cassandra_version()} is up at {self.node.host}")
        command = [str(bench.binary), "schema", "--host", self.node.host, "--replication", "1"]
        made = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        if made.returncode != 0:
            raise RuntimeError(f"`cartwheel schema` ended with {made.returncode}: {(made.stdout + made.stderr)[-800:]}")
        # Not the deadlines of a shop: a JVM that shares two cores with its load pauses for longer now and then, and nothing may be refused.
        flags = ["--store", "cql", "--host", self.node.host, "--cql-statement-timeout", "10s", "--cql-request-timeout", "10s"]
        self.cartwheel = stack.enter_context(Cartwheel(bench.binary, bench.fresh_folder("cartwheel"), self.cores, flags=flags))
        self.catalogue.fill(self.cartwheel)
        self.nginx = stack.enter_context(Nginx(bench.fresh_folder("nginx"), bench.server_core, self.product_bytes()))

        self.product_paths = bench.write_lines("product-paths.txt", [f"/products/{identifier}" for identifier in self.catalogue.ids])
        self.list_paths = bench.write_lines("list-paths.txt", ["/products?limit=50"])
        carts = [f"/cart/{user_name('u', USERS, user)}" for user in range(USERS)]
        random.Random(5).shuffle(carts)
        self.cart_paths = bench.write_lines("cart-paths.txt", carts)

    def product_bytes(self):
        sizes = {len(self.cartwheel.ask("GET", f"/products/{identifier}")[1]) for identifier in self.catalogue.ids}
        if len(sizes) != 1:
            raise load.Void(f"answers of different sizes: {sorted(sizes)}")
        return sizes.pop()

    # --- loads: each a function of the seconds and connections, and made anew for each slice

    def gets(self, paths):
        return lambda seconds, connections=CONNECTIONS: load.wrk(
            self.cores, self.cartwheel.url, "get.lua", {"paths": paths}, connections=connections, seconds=seconds)

    def puts(self):
        arguments = {"products": self.catalogue.file, "prefix": "u", "users": USERS, "lines": self.lines, "seed": next(self.numbers)}
        return lambda seconds, connections=CONNECTIONS: load.wrk(
            self.cores, self.cartwheel.url, "put.lua", arguments, connections=connections, seconds=seconds)

    def mix(self):
        # Each slice has users of its own, because it must know the state of each cart when it begins.
        users = USERS // 4 if self.bench.quick else USERS
        prefix = f"m{next(self.numbers)}-"
        self.fill(prefix, users, 1)
        arguments = {"products": self.catalogue.file, "prefix": prefix, "users": users}
        return lambda seconds, connections=CONNECTIONS: load.wrk(
            self.cores, self.cartwheel.url, "mix.lua", arguments, connections=connections, seconds=seconds)

    def fill(self, prefix, users, lines):
        """Returns the puts a second. Once more when some were refused: that is no measurement, and a cold JVM may take too long for some."""
        for left in (2, 1, 0):
            try:
                rate = fill_carts(self.bench, self.cartwheel, self.catalogue, prefix=prefix, users=users, lines=lines, connections=CONNECTIONS)
            except load.Void as problem:
                if left == 0:
                    raise
                self.bench.say(f"filling again: {problem}")
                continue
            self.wait_until_delivered()
            return rate

    # --- what is measured

    def metrics(self):
        self.asked += 1
        return self.cartwheel.metrics()

    def wait_until_delivered(self):
        """Until the orders and change rows of all commits are written; returns the figures then."""
        deadline = time.monotonic() + DELIVERED_SECONDS
        while (figures := self.metrics())["cartwheel_cluster_undelivered_commits"] > 0:
            if time.monotonic() > deadline:
                raise load.Void(f"{figures['cartwheel_cluster_undelivered_commits']:.0f} commits are undelivered after {DELIVERED_SECONDS:.0f} s")
            time.sleep(0.05)
        return figures

    def measured(self, run):
        """`run` gives a Slice. What is still to be delivered when it ends is waited for, and is part of what its requests cost."""
        quiet_down(self.pids())
        before, asked, began, clocks = self.metrics(), self.asked, time.monotonic(), Clocks(self)
        result = run()
        at_end = self.metrics()
        ended = time.monotonic()
        after = self.wait_until_delivered()
        delivered_after = time.monotonic() - ended
        seconds = time.monotonic() - began
        used = clocks.stop()
        grown = {name: value - before.get(name, 0) for name, value in after.items()}
        for status in ("3xx", "4xx", "5xx"):
            if grown.get(f"requests_{status}"):
                raise load.Void(f"there were {grown[f'requests_{status}']:.0f} answers {status}")
        # Asking for the figures is a request too.
        answered = grown["requests_2xx"] - (self.asked - asked)
        undelivered = int(at_end["cartwheel_cluster_undelivered_commits"])
        return Measured(
            result.rate, result.p50_us, result.p99_us, *(1e6 * used[name] / answered for name in ("service", "cassandra", "load")),
            grown["cartwheel_cluster_statements_total"] / answered, grown["cartwheel_cluster_background_statements_total"] / answered,
            undelivered, delivered_after if undelivered else 0.0, used["compilers"] / seconds, used["foreign"])

    def measured_quietly(self, name, run):
        """Again when other programs disturbed it, as long as there is patience."""
        while True:
            self.bench.wait_for_quiet()
            start = time.monotonic()
            result = self.measured(run)
            if result.foreign_share <= NOISE_MAX or self.bench.patience <= 0:
                return result
            self.bench.patience -= time.monotonic() - start
            self.bench.say(f"{name}: a slice does not count: other programs used {result.foreign_share:.0%} of a core")

    def nginx_rate(self, seconds):
        """As bench/run.py measures it, nginx on one core and the load on the other; and the share of a core that others used meanwhile."""
        self.bench.wait_for_quiet()
        result = self.bench.measured([self], self.nginx, lambda: load.wrk(
            self.bench.load_core, self.nginx.url, "get.lua", {"paths": self.product_paths}, connections=64, seconds=seconds))
        return result.rate, result.foreign_share

    def warm_up(self, name, make_run, requests, seconds_max):
        """Until so many requests were answered and the JVM's compilers have come to rest."""
        answered, rates, share, deadline = 0, [], 1.0, time.monotonic() + seconds_max
        while time.monotonic() < deadline and (answered < requests or share > COMPILING):
            run, began, before = make_run(), time.monotonic(), self.compiler_seconds()
            result = run(3)
            share = max(0.0, self.compiler_seconds() - before) / (time.monotonic() - began)
            answered += result.requests
            rates.append(result.rate)
        self.wait_until_delivered()
        self.bench.say(f"warm: {name}: {answered:,} requests, {' '.join(f'{rate:,.0f}' for rate in rates)} a second; "
                       f"at the end the JVM's compilers use {share:.0%} of a core")

    def compiler_seconds(self):
        """Falls when the JVM ends a thread of them."""
        threads = pathlib.Path(f"/proc/{self.node.pid()}/task")
        compilers = [thread for thread in threads.iterdir() if name_of(thread).startswith(("C1 Comp", "C2 Comp"))]
        return machine.cpu_seconds(str(thread.relative_to("/proc")) for thread in compilers)

    def pids(self):
        return [self.cartwheel.pid, self.node.pid(), *self.nginx.pids()]


class Clocks:
    """CPU time of the processes from now until stop()."""

    def __init__(self, shop):
        self.shop = shop
        self.begin = self.read()

    def read(self):
        ended, own = resource.getrusage(resource.RUSAGE_CHILDREN), resource.getrusage(resource.RUSAGE_SELF)
        return {"service": machine.cpu_seconds([self.shop.cartwheel.pid]),
                "cassandra": machine.cpu_seconds([self.shop.node.pid()]),
                "compilers": self.shop.compiler_seconds(),
                "load": ended.ru_utime + ended.ru_stime,
                "rest": machine.cpu_seconds(self.shop.nginx.pids()) + own.ru_utime + own.ru_stime,
                "machine": machine.Watch.now()}

    def stop(self):
        """Seconds, and of `foreign` the share of a core."""
        end = self.read()
        used = {name: end[name] - self.begin[name] for name in ("service", "cassandra", "load", "rest")}
        own = sum(used.values())
        used["compilers"] = max(0.0, end["compilers"] - self.begin["compilers"])
        used["foreign"] = self.shop.bench.watch.add(self.begin["machine"], end["machine"], own)
        return used


def name_of(thread):
    try:
        return (thread / "comm").read_text(encoding="ascii")
    except OSError:  # it has ended
        return ""


def cassandra_version():
    return next(JARS.glob("cassandra-all-*.jar")).stem.removeprefix("cassandra-all-")


@contextlib.contextmanager
def both_cores(bench):
    os.sched_setaffinity(0, {bench.server_core, bench.load_core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, {bench.load_core})
