"""The cluster engine's figures: a table for the terminal, and their block of docs/benchmarks.md."""

import dataclasses
import pathlib
import statistics

from context import NOISE_MAX, Row
from report import table, verdict

BEGIN = "<!-- Written by `make bench-cluster`, from here -->"
END = "<!-- to here; what follows is kept by hand. -->"

# The sample application on one Cassandra and two cores of another machine, where nginx made 170,000 requests a second.
NGINX_THERE = 170_000
SAMPLE = {"product": 1_280, "put": 460, "list": 422, "mix": 702}
WHAT = {
    "product": "`GET /products/{id}`", "cart": "`GET /cart/{user}`", "put": "`POST /cart/{user}`, 10,000 users", "list": "`GET /products?limit=50`",
    "mix": "shopper mix", "product 256": "`GET /products/{id}`, 256 connections", "put 256": "`POST /cart/{user}`, 10,000 users, 256 connections",
}
AT_LEAST = {"product": ("C1", 15), "put": ("C2", 3)}
SERVICE_US_MAX = 40


@dataclasses.dataclass
class Anchor:
    """nginx's rate around a round, and the share of a core that other programs used meanwhile."""
    rate: float
    foreign_share: float


def median(slices, name):
    return statistics.median(getattr(each, name) for each in slices)


def rows_of(slices, anchors):
    """Rows against the sample, then the service's own CPU."""
    return [against_sample(kind, of_kind, anchors) for kind, of_kind in slices.items()] + [own_cpu(kind, slices[kind]) for kind in ("product", "put")]


def against_sample(kind, slices, anchors):
    rate, p50, p99 = (median(slices, name) for name in ("rate", "p50_us", "p99_us"))
    ours = f"{rate:,.0f}/s, {p50 / 1000:.1f} / {p99 / 1000:.1f} ms"
    notes = [f"slices {min(each.rate for each in slices):,.0f} to {max(each.rate for each in slices):,.0f}"]
    noise = max(median(slices, "foreign_share"), median(anchors, "foreign_share"))
    if noise > NOISE_MAX:
        # They slow nginx, which has one core, and a service with its cluster, which have two, by different factors.
        notes.append(f"**noisy, so it says nothing**: other programs used {noise:.0%} of a core meanwhile")
    name, target = AT_LEAST.get(kind, ("", None))
    if kind not in SAMPLE:
        return Row(name, WHAT[kind], ours, "", "", "", None, "; ".join(notes))
    there = SAMPLE[kind]
    ratios = [each.rate / (there * nginx.rate / NGINX_THERE) for each, nginx in zip(slices, anchors)]
    value = statistics.median(ratios)
    notes.insert(0, f"{rate / there:.1f} times its figure there")
    anchor = f"there {there:,}/s, here {there * median(anchors, 'rate') / NGINX_THERE:,.0f}/s"
    reached = value >= target if target and noise <= NOISE_MAX else None
    return Row(name, WHAT[kind], ours, anchor, f"{value:.1f} times", f"{target} times" if target else "", reached, "; ".join(notes))


def own_cpu(kind, slices):
    values = [each.service_us for each in slices]
    return Row("C3", f"the service's own CPU, {WHAT[kind]}", f"{statistics.median(values):.1f} µs", "", "", f"at most {SERVICE_US_MAX} µs",
               statistics.median(values) <= SERVICE_US_MAX, f"slices {min(values):.1f} to {max(values):.1f}")


def kept_to(count):
    return None if count.at_most is None else count.statements <= count.at_most + 0.005


def cost_line(kind, slices):
    undelivered = max(each.undelivered for each in slices)
    left = f"{undelivered:,}, {max(each.delivered_after for each in slices):.1f} s" if undelivered else "none"
    return (WHAT[kind], *(f"{median(slices, name):.1f}" for name in ("service_us", "cassandra_us", "load_us")),
            *(f"{median(slices, name):.2f}" for name in ("statements", "background")), left)


def terminal(rows, slices, counts, anchors):
    lines = [table(rows), "", f"nginx {median(anchors, 'rate'):,.0f}/s here ({NGINX_THERE:,}/s where the sample was measured)", ""]
    for kind, of_kind in slices.items():
        what, service, cassandra, load, statements, background, left = cost_line(kind, of_kind)
        lines.append(f"  {what.replace('`', ''):55} CPU of service {service:>6} Cassandra {cassandra:>7} load {load:>5} µs; "
                     f"statements {statements} + {background} beside; undelivered {left}")
    lines += [f"  {count.kind.replace('`', ''):55} {count.statements:.2f} statements a request, {count.background:.2f} beside it"
              + (f"; at most {count.at_most}: {'yes' if kept_to(count) else 'NO'}" if count.at_most else "") for count in counts]
    return "\n".join(lines)


def markdown(facts, rows, slices, counts, anchors, notes):
    out = [BEGIN, "", "## Cluster engine", "",
           "Written by `make bench-cluster`: one real Cassandra, `cartwheel serve --store cql` and the load, all on the same two cores.", "",
           "| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in facts),
           f"| nginx | `return 200` of a product's size: {median(anchors, 'rate'):,.0f}/s, one core serves and one makes the load |", "",
           "### Against the sample application", "",
           "Rates are medians of the slices, with p50 / p99, at 64 connections where no other number is given. The sample is not run here. *There* is what it",
           f"made on a machine of the same kind of load (one Cassandra, two cores, wrk with 64 connections), where nginx made {NGINX_THERE:,}/s; *here* is that",
           "figure times nginx's rate on this machine over its rate there, and the ratio is against that.", "",
           "| # | what | Cartwheel | the sample | ratio | at least | reached | notes |", "|---|---|---|---|---|---|---|---|"]
    out += [f"| {row.name} | {row.what} | {row.ours} | {row.anchor} | {row.value} | {row.target} | {verdict(row)} | {row.note} |" for row in rows]
    out += ["", "nginx tells how fast a machine's cores are and nothing of its disk, on which a put waits (`commitlog_sync: batch`), nor of its memory, in which",
            "Cassandra spends its time: two ratios that scale a stranger's figure are an estimate. The sample's put is a plain write that loses updates and checks out",
            "twice under concurrent shoppers; Cartwheel's is a lightweight transaction, for which Cassandra reads, agrees and writes, and that does neither.", "",
            "### What a request costs", "",
            "CPU in µs, from `/proc`, all threads of each process over the answered requests, with what is delivered after the load's end. The two cores are the",
            "limit: their 2,000,000 µs a second are what these divide among themselves.", "",
            "| request | the service | Cassandra | wrk | statements for it | beside it | undelivered at the end, at most |", "|---|---|---|---|---|---|---|"]
    out += ["| " + " | ".join(cost_line(kind, of_kind)) + " |" for kind, of_kind in slices.items()]
    out += ["", "Statements, counted by the service over an exact number of requests of one kind. *Beside it* are what is delivered after the answer (change rows,",
            "orders, rows of `cart`; those of several commits go together) and the probe of each second.", "",
            "| request | statements | beside it | at most | reached |", "|---|---|---|---|---|"]
    for count in counts:
        reached = {None: "", True: "yes", False: "**no**"}[kept_to(count)]
        out.append(f"| {count.kind} | {count.statements:.2f} | {count.background:.2f} | {count.at_most or ''} | {reached} |")
    out += ["", "### How it is measured", "",
            "- A fresh node with Cassandra's optimising compiler on, a keyspace made by `cartwheel schema --replication 1`, 50 products, 10,000 carts of five lines.",
            "  `cartwheel serve --threads 1`, deadlines of 10 s, default settings otherwise: one io thread, one of the driver, one for deliveries. Nothing is pinned within the two cores.",
            "- Before anything counts, the carts are filled by 50,000 puts, and each kind of request goes on for a number of requests (150,000 reads of a product)",
            "  and until the JVM's compilers use less than a twelfth of a core.",
            "- Rounds of one slice of each kind in turn, with nginx before and after; the JVM rests while nginx is measured.",
            "- A slice with an answer that is not 2xx, a broken connection or a timeout voids the measurement, and so do commits that are not delivered a minute after.",
            "", "### Notes on this run", "", *(f"- {note}" for note in notes), "", END]
    return "\n".join(out) + "\n"


def write(path, block):
    """Replaces the block, or appends it: behind the part that `make bench` keeps, and so is kept by it."""
    path = pathlib.Path(path)
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    begin, end = old.find(BEGIN), old.find(END)
    if 0 <= begin < end:
        text = old[:begin] + block + old[end + len(END):].removeprefix("\n")
    else:
        text = old.rstrip("\n") + "\n\n" + block if old else block
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
