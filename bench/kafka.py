#!/usr/bin/env python3
"""Measures how fast changes go from the embedded store into a real Kafka broker of this machine: a shop is filled, then the sink is switched
on and has to catch up. `scripts/install kafka` brings the broker.

    python3 bench/kafka.py                       about a minute
    python3 bench/kafka.py --fill 10s --legacy --schemas

Exit codes: 0 measured; 1 what arrived is not what was sent; 3 could not run."""

import argparse
import contextlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
sys.path.append(str(REPOSITORY / "scripts" / "broker"))
from kafka_broker import Broker  # noqa: E402

TABLES = ("cart_items", "cart", "orders", "product")


@contextlib.contextmanager
def serving(binary, folder, *flags):
    """Gives the address and the process."""
    with open(folder / "stderr.txt", "ab") as stderr:
        process = subprocess.Popen([binary, "serve", "--listen", "127.0.0.1:0", "--data", folder / "data", *flags],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, text=True)
    try:
        for line in process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                yield found.group(), process
                break
        else:
            raise RuntimeError((folder / "stderr.txt").read_text()[-2000:])
    finally:
        process.terminate()
        process.wait()


def metrics(url):
    text = urllib.request.urlopen(f"{url}/metrics").read().decode()
    return {name: float(value) for name, value in re.findall(r"^(cartwheel_\w+) (\S+)$", text, re.MULTILINE)}


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def drain(broker, binary, folder, flags):
    """[(seconds since the start, messages acknowledged by then), ...] until there is nothing left to send, and the CPU time it took."""
    progress = []
    with serving(binary, folder, "--kafka-brokers", broker.address, "--kafka-topic-prefix", "bench", *flags) as (url, process):
        started = time.monotonic()
        while True:
            now = metrics(url)
            progress.append((time.monotonic() - started, now["cartwheel_kafka_sent_total"]))
            if now["cartwheel_kafka_sent_total"] > 0 and now["cartwheel_kafka_lag_commits"] == 0:
                return progress, cpu_seconds(process)
            time.sleep(0.02)


def arrived(broker, table):
    """The sizes of a topic's messages; -1 is a tombstone."""
    listed = subprocess.run(["kcat", "-b", broker.address, "-C", "-t", f"bench.ecommerce.{table}", "-o", "beginning", "-e", "-q", "-f", "%S\n"],
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True).stdout
    return [int(size) for size in listed.split()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fill", default="30s", help="how long shoppers fill the shop before [%(default)s]")
    parser.add_argument("--legacy", action="store_true", help="messages in the legacy format")
    parser.add_argument("--schemas", action="store_true", help="messages with schemas")
    parser.add_argument("--binary", default=REPOSITORY / "build/release/cartwheel", type=pathlib.Path)
    options = parser.parse_args()
    flags = [*(["--kafka-format", "legacy"] if options.legacy else []), *(["--kafka-schemas"] if options.schemas else [])]

    with tempfile.TemporaryDirectory(prefix="cartwheel-bench-kafka-") as name, contextlib.ExitStack() as stack:
        folder = pathlib.Path(name)
        with serving(options.binary, folder, "--sample") as (url, _):
            subprocess.run([options.binary, "simulate", "--server", url, "--shoppers", "200", "--duration", options.fill, "--pace", "0"],
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
            commits = metrics(url)["cartwheel_store_last_seq"]
        broker = stack.enter_context(Broker(optimise=True))
        progress, cpu = drain(broker, options.binary, folder, flags)
        sizes = [size for table in TABLES for size in arrived(broker, table)]

    seconds, sent = progress[-1]
    # The first acknowledgement is there when topics are made and the connection stands.
    first, before = next((when, count) for when, count in progress if count > 0)
    print(f"{sent:,.0f} messages of {commits:,.0f} commits, {sum(max(size, 0) for size in sizes) / len(sizes):,.0f} bytes a value")
    print(f"in all       {seconds:6.2f} s  {sent / seconds:10,.0f} a second, with connecting and making topics")
    if seconds > first:
        print(f"once it runs {seconds - first:6.2f} s  {(sent - before) / (seconds - first):10,.0f} a second")
    print(f"CPU of the service {cpu:.2f} s, {1e6 * cpu / sent:.1f} us a message; load of the machine {os.getloadavg()[0]:.1f}")
    if len(sizes) != sent:
        print(f"{len(sizes):,} messages arrived, {sent:,.0f} were acknowledged", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
        print(f"bench/kafka.py: {error}", file=sys.stderr)
        sys.exit(3)
