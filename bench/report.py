"""The report: a table for the terminal, and docs/benchmarks.md."""

import pathlib

KEPT = "## What stands in the way"
KEPT_AT_FIRST = KEPT + """

<!-- Kept by hand: what follows this heading stays as it is when the figures are measured again. -->

Nothing is written down yet.
"""


def verdict(row):
    if row.reached is None:
        return ""
    return "yes" if row.reached else "**no**"


def table(rows):
    """For a terminal."""
    head = ("", "what", "Cartwheel", "anchor", "ratio", "target", "reached")
    lines = [head] + [(row.name, row.what.replace("`", ""), row.ours, row.anchor, row.value, row.target, verdict(row).replace("*", "")) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]
    return "\n".join([text[0], "-" * min(160, sum(widths) + 12), *text[1:]])


def counts_table(counts):
    lines = []
    for kind, (instructions, allocations, _) in (counts.get("instructions") or {}).items():
        lines.append(f"  {kind.replace('`', ''):32} {instructions:10,.0f} instructions {allocations:6.1f} allocations a request")
    for kind, (calls, commonest, *_) in (counts.get("system_calls") or {}).items():
        lines.append(f"  {kind.replace('`', ''):32} {calls:10.2f} system calls a request: {commonest}")
    for clients, syncs in sorted((counts.get("syncs") or {}).items()):
        lines.append(f"  {clients:3} clients: {syncs:.0f} fdatasyncs per 1,000 durable puts")
    return "\n".join(lines)


def markdown(facts, rows, counts, notes):
    out = ["# Benchmarks", "",
           "Written by `make bench`, which measures on the machine it runs on. Figures a second are worth little on their own, because shared machines vary",
           "severalfold within minutes; the ratios against an anchor measured in the same minute are what the targets are about.", "",
           "| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in facts), "",
           "## Targets", "",
           "Rates are medians, with p50 / p99; a ratio is the median over the pairs of slices.", "",
           "| # | what | Cartwheel | anchor | ratio | at least | reached | notes |", "|---|---|---|---|---|---|---|---|"]
    out += [f"| {row.name} | {row.what} | {row.ours} | {row.anchor} | {row.value} | {row.target} | {verdict(row)} | {row.note} |" for row in rows]
    out += ["", "## Work a request", "",
            "These hardly change from run to run. 64 connections ask at once and wait for their answers. Instructions and allocations (calls of",
            "`malloc` and its kin) are callgrind's, of all threads; system calls are strace's.", "",
            "| request | instructions | allocations | system calls | the commonest |", "|---|---|---|---|---|"]
    instructions, calls = counts.get("instructions") or {}, counts.get("system_calls") or {}
    for kind in instructions or calls:
        ours, allocations = (f"{value:,.{digits}f}" for value, digits in zip(instructions[kind][:2], (0, 1))) if kind in instructions else ("", "")
        total, commonest = (f"{calls[kind][0]:.2f}", calls[kind][1]) if kind in calls else ("", "")
        out.append(f"| {kind} | {ours} | {allocations} | {total} | {commonest} |")
    if instructions:
        out += ["", "Where the instructions go, by function alone, the twelve largest:", ""]
        for kind, (_, _, functions) in instructions.items():
            out.append(f"- {kind}: " + ", ".join(f"`{name}` {share:.1%}" for name, share in functions))
    out += ["", "| clients | fdatasyncs per 1,000 durable puts |", "|---|---|"]
    out += [f"| {clients} | {syncs:,.0f} |" for clients, syncs in sorted((counts.get("syncs") or {}).items())]
    for kind, (_, _, seen, counted) in calls.items():
        if seen:
            out += ["", f"The server's own count of syncs is what strace sees: during the traced run of {kind}, {seen:,} calls of `fdatasync` against {counted:,} counted."]
    out += ["", "## How it is measured", "",
            "- One core serves and another makes the load (`taskset`); `cartwheel serve --threads 1`, default settings otherwise, so its io thread, committer and",
            "  the engine's background work share that core. nginx has one worker, no access log, connections kept alive; Redis has `appendfsync always`.",
            "- Slices go anchor, us, us, anchor, each after the servers have come to rest; one slice of each is thrown away first.",
            "- A slice with an answer that is not 2xx, a broken connection or a timeout voids the measurement. Durable means that the server's counters of commits",
            "  and syncs have grown by what was answered.",
            "- nginx answers `return 200` with a body of exactly as many bytes as Cartwheel's answer (P4, P5: as a product's). Redis gets `HSET` of a line into",
            "  one of 10,000 carts by `redis-benchmark`; wrk makes the rest of the load, with the scripts in `bench/lua`.",
            "- The sample application is not run here: where it was measured it made a 240th of nginx's rate in the shopper mix, a 400th in lists of 50.",
            "- P6's client and the fdatasync loop (300 bytes appended, fdatasync timed alone) are Python; the client's own microseconds count against Cartwheel.",
            "", "## Notes on this run", "", *(f"- {note}" for note in notes)]
    return "\n".join(out) + "\n\n"


def write(path, text):
    path = pathlib.Path(path)
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    at = old.find("\n" + KEPT)
    kept = old[at + 1:] if at >= 0 else KEPT_AT_FIRST
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + kept, encoding="utf-8")
