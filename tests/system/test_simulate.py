"""`simulate`: one shopper as the sample's generator, many as a load generator that checks what it is told."""
import http.server
import json
import pathlib
import re
import signal
import subprocess
import threading
import urllib.request

import pytest

from client import Client
from program import complaint, run
from server import DEADLINE_SECONDS, binary

SAMPLE = pathlib.Path(__file__).resolve().parents[1] / "data" / "product.csv"


@pytest.fixture(scope="module")
def stocked(server, tmp_path_factory):
    assert run("import", SAMPLE, "--server", server.url, cwd=tmp_path_factory.mktemp("stock")).returncode == 0
    return server


def simulate(url, *arguments, cwd):
    return run("simulate", "--server", url, *arguments, cwd=cwd)


def report(result, code=0):
    assert result.returncode == code, f"ended with {result.returncode}, expected {code}: {result.stdout}{result.stderr}"
    return json.loads(result.stdout.splitlines()[-1])


def test_one_shopper_prints_what_the_samples_generator_prints(stocked, tmp_path):
    result = simulate(stocked.url, "--shoppers", 1, "--duration", "1s", "--pace", "20ms", cwd=tmp_path)
    assert result.returncode == 0, result
    lines = iter(result.stdout.splitlines())
    uuid4 = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    user = re.fullmatch(rf"Shopping started - User\(({uuid4})\)", next(lines)).group(1)
    carts, items = [], []
    for line in lines:
        if not line:
            break
        if added := re.fullmatch(r"\((\d+)\) Added to cart: ([0-9a-f-]{36})", line):
            assert int(added.group(1)) == len(items) + 1
            items.append(added.group(2))
            continue
        assert line == f"Checkout completed ({len(items)} items)!" and next(lines) == "-----"
        assert 2 <= len(items) <= 6 and len(set(items)) == len(items)
        carts.append(items)
        items = []
    assert len(carts) > 2
    with Client(stocked) as client:
        orders = client.get(f"/orders/{user}?limit=1000").json
        assert [sorted(line["product_id"] for line in order["items"]) for order in reversed(orders)] == [sorted(cart) for cart in carts]
        assert sorted(client.cart(user) or {}) == sorted(items)


def test_many_shoppers_find_nothing_wrong(stocked, tmp_path):
    result = simulate(stocked.url, "--shoppers", 50, "--duration", "3s", "--pace", 0, cwd=tmp_path)
    assert result.returncode == 0 and result.stderr == "", result
    assert "\n0 errors.\n0 violations: 50 carts and " in result.stdout
    header = re.search(r"^ +requests +a second +p50 ms +p90 +p99 +p99\.9 +max$", result.stdout, re.M)
    assert header, result.stdout
    for kind in ("list", "product", "cart", "put", "remove", "checkout", "all"):
        assert re.search(rf"^{kind} +[\d,]+ +[\d.]+( +[\d.]+){{5}}$", result.stdout, re.M), kind


def test_json_reports_every_figure(stocked, tmp_path):
    told = report(simulate(stocked.url, "--shoppers", 10, "--duration", "2s", "--pace", 0, "--rate", 200, "--seed", 7, "--json", cwd=tmp_path))
    assert told["violations"] == told["errors"] == told["unchecked_shoppers"] == 0 and told["seed"] == 7
    assert told["all"]["requests"] == sum(kind["requests"] for kind in told["by_call"].values())
    assert told["all"]["requests"] <= 200 * 3, "the rate is a limit"
    assert 0 < told["all"]["p50_ms"] <= told["all"]["p90_ms"] <= told["all"]["p99_ms"] <= told["all"]["p999_ms"] <= told["all"]["max_ms"]
    # A checkout that is under way when the time is up is an order all the same.
    assert 0 <= told["orders"] - told["by_call"]["checkout"]["requests"] <= 10


def test_ctrl_c_ends_it_with_the_report(stocked, tmp_path):
    process = subprocess.Popen([binary(), "simulate", "--server", stocked.url, "--shoppers", "5", "--duration", "10m", "--pace", "10m"], cwd=tmp_path,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert " s   " in process.stdout.readline()  # it is under way
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=DEADLINE_SECONDS)
    assert process.returncode == 4, out + error
    assert "0 violations: 5 carts and 0 orders" in out


def test_shoppers_live_through_a_crash_of_the_server(start, tmp_path):
    server = start()
    assert run("import", SAMPLE, "--server", server.url, cwd=tmp_path).returncode == 0
    process = subprocess.Popen([binary(), "simulate", "--server", server.url, "--shoppers", "20", "--duration", "6s", "--pace", "1ms", "--json"], cwd=tmp_path,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert "progress" in process.stdout.readline()
    port = server.port
    server.kill()
    server.start(port)
    out, error = process.communicate(timeout=DEADLINE_SECONDS)
    told = json.loads(out.splitlines()[-1])
    assert process.returncode == 0, out + error
    assert told["violations"] == 0 and told["unchecked_shoppers"] == 0 and told["orders"] > 0
    assert told["errors"] > 0 and all("connection lost" in what or "503" in what for what in told["errors_by_status"]), told["errors_by_status"]


class Liar(http.server.BaseHTTPRequestHandler):
    """Passes requests on to a true shop and changes some answers."""
    protocol_version = "HTTP/1.1"
    shop = lie = None

    def _pass_on(self):
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length) if length else None
        headers = {name: value for name, value in self.headers.items() if name.lower() in ("content-type", "idempotency-key")}
        request = urllib.request.Request(self.shop + self.path, body, headers, method=self.command)
        try:
            with urllib.request.urlopen(request, timeout=DEADLINE_SECONDS) as answer:
                status, data = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, data = error.code, error.read()
        if status == 200:
            data = type(self).lie(self.command, self.path, data)
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_DELETE = _pass_on

    def log_message(self, *_):
        pass


def lost_item(method, path, data):
    return json.dumps(json.loads(data)[1:]).encode() if method == "GET" and path.startswith("/cart/") else data


def wrong_sum(method, path, data):
    return re.sub(rb'"total":(\d+)\.(\d+)\}$', rb'"total":\g<1>1.\g<2>}', data) if path.endswith("/checkout") else data


def order_listed_twice(method, path, data):
    orders = data[1:-1] if path.startswith("/orders/") else b""
    return b"[" + orders + b"," + orders + b"]" if orders else data


def order_lost(method, path, data):
    return b"[]" if path.startswith("/orders/") else data


@pytest.mark.parametrize("lie, words", [(lost_item, "the cart holds"), (wrong_sum, "its total says"), (order_listed_twice, "listed twice"),
                                        (order_lost, "is not listed")], ids=lambda value: getattr(value, "__name__", None))
def test_a_shop_that_lies_is_found_out(stocked, tmp_path, lie, words):
    handler = type("Handler", (Liar,), {"shop": stocked.url, "lie": staticmethod(lie)})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as liar:
        liar.daemon_threads = True
        threading.Thread(target=liar.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{liar.server_address[1]}"
        result = simulate(url, "--shoppers", 2, "--duration", "2s", "--pace", "5ms", cwd=tmp_path)
        liar.shutdown()
    assert complaint(result, 3).startswith("cartwheel: the shop broke its promises")
    assert re.search(rf"^Violation: User\([0-9a-f-]+\): .*{words}", result.stdout, re.M), result.stdout[-2000:]


def test_what_cannot_be_done_is_said_in_one_line(start, tmp_path):
    empty = start()
    assert "has no products" in complaint(simulate(empty.url, cwd=tmp_path), 3)
    empty.stop()
    assert "no server answers" in complaint(simulate(empty.url, cwd=tmp_path), 3)
    complaint(simulate(empty.url, "--duration", "soon", cwd=tmp_path), 64)
    complaint(simulate(empty.url, "--shoppers", 0, cwd=tmp_path), 64)
