"""Loads: wrk for HTTP, redis-benchmark for Redis, one client that waits for each answer, and a file that is synced at each append.
Each is pinned to a core and bounded in time; an answer that is no success makes the whole slice void."""

import dataclasses
import json
import os
import pathlib
import re
import socket
import statistics
import subprocess
import time

LUA = pathlib.Path(__file__).parent / "lua"


class Void(Exception):
    """Something was not answered with success, so the run does not count."""


@dataclasses.dataclass
class Slice:
    requests: int
    seconds: float
    p50_us: float
    p99_us: float

    @property
    def rate(self):
        return self.requests / self.seconds


def wrk_command(core, url, script, arguments, *, connections, seconds):
    """wrk with one of the scripts in lua/."""
    return ["taskset", "-c", str(core), "wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "10s", "-s", str(LUA / script),
            url, "--", *(f"{name}={value}" for name, value in arguments.items())]


def wrk(core, url, script, arguments, *, connections, seconds):
    """Every answer must be 2xx."""
    command = wrk_command(core, url, script, arguments, connections=connections, seconds=seconds)
    run = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=False)
    found = re.search(r"^RESULT (\{.*\})$", run.stdout, re.MULTILINE)
    if run.returncode != 0 or not found:
        raise Void(f"wrk failed: {(run.stdout + run.stderr)[-500:]}")
    result = json.loads(found[1])
    # Non-2xx answers, connections that broke, answers that never came.
    if result["bad_status"] or result["broken"] or result["timeouts"] or not result["requests"]:
        raise Void(f"{result['bad_status']} answers were not 2xx, {result['broken']} connections broke, {result['timeouts']} requests timed out")
    return Slice(result["requests"], result["duration_us"] / 1e6, result["p50_us"], result["p99_us"])


def redis_hset(core, redis, *, clients, requests, keys=10_000):
    """HSET of a line (a product's id, a quantity) into one of 10,000 carts."""
    errors = int(redis.info()["total_error_replies"])
    command = ["taskset", "-c", str(core), "redis-benchmark", "-h", "127.0.0.1", "-p", str(redis.port), "-c", str(clients), "-n", str(requests), "-r",
               str(keys), "--csv", "HSET", "cart:__rand_int__", "f2ccbc1e-f4a5-4376-8475-277504b03c53", "__rand_int__"]
    started = time.monotonic()
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    elapsed = time.monotonic() - started
    rows = [line.strip('"').split('","') for line in run.stdout.splitlines() if line.startswith('"')]
    if run.returncode != 0 or len(rows) < 2:
        raise Void(f"redis-benchmark failed: {(run.stdout + run.stderr)[-500:]}")
    figures = dict(zip(rows[0], rows[-1]))
    info = redis.info()
    if int(info["total_error_replies"]) != errors or info["aof_last_write_status"] != "ok":
        raise Void("Redis answered errors")
    rate = float(figures["rps"])
    return Slice(requests, min(elapsed, requests / rate), float(figures["p50_latency_ms"]) * 1e3, float(figures["p99_latency_ms"]) * 1e3)


def _summary(durations_ns):
    durations_ns.sort()
    return Slice(len(durations_ns), sum(durations_ns) / 1e9, statistics.median(durations_ns) / 1e3, durations_ns[len(durations_ns) * 99 // 100] / 1e3)


def one_client(core, port, make_request, seconds):
    """One connection, the next request once the last is answered. The client's own time, some microseconds, is counted against us."""
    os.sched_setaffinity(0, {core})
    durations = []
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            request = make_request(len(durations))
            start = time.perf_counter_ns()
            connection.sendall(request)
            answer = connection.recv(4096)
            durations.append(time.perf_counter_ns() - start)
            if not answer.startswith(b"HTTP/1.1 200") or not answer.endswith(b"\r\n\r\n{}"):
                raise Void(f"answered {answer[:200]!r}")
    return _summary(durations)


def synced_appends(core, path, seconds, size=300):
    """Appends to a file and times fdatasync alone, on the server's core."""
    os.sched_setaffinity(0, {core})
    durations = []
    file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        block = b"x" * size
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            os.write(file, block)
            start = time.perf_counter_ns()
            os.fdatasync(file)
            durations.append(time.perf_counter_ns() - start)
    finally:
        os.close(file)
        os.unlink(path)
    return _summary(durations)
