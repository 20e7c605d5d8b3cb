#!/usr/bin/env python3
"""Measures the cluster engine on one real Cassandra of this machine, prints tables and writes their block of docs/benchmarks.md.

    python3 bench/cluster.py             everything, in about 7 minutes; writes docs/benchmarks.md
    python3 bench/cluster.py --quick     everything in short, in about 2 minutes; prints only

Exit codes: 0 measured (whether a target is reached is in the tables); 1 something did not count; 3 could not run; 4 interrupted."""

import argparse
import contextlib
import datetime
import os
import pathlib
import shlex
import shutil
import signal
import statistics
import subprocess
import sys

import cluster_counts
import cluster_report
import load
import machine
from cluster_shop import ClusterShop, cassandra_version
from context import NOISE_MAX, Bench

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
# Requests that the JVM is to have answered of a kind before anything counts, besides that its compilers rest.
WARM_REQUESTS = {"put": 20_000, "product": 150_000, "cart": 50_000, "list": 20_000, "mix": 10_000}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="short slices and few of them, a JVM less warm: noisy, for trying things out")
    parser.add_argument("--binary", default=REPOSITORY / "build/release/cartwheel", type=pathlib.Path)
    parser.add_argument("--folder", default=REPOSITORY / "build/bench-run", type=pathlib.Path, help="where all data goes; removed at the end [%(default)s]")
    parser.add_argument("--address", help="of the node, a loopback address that nobody uses [a free one]")
    parser.add_argument("--heap", type=int, default=1024, metavar="MIB", help="of the node's JVM [%(default)s]")
    parser.add_argument("--report", type=pathlib.Path, help="the file to write the block into; docs/benchmarks.md for a whole run, otherwise none")
    parser.add_argument("--patience", type=float, metavar="SECONDS",
                        help="how long to wait in all for other programs to rest, and to repeat what they disturbed [60; with --quick 0]")
    arguments = parser.parse_args()
    if arguments.patience is None:
        arguments.patience = 0 if arguments.quick else 60
    if not arguments.report and not arguments.quick:
        arguments.report = REPOSITORY / "docs/benchmarks.md"
    return arguments


def warm_up(shop, quick):
    """Fills the carts, which is the warming up of puts."""
    share = 0.3 if quick else 1
    rate = shop.fill("u", cluster_counts.USERS, shop.lines)
    shop.bench.say(f"warm: {cluster_counts.USERS * shop.lines:,} puts, {rate:,.0f} a second")
    for name, make_run in (("put", shop.puts), ("product", lambda: shop.gets(shop.product_paths)), ("cart", lambda: shop.gets(shop.cart_paths)),
                           ("list", lambda: shop.gets(shop.list_paths)), ("mix", shop.mix)):
        shop.warm_up(name, make_run, WARM_REQUESTS[name] * share, 12 if quick else 40)


def measure(shop, quick):
    """kind -> its slices, one of each round; and nginx's rate in each round."""
    rounds, seconds = (2, 2) if quick else (4, 4)
    kinds = {
        "product": lambda: (shop.gets(shop.product_paths), 64), "cart": lambda: (shop.gets(shop.cart_paths), 64),
        "put": lambda: (shop.puts(), 64), "list": lambda: (shop.gets(shop.list_paths), 64), "mix": lambda: (shop.mix(), 64),
        "product 256": lambda: (shop.gets(shop.product_paths), 256), "put 256": lambda: (shop.puts(), 256),
    }
    slices, anchors = {kind: [] for kind in kinds}, []
    for number in range(rounds):
        before = shop.nginx_rate(2)
        for kind, make_run in kinds.items():
            run, connections = make_run()
            # Of all rates that of puts varies most, with what the node's commit log and compilers do.
            length = 2 * seconds if kind == "put" else seconds
            slices[kind].append(shop.measured_quietly(kind, lambda: run(length, connections)))
        after = shop.nginx_rate(2)
        anchors.append(cluster_report.Anchor(statistics.mean((before[0], after[0])), max(before[1], after[1])))
        shop.bench.say(f"round {number + 1} of {rounds}: " + ", ".join(f"{kind} {each[-1].rate:,.0f}/s" for kind, each in slices.items())
                       + f"; nginx {anchors[-1].rate:,.0f}/s")
    return slices, anchors


def synced_append_us(bench):
    with bench.on_core(bench.server_core):
        return load.synced_appends(bench.server_core, bench.folder / "appended", 1).p50_us


def notes_of(bench, slices, load_before, quick):
    foreign, stolen = bench.watch.shares()
    compiling = statistics.median(each.compiling_share for of_kind in slices.values() for each in of_kind)
    notes = [f"In the median slice the JVM's compilers used {compiling:.1%} of a core.",
             f"While it was measured, other programs of this machine used {foreign:.0%} of a core and the host took {stolen:.1%} away; "
             f"the load average before was {load_before:.1f}."]
    if foreign > NOISE_MAX or stolen > 0.05:
        notes.append("**That is too much for figures to be trusted:** measure again when the machine is quiet.")
    if quick:
        notes.append("A quick run: short slices, two rounds, a JVM less warm. Not for conclusions.")
    return notes


def facts_of(arguments, folder):
    version = subprocess.run([str(arguments.binary), "--version"], capture_output=True, text=True, check=True).stdout.splitlines()
    command = "make bench-cluster" + (f" ARGS={shlex.quote(' '.join(sys.argv[1:]))}" if len(sys.argv) > 1 else "")
    described = [(name, value.replace("Cartwheel and Redis", "Cassandra")) for name, value in machine.describe(folder)]
    return [("Day", datetime.date.today().isoformat()), ("Command", f"`{command}`"),
            ("Version", "; ".join(line.strip() for line in version if line.strip())),
            ("Cluster", f"one node of Apache Cassandra {cassandra_version()} on Java 17, heap {arguments.heap} MiB, `commitlog_sync: batch`, "
                        "`paxos_variant: v2`, replication 1")] + described


def end(*_):
    print("bench: ended by SIGTERM", file=sys.stderr)
    sys.exit(143)


def missing(arguments):
    """What there has to be, and what brings it; None when all is there."""
    if not arguments.binary.exists():
        return f"{arguments.binary} is not there; `make build` builds it"
    for name in ("wrk", "nginx", "taskset"):
        if not shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin"):
            return f"{name} is not installed; `scripts/install bench` brings it"
    try:
        cassandra_version()
    except StopIteration:
        return "Cassandra is not installed; `scripts/install cluster` brings it"
    return None


def main():
    arguments = parse_arguments()
    if lacking := missing(arguments):
        print(f"bench: {lacking}", file=sys.stderr)
        return 3
    # Ended from outside, the processes are still to be stopped: so it becomes an exception.
    signal.signal(signal.SIGTERM, end)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    folder = arguments.folder / f"cluster-{os.getpid()}"
    folder.mkdir()
    load_before = os.getloadavg()[0]
    try:
        if machine.filesystem(folder) in ("tmpfs", "ramfs"):
            raise machine.Unfit(f"{arguments.folder} is in memory, where a sync means nothing; name another with --folder")
        facts = facts_of(arguments, folder)
        bench = Bench(arguments.binary, folder, arguments.quick, arguments.patience)
        facts.append(("Disk", f"fdatasync of 300 bytes appended takes {synced_append_us(bench):,.0f} µs (p50)"))
        with contextlib.ExitStack() as stack:
            shop = ClusterShop(bench, stack, address=arguments.address, heap_mb=arguments.heap)
            warm_up(shop, arguments.quick)
            counts = cluster_counts.count(shop)
            slices, anchors = measure(shop, arguments.quick)
        bench.say("measured")
    except machine.Unfit as problem:
        print(f"bench: {problem}", file=sys.stderr)
        return 3
    except (load.Void, OSError, RuntimeError, subprocess.SubprocessError) as problem:
        print(f"bench: it does not count: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nbench: stopped", file=sys.stderr)
        return 4
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    notes = notes_of(bench, slices, load_before, arguments.quick)
    rows = cluster_report.rows_of(slices, anchors)
    print("\n" + cluster_report.terminal(rows, slices, counts, anchors) + "\n\n" + "\n".join(notes))
    if arguments.report:
        cluster_report.write(arguments.report, cluster_report.markdown(facts, rows, slices, counts, anchors, notes))
        print(f"Written to {arguments.report}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
