#!/usr/bin/env python3
"""Measures Cartwheel against nginx and Redis on this machine, prints a table and writes docs/benchmarks.md.

    python3 bench/run.py             everything, in less than 15 minutes; writes docs/benchmarks.md
    python3 bench/run.py --quick     everything in short, in about two minutes; prints only
    python3 bench/run.py --only P1,P3 [--quick]

Exit codes: 0 measured (whether a target is reached is in the table); 1 something did not count; 3 could not run."""

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

import counts
import footprint
import load
import machine
import report
from changes import Changes
from context import NOISE_MAX, Bench, Row
from ratios import Rates

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
PARTS = ("P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "counts")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="short slices and few of them: noisy, for trying things out")
    parser.add_argument("--only", metavar="PARTS", help=f"some of {','.join(PARTS)}")
    parser.add_argument("--binary", default=REPOSITORY / "build/release/cartwheel", type=pathlib.Path)
    parser.add_argument("--folder", default=REPOSITORY / "build/bench-run", type=pathlib.Path, help="where all data goes; removed at the end [%(default)s]")
    parser.add_argument("--report", type=pathlib.Path, help="the report to write; docs/benchmarks.md for a whole run, otherwise none")
    parser.add_argument("--patience", type=float, metavar="SECONDS",
                        help="how long to wait in all for other programs to rest, and to repeat what they disturbed [240; with --quick 0]")
    arguments = parser.parse_args()
    if arguments.patience is None:
        arguments.patience = 0 if arguments.quick else 240
    arguments.parts = [part.strip() for part in arguments.only.split(",")] if arguments.only else list(PARTS)
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"--only takes {','.join(PARTS)}, not {','.join(sorted(unknown))}")
    if not arguments.report and not arguments.quick and not arguments.only:
        arguments.report = REPOSITORY / "docs/benchmarks.md"
    return arguments


class Run:
    """Collects the rows; what went wrong in one part leaves the others alone."""

    def __init__(self, bench):
        self.bench = bench
        self.rows = []
        self.counts = {}
        self.failed = 0

    def part(self, name, what, measure):
        """`measure` gives a row, several or something to be kept, which is returned."""
        try:
            result = measure()
        except (load.Void, OSError, RuntimeError, subprocess.SubprocessError) as problem:
            self.failed += 1
            self.bench.say(f"{name} does not count: {problem}")
            self.rows.append(Row(name, what, "does not count", note=str(problem).replace("\n", " ").replace("|", "/")[:300]))
            return None
        if isinstance(result, Row):
            self.rows.append(result)
        elif isinstance(result, list):
            self.rows.extend(result)
        return result


def measure_rates(run, parts):
    with contextlib.ExitStack() as stack:
        rates = Rates(run.bench, stack)
        for name, what, measure in (
                ("P1", "one product", rates.product), ("P2", "one cart", rates.cart), ("P3", "durable put, 64 connections", lambda: rates.put(64, 0.6)),
                ("P3", "durable put, 256 connections", lambda: rates.put(256, 0.5)), ("P4", "shopper mix", rates.mix),
                ("P5", "list of 50", rates.list), ("P6", "one client", rates.one_client)):
            if name in parts:
                run.part(name, what, measure)
        run.counts["syncs"] = {clients: statistics.median(values) for clients, values in rates.syncs.items()}


def measure_changes(run):
    with contextlib.ExitStack() as stack:
        changes = Changes(run.bench, stack)
        run.part("P9", "commit to event", changes.latency)
        for followers in (1, 100):
            run.part("", f"durable put with {followers} followers", lambda followers=followers: changes.cost(followers))
        run.part("", "the sample's queries", changes.queries)


def measure(run, parts):
    bench = run.bench
    if {"P1", "P2", "P3", "P4", "P5", "P6"} & set(parts):
        run.part("P1-P6", "ratios", lambda: measure_rates(run, parts))
    if "P7" in parts:
        run.part("P7", "memory of carts", lambda: footprint.memory_of_carts(bench))
        run.part("P7", "memory of connections", lambda: footprint.memory_of_connections(bench))
    if "P8" in parts:
        run.part("P8", "start", lambda: footprint.start_empty(bench))
        run.part("P8", "start after kill -9", lambda: footprint.starts_after_kill(bench))
    if "P9" in parts:
        run.part("P9", "changes", lambda: measure_changes(run))
    if "counts" in parts:
        run.counts["instructions"] = run.part("counts", "instructions", lambda: counts.instructions(bench))
        run.counts["system_calls"] = run.part("counts", "system calls", lambda: counts.system_calls(bench))


def notes_of(run, load_before, arguments):
    # Of all slices, also those that were thrown away.
    foreign, stolen = run.bench.watch.shares()
    notes = []
    if run.bench.watch.wall > 0:
        notes.append(f"While it was measured, other programs of this machine used {foreign:.0%} of a core and the host took {stolen:.1%} away; "
                     f"the load average before was {load_before:.1f}.")
    if foreign > NOISE_MAX or stolen > 0.05:
        notes.append("**That is too much for figures to be trusted:** measure again when the machine is quiet.")
    if arguments.quick:
        notes.append("A quick run: short slices, one round each, fewer carts. Not for conclusions.")
    if run.failed:
        notes.append(f"{run.failed} measurements do not count; their rows say why.")
    return notes


def end(*_):
    print("bench: ended by SIGTERM", file=sys.stderr)
    sys.exit(143)


def main():
    arguments = parse_arguments()
    if not arguments.binary.exists():
        print(f"bench: {arguments.binary} is not there; `make build` builds it", file=sys.stderr)
        return 3
    for name in ("wrk", "nginx", "redis-server", "redis-benchmark", "taskset"):
        if not shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin"):
            print(f"bench: {name} is not installed; `scripts/install bench` brings it", file=sys.stderr)
            return 3
    # Ended from outside, the servers are still to be stopped: so it becomes an exception.
    signal.signal(signal.SIGTERM, end)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    folder = arguments.folder / f"run-{os.getpid()}"
    folder.mkdir()
    load_before = os.getloadavg()[0]
    try:
        if machine.filesystem(folder) in ("tmpfs", "ramfs"):
            raise machine.Unfit(f"{arguments.folder} is in memory, where a sync means nothing; name another with --folder")
        facts = machine.describe(folder)
        run = Run(Bench(arguments.binary, folder, arguments.quick, arguments.patience))
        measure(run, arguments.parts)
    except machine.Unfit as problem:
        print(f"bench: {problem}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        print("\nbench: stopped", file=sys.stderr)
        return 4
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    notes = notes_of(run, load_before, arguments)
    command = "make bench" + (f" ARGS={shlex.quote(' '.join(sys.argv[1:]))}" if len(sys.argv) > 1 else "")
    version = subprocess.run([str(arguments.binary), "--version"], capture_output=True, text=True, check=True).stdout.splitlines()
    facts = [("Day", datetime.date.today().isoformat()), ("Command", f"`{command}`"), ("Version", "; ".join(line.strip() for line in version if line.strip()))] + facts
    print("\n" + report.table(run.rows) + "\n" + report.counts_table(run.counts) + "\n")
    print("\n".join(notes))
    if arguments.report:
        report.write(arguments.report, report.markdown(facts, run.rows, run.counts, notes))
        print(f"Written to {arguments.report}")
    return 1 if run.failed else 0


if __name__ == "__main__":
    sys.exit(main())
