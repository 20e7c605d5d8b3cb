"""What every measurement is given: the binary, a folder, two cores, how long to measure; and the sample catalogue of 50 products."""

import contextlib
import dataclasses
import json
import os
import pathlib
import random
import resource
import subprocess
import time
import uuid

import load
import machine

NOISE_MAX = 0.2  # of a core, used by other programs while something is measured
PRODUCTS = 50  # as many as the sample application has


@dataclasses.dataclass
class Row:
    """A line of the report. `reached` is None where there is no target or nothing was measured."""
    name: str
    what: str
    ours: str = ""
    anchor: str = ""
    value: str = ""
    target: str = ""
    reached: bool | None = None
    note: str = ""


class Bench:
    """`patience`: seconds that may be spent on waiting for a quiet machine, and on rounds that are thrown away because it was not."""

    def __init__(self, binary, folder, quick, patience):
        self.patience = float(patience)
        self.binary = pathlib.Path(binary).resolve()
        self.folder = pathlib.Path(folder).resolve()
        self.quick = quick
        self.server_core, self.load_core = machine.pick_cores()
        self.watch = machine.Watch()
        self.started = time.monotonic()
        self.fresh_numbers = iter(range(1, 1_000_000))
        os.sched_setaffinity(0, {self.load_core})

    def say(self, text):
        print(f"[{time.monotonic() - self.started:4.0f} s] {text}", flush=True)

    def fresh_folder(self, name):
        folder = self.folder / f"{name}-{next(self.fresh_numbers)}"
        folder.mkdir(parents=True)
        return folder

    def write_lines(self, name, lines):
        path = self.folder / name
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path

    @contextlib.contextmanager
    def on_core(self, core):
        """This process on another core for a while."""
        os.sched_setaffinity(0, {core})
        try:
            yield
        finally:
            os.sched_setaffinity(0, {self.load_core})

    def measured(self, servers, server, run):
        """One slice: the result of `run`, and the share of its core that `server` used."""
        pids = [pid for each in servers for pid in each.pids()]
        quiet_down(pids)
        before, server_before, own_before = machine.Watch.now(), machine.cpu_seconds(server.pids()) if server else 0.0, self._own(pids)
        result = run()
        after = machine.Watch.now()
        result.foreign_share = self.watch.add(before, after, self._own(pids) - own_before)
        result.server_share = (machine.cpu_seconds(server.pids()) - server_before) / result.seconds if server else 0.0
        return result

    def wait_for_quiet(self):
        """Until other programs use less than a tenth of a core for half a second, or patience is at its end."""
        told = False
        while self.patience > 0:
            start = machine.Watch.now()
            time.sleep(0.5)
            end = machine.Watch.now()
            if (end[1] - start[1]) / (end[0] - start[0]) < NOISE_MAX / 2:
                return
            if not told:
                self.say(f"waiting for a quiet machine, {self.patience:.0f} s at most")
                told = True
            self.patience -= end[0] - start[0]

    @staticmethod
    def _own(pids):
        ended, mine = resource.getrusage(resource.RUSAGE_CHILDREN), resource.getrusage(resource.RUSAGE_SELF)
        return machine.cpu_seconds(pids) + ended.ru_utime + ended.ru_stime + mine.ru_utime + mine.ru_stime


def quiet_down(pids, seconds=5.0):
    """Waits until the servers rest, so that what one does afterwards (a flush, a compaction) is not charged to the other."""
    deadline = time.monotonic() + seconds
    used = machine.cpu_seconds(pids)
    while time.monotonic() < deadline:
        time.sleep(0.1)
        now = machine.cpu_seconds(pids)
        if now - used < 0.015:
            return
        used = now


class Catalogue:
    """50 products as the sample application's: all of the same size as JSON, so that nginx can answer exactly as many bytes."""

    def __init__(self, bench):
        dice = random.Random(20)
        self.ids = [str(uuid.UUID(int=dice.getrandbits(128), version=4)) for _ in range(PRODUCTS)]
        self.products = [{"id": identifier, "img": "https://example.com/image.jpg", "name": f"Product {dice.getrandbits(32):08x}",
                          "price": f"{dice.randint(10, 99)}.{dice.randint(1, 9)}{dice.randint(1, 9)}"} for identifier in self.ids]
        self.file = bench.write_lines("products.txt", self.ids)

    def line_product(self, user, line):
        """As lua/shop.lua chooses the product of a cart's line."""
        return self.ids[(user + 11 * line) % PRODUCTS]

    def fill(self, server):
        for product in self.products:
            status, answer = server.ask("POST", "/products", json.dumps(product))
            if status != 200:
                raise load.Void(f"POST /products answered {status}: {answer[:200]!r}")


def user_name(prefix, users, number):
    """As lua/shop.lua calls the user of this number out of so many; names of one length."""
    return f"{prefix}{users + number}"


def fill_carts(bench, server, catalogue, *, prefix, users, lines, connections=256, patience=300):
    """Puts `lines` products into the cart of each user; returns the puts a second."""
    # The last requests of the run are cut off, so it goes round a little more.
    limit = users * lines + 2 * connections
    arguments = {"products": catalogue.file, "prefix": prefix, "users": users, "lines": lines, "limit": limit}
    command = load.wrk_command(bench.load_core, server.url, "put.lua", arguments, connections=connections, seconds=patience)
    before, start = server.metrics(), time.monotonic()
    run = subprocess.run(command, capture_output=True, text=True, timeout=patience + 60, check=False)
    took, after = time.monotonic() - start, server.metrics()
    grown = {status: after.get(f"requests_{status}", 0) - before.get(f"requests_{status}", 0) for status in ("2xx", "3xx", "4xx", "5xx")}
    # Behind its last request wrk ends without a result; with one it ran out of time.
    if run.returncode != 0 or "RESULT" in run.stdout or grown["2xx"] < users * lines or grown["3xx"] + grown["4xx"] + grown["5xx"]:
        raise load.Void(f"the carts could not be filled: {grown}, {(run.stdout + run.stderr)[-300:]}")
    return users * lines / took
