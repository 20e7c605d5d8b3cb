"""What a request costs in figures that hardly change from run to run: instructions, allocations, system calls, and fdatasyncs."""

import re
import signal
import subprocess
import time

import load
from context import Bench, Catalogue, fill_carts, user_name
from servers import Cartwheel, program

USERS = 2_000
CLIENTS = 64
ALLOCATIONS = {"malloc", "calloc", "realloc", "aligned_alloc", "posix_memalign", "memalign"}


class Kinds:
    """Requests of one kind at a time, for a server that has the catalogue and some carts of five lines."""

    def __init__(self, bench, server):
        self.bench, self.server, self.catalogue = bench, server, Catalogue(bench)
        self.catalogue.fill(server)
        fill_carts(bench, server, self.catalogue, prefix="u", users=USERS, lines=5, connections=CLIENTS)
        self.products = bench.write_lines("count-products.txt", [f"/products/{identifier}" for identifier in self.catalogue.ids])
        self.carts = bench.write_lines("count-carts.txt", [f"/cart/{user_name('u', USERS, user)}" for user in range(USERS)])
        self.list = bench.write_lines("count-list.txt", ["/products?limit=50"])
        self.names = {
            "`GET /products/{id}`": ("get.lua", {"paths": self.products}),
            "`GET /cart/{user}`, 5 lines": ("get.lua", {"paths": self.carts}),
            "`GET /products?limit=50`": ("get.lua", {"paths": self.list}),
            "`POST /cart/{user}`, durable": ("put.lua", {"products": self.catalogue.file, "prefix": "u", "users": USERS, "lines": 5}),
        }

    def run(self, kind, seconds):
        script, arguments = self.names[kind]
        load.wrk(self.bench.load_core, self.server.url, script, dict(arguments, seed=time.monotonic_ns() % 1_000_000), connections=CLIENTS, seconds=seconds)

    def answered(self):
        metrics = self.server.metrics()
        return sum(value for name, value in metrics.items() if name.startswith("requests_")), metrics["cartwheel_store_syncs_total"]


def instructions(bench: Bench):
    """kind -> (instructions, allocations) a request, seen by callgrind. Debug information is taken out, which Valgrind 3.19 cannot read."""
    folder = bench.fresh_folder("callgrind")
    binary = folder / "cartwheel"
    subprocess.run([program("strip"), "--strip-debug", "-o", str(binary), str(bench.binary)], check=True)
    out = folder / "callgrind.out"
    wrapper = [program("valgrind"), "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={out}"]
    figures = {}
    with Cartwheel(binary, folder, bench.server_core, wrapper=wrapper, patience=120) as server:
        kinds = Kinds(bench, server)
        dumps = 0

        def control(*arguments):
            subprocess.run([program("callgrind_control"), *arguments, str(server.pid)], check=True, capture_output=True, timeout=60)

        control("-i", "on")
        for kind in kinds.names:
            kinds.run(kind, 1)  # translates the code and fills the caches
            before, _ = kinds.answered()
            control("-d")
            dumps += 1
            kinds.run(kind, 1 if bench.quick else 3)
            control("-d")
            dumps += 1
            after, _ = kinds.answered()
            total, allocations = read_callgrind(f"{out}.{dumps}")
            # The metrics asked for before is answered before it counts itself.
            requests = after - before - 1
            figures[kind] = (total / requests, allocations / requests)
            bench.say(f"callgrind: {kind}: {figures[kind][0]:,.0f} instructions, {figures[kind][1]:.1f} allocations a request")
    return figures


def read_callgrind(path):
    """Instructions, and calls of the allocator from outside of it. Names are given once with a number, and then by number alone."""
    names, total, allocations, current, callee = {}, 0, 0, None, None

    def resolve(text):
        number, name = re.fullmatch(r"\((\d+)\)(?: (.*))?", text).groups()
        if name:
            names[number] = name.split("@")[0].split("'")[0]
        return names[number]

    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith("fn="):
                current = resolve(line[3:].strip())
            elif line.startswith("cfn="):
                callee = resolve(line[4:].strip())
            elif line.startswith("calls=") and callee in ALLOCATIONS and current not in ALLOCATIONS:
                allocations += int(line[6:].split()[0])
            elif line.startswith(("summary:", "totals:")):
                total = int(line.split()[1])
    return total, allocations


def system_calls(bench: Bench):
    """kind -> (calls a request, the commonest of them, fdatasyncs seen, syncs that the server counted). None when it may not be traced."""
    figures = {}
    with Cartwheel(bench.binary, bench.fresh_folder("strace"), bench.server_core) as server:
        kinds = Kinds(bench, server)
        for kind in kinds.names:
            before, syncs_before = kinds.answered()
            out = bench.folder / "strace.txt"
            tracer = subprocess.Popen([program("strace"), "-f", "-c", "-o", str(out), "-p", str(server.pid)], stderr=subprocess.PIPE, text=True)
            try:
                attached = tracer.stderr.readline()
                if "attached" not in attached:
                    bench.say(f"strace may not trace: {attached.strip()}")
                    return None
                kinds.run(kind, 1 if bench.quick else 3)
            finally:
                tracer.send_signal(signal.SIGINT)
                tracer.wait(30)
                tracer.stderr.close()
            after, syncs_after = kinds.answered()
            calls = read_strace(out)
            requests = after - before - 1
            most = sorted(calls.items(), key=lambda item: -item[1])[:5]
            figures[kind] = (sum(calls.values()) / requests, ", ".join(f"{name} {count / requests:.3f}" for name, count in most),
                             calls.get("fdatasync", 0) + calls.get("fsync", 0), int(syncs_after - syncs_before))
            bench.say(f"strace: {kind}: {figures[kind][0]:.2f} calls a request ({figures[kind][1]})")
    return figures


def read_strace(path):
    calls = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = line.split()
        if len(fields) >= 5 and re.fullmatch(r"[\d.]+", fields[0]) and fields[-1] != "total":
            calls[fields[-1]] = int(fields[3])
    return calls
