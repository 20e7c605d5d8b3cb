"""/metrics in Prometheus' text format, health, and what the start tells."""
import re
import time

import pytest

from client import Client, new_user
from server import TESTED_STORE, wait_until

SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (\S+)(?: -?\d+)?')
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"')
KINDS = {"counter", "gauge", "histogram", "summary", "untyped"}


def metrics(client):
    """{(name, labels): value}, having checked the text line by line; and {family: kind}."""
    reply = client.expect(200, "GET", "/metrics")
    assert reply.header("content-type").startswith("text/plain"), reply.header("content-type")
    assert reply.text.endswith("\n")
    samples, kinds, helped = {}, {}, set()
    for line in reply.text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert kind in KINDS and name not in kinds, line
            kinds[name] = kind
        elif line.startswith("# HELP "):
            helped.add(line.split(" ", 3)[2])
        elif line and not line.startswith("#"):
            sample = SAMPLE.fullmatch(line)
            assert sample, f"not a sample: {line!r}"
            key = sample.group(1), tuple(sorted(LABEL.findall(sample.group(2) or "")))
            assert key not in samples, f"twice: {line}"
            samples[key] = float(sample.group(3))
    for name, _ in samples:
        family = name if name in kinds else re.sub("_(bucket|sum|count)$", "", name)
        assert family in kinds, f"{name} has no type"
    assert set(kinds) <= helped, "a family without help"
    return samples, kinds


def test_metrics_are_prometheus_text(client):
    client.get("/products?limit=1")
    samples, kinds = metrics(client)
    assert samples and "counter" in kinds.values()
    assert all(name.endswith("_total") for name, kind in kinds.items() if kind == "counter")


def test_histograms_add_up(client):
    client.get("/products?limit=1")
    samples, kinds = metrics(client)
    for family in [name for name, kind in kinds.items() if kind == "histogram"]:
        series = {}
        for (name, labels), value in samples.items():
            if name == f"{family}_bucket":
                rest = tuple(label for label in labels if label[0] != "le")
                series.setdefault(rest, []).append((float(dict(labels)["le"]), value))
        for rest, buckets in series.items():
            buckets.sort()
            assert buckets[-1][0] == float("inf")
            assert [count for _, count in buckets] == sorted(count for _, count in buckets)
            assert samples[f"{family}_count", rest] == buckets[-1][1]


def test_requests_are_counted(client):
    def total():
        samples, kinds = metrics(client)
        return sum(value for (name, _), value in samples.items() if "request" in name and kinds.get(name) == "counter")

    before = total()
    for _ in range(25):
        client.get("/products?limit=1")
    assert total() >= before + 25


def test_users_do_not_become_labels(client):
    # A label value a user would let anyone fill the memory of the server and of Prometheus.
    user, product_id = new_user(), client.new_product()
    client.put_in_cart(user, product_id)
    client.get(f"/nope/{user}")
    text = client.get("/metrics").text
    assert user not in text and product_id not in text


def test_metrics_grow_only_by_what_happened_not_by_what_was_asked(client):
    samples, _ = metrics(client)
    for number in range(300):
        client.get(f"/unknown-{number}")
        client.request(f"METHOD{number}", "/products")
    assert len(metrics(client)[0]) <= len(samples) + 50


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_health_is_good(client, path):
    assert client.get(path).status == 200


def test_the_banner_tells_where_things_are(server):
    for wanted in (server.url, "/docs", "/metrics", "/shop", "/dashboard", server.keyspace or "data"):
        assert wanted in server.banner, server.banner


@pytest.fixture
def stocked(start):
    """A server with the sample catalogue."""
    server = start("--sample")
    # A cluster may be away when the service starts, so there it is loaded once both are up.
    wait_until(lambda: "loaded the sample catalogue" in server.stderr(), "the sample catalogue")
    return server


def test_the_sample_catalogue_is_loaded_once(stocked):
    server = stocked
    with Client(server) as client:
        products = client.get("/products?limit=1000").json
        assert 50 <= len(products) <= 100
        assert len({product["name"] for product in products}) == len(products) and all(product["price"] > 0 for product in products)
        client.expect(200, "DELETE", f"/products/{products[0]['id']}")
    server.stop()
    server.start()
    with Client(server) as client:
        assert len(client.get("/products?limit=1000").json) == len(products) - 1


def test_the_pictures_of_the_sample_are_served_here(stocked):
    with Client(stocked) as client:
        for product in client.get("/products?limit=1000").json:
            assert product["img"].startswith("/"), product
            picture = client.expect(200, "GET", product["img"])
            assert picture.header("content-type").startswith("image/") and picture.body


def test_without_sample_the_shop_is_empty(start):
    with Client(start()) as client:
        assert client.get("/products").json == []


def test_memory_forgets_and_others_do_not(start):
    for store in (TESTED_STORE, "memory"):
        server = start(store=store)
        with Client(server) as client:
            product_id = client.new_product()
        server.stop()
        server.start()
        with Client(server) as client:
            assert client.get(f"/products/{product_id}").status == (404 if store == "memory" else 200)


def test_info_says_what_this_server_is(start):
    server = start("--currency", "EUR", "--changes-retention", "2h")
    with Client(server) as client:
        info = client.get("/info").json
    assert info["currency"] == "EUR" and info["changes_retention"] == 7200 and info["store"] in ("rocks", "memory", "cql")
    assert info["keyspace"] == (server.keyspace or "ecommerce")
    assert re.fullmatch(r"\d+\.\d+\.\d+", info["version"])


@pytest.mark.parametrize("path", ["/", "/shop", "/shop/products/26555f22-023f-464c-b38b-e36a29e1e37c", "/shop/orders", "/shop/orders/x",
                                  "/dashboard", "/dashboard/products", "/start"])
def test_pages_come_with_a_strict_policy(client, path):
    page = client.get(path, accept="text/html")
    assert page.status == 200 and page.header("content-type").startswith("text/html")
    policy = page.header("content-security-policy")
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert page.header("x-content-type-options") == "nosniff" and page.header("etag")
    assert client.get(path, accept="text/html", if_none_match=page.header("etag")).status == 304


def test_scripts_of_the_pages_are_cached_for_ever_and_small(client):
    compressed = 0
    for path in ("/shop", "/dashboard"):
        for name in re.findall(r'(?:src|href)="(/static/[^"]+)"', client.get(path, accept="text/html").text):
            reply = client.get(name, accept_encoding="gzip")
            assert reply.status == 200 and "immutable" in reply.header("cache-control") and reply.header("content-encoding") == "gzip"
            compressed += int(reply.header("content-length"))
    assert 5_000 < compressed < 150_000


def test_metrics_say_when_the_process_began(start):
    before = time.time()
    with Client(start()) as client:
        samples, _ = metrics(client)
    (began,) = [value for (name, *_), value in samples.items() if name == "process_start_time_seconds"]
    assert int(before) <= began <= time.time()
