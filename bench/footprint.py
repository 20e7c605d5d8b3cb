"""P7 and P8: memory after a million carts and with 10,000 idle connections; from start to ready, empty and after `kill -9`."""

import contextlib
import resource
import signal
import socket
import statistics
import subprocess
import time

import load
import machine
from context import Bench, Catalogue, Row, fill_carts, user_name
from servers import Cartwheel

MIB = 1 << 20
CACHE = 256 * MIB  # given to the server below, whatever its default is


def memory_of_carts(bench: Bench):
    carts = 100_000 if bench.quick else 1_000_000
    bench.say(f"P7: writing {carts:,} carts")
    catalogue = Catalogue(bench)
    flags = ["--cache", f"{CACHE // MIB}MiB"]
    with Cartwheel(bench.binary, bench.fresh_folder("memory"), bench.server_core, flags=flags) as server:
        catalogue.fill(server)
        rate = fill_carts(bench, server, catalogue, prefix="user-", users=carts, lines=1, connections=1024)
        for user in (0, carts // 2, carts - 1):
            if server.ask("GET", f"/cart/{user_name('user-', carts, user)}")[0] != 200:
                raise load.Void(f"the cart of user {user} was not written")
        resident = machine.resident_bytes(server.pid)
        store = server.metrics()["cartwheel_store_memory_bytes"]
    most = CACHE + 64 * MIB
    bench.say(f"P7: {resident / MIB:.0f} MiB resident, {rate:,.0f} carts/s")
    return Row("P7", f"resident memory after {carts:,} carts were written", f"{resident / MIB:.0f} MiB", "", "", f"at most {most // MIB} MiB",
               resident <= most,
               f"a cache of {CACHE // MIB} MiB; {store / MIB:.0f} MiB are the store's caches and buffers; written at {rate:,.0f}/s")


def memory_of_connections(bench: Bench):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    connections = min(10_000, hard - 200)
    with Cartwheel(bench.binary, bench.fresh_folder("idle"), bench.server_core) as server, contextlib.ExitStack() as stack:
        for _ in range(200):
            server.ask("GET", "/health/live")  # what the first requests allocate once is not the connections'
        before = machine.resident_bytes(server.pid)
        for _ in range(connections):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=10))
            client.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
            if not client.recv(4096).startswith(b"HTTP/1.1 200"):
                raise load.Void("a connection was not served")
        open_now = server.metrics()["cartwheel_http_connections_open"]
        each = (machine.resident_bytes(server.pid) - before) / connections
        if open_now < connections:
            raise load.Void(f"only {open_now:.0f} of {connections} connections are open")
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    bench.say(f"P7: {each:,.0f} bytes a connection")
    return Row("P7", f"{connections:,} idle connections that made one request each", f"{each / 1024:.1f} KiB each", "", "",
               "at most 6 KiB each", each <= 6 * 1024)


def start_empty(bench: Bench):
    times = []
    for _ in range(3 if bench.quick else 9):
        with Cartwheel(bench.binary, bench.fresh_folder("start"), bench.server_core, wait=False) as server:
            times.append(server.wait_until(server.is_ready, pause=0.001))
    took = statistics.median(times)
    bench.say(f"P8: empty folder, ready after {took * 1000:.0f} ms")
    return Row("P8", "start to ready, empty folder", f"{took * 1000:.0f} ms", "", "", "at most 150 ms", took <= 0.150,
               f"{min(times) * 1000:.0f} to {max(times) * 1000:.0f} ms in {len(times)} starts")


def log_bytes(server):
    total = 0
    for file in server.data.rglob("*.log"):
        with contextlib.suppress(OSError):  # the engine deletes logs meanwhile
            total += file.stat().st_size
    return total


def start_after_kill(bench: Bench, name, flags, target_bytes, watch_seconds, limit_seconds):
    """Writes until the log is as long as it gets, kills, and starts again. How long it gets with these settings is seen in the first
    `watch_seconds`; if it reaches `target_bytes` before, that is enough."""
    if machine.free_bytes(bench.folder) < 8 * target_bytes or machine.available_memory() < 4 * target_bytes:
        return Row("P8", f"start to ready after kill -9, {name}", note="not measured: needs more free disk or memory")
    bench.say(f"P8: filling the log ({name})")
    catalogue = Catalogue(bench)
    folder = bench.fresh_folder("killed")
    with Cartwheel(bench.binary, folder, bench.server_core, flags=flags) as server:
        catalogue.fill(server)
        arguments = {"products": catalogue.file, "prefix": "user-", "users": 1_000_000, "lines": 5}
        command = load.wrk_command(bench.load_core, server.url, "put.lua", arguments, connections=512, seconds=limit_seconds)
        writer = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            longest = now = 0
            start = time.monotonic()
            while time.monotonic() < start + limit_seconds - 1:
                time.sleep(0.02)
                now = log_bytes(server)
                longest = max(longest, now)
                if now >= target_bytes or (time.monotonic() > start + watch_seconds and now >= 0.9 * longest):
                    break
            seq = server.metrics()["cartwheel_store_last_seq"]
            now = log_bytes(server)
            server.stop(signal.SIGKILL)
        finally:
            writer.terminate()
            writer.wait(30)
    with Cartwheel(bench.binary, folder, bench.server_core, flags=flags, wait=False) as server:
        took = server.wait_until(server.is_ready, seconds=120, pause=0.005)
        if server.metrics()["cartwheel_store_last_seq"] < seq:
            raise load.Void("commits were lost")
    bench.say(f"P8: {now / MIB:.0f} MiB of log, ready after {took:.2f} s")
    return Row("P8", f"start to ready after `kill -9`, {name}", f"{took:.2f} s", "", "", "at most 2 s", took <= 2, f"{now / MIB:.0f} MiB of log")


def starts_after_kill(bench: Bench):
    rows = [start_after_kill(bench, "default settings", [], 1 << 30, *((5, 20) if bench.quick else (25, 60)))]
    if not bench.quick:
        rows.append(start_after_kill(bench, "a write buffer of 1 GiB", ["--write-buffer", "1GiB"], 1 << 30, 120, 120))
    return rows
