"""Every described operation, called with random arguments (always the same ones): no 5xx, no surprise in status or shape."""
import json
import random
import urllib.parse
import uuid

import pytest

from client import Client
from description import operations

ROUNDS = 150
TEXTS = ["", " ", "a", "Tea", "0", "1", "-1", "3.0", "1e2", "1e400", "NaN", "null", "true", "é☕緑", "\u202e", "\u0000", "\n", "a" * 300, "a" * 5000, "%", "%25", "../..", "'--",
         "<b>", '"', "\\", "{}", "[]", "0x10", "١", "2024-01-01", "00000000-0000-0000-0000-000000000000", "urn:uuid:6b1b36cb-d2bf-4f3e-8d6a-0123456789ab"]
NUMBERS = ["0", "1", "-1", "2", "10", "1000", "1001", "1000000", "1000001", "79.61", "1.234", "-0.0", "1e2", "1e-7", "9999999999.99", "1e11", "1e308", "1e400", "-1e400",
           "18446744073709551616", "9223372036854775807", "-9223372036854775808", "0.1e1", "123456789012345678901234567890"]
USERS, PRODUCTS = ["u1", "u2", "ü 3"], [str(uuid.UUID(int=n)) for n in range(1, 5)]


class Caller:
    def __init__(self, api, seed):
        self._api = api
        self._dice = random.Random(seed)

    def text(self):
        return self._dice.choice(TEXTS + PRODUCTS + USERS)

    def json_text(self, depth=0):
        """Any JSON."""
        pick = self._dice.randrange(7 if depth < 3 else 4)
        if pick == 0:
            return self._dice.choice(["null", "true", "false"])
        if pick in (1, 2):
            return self._dice.choice(NUMBERS)
        if pick == 3:
            return json.dumps(self.text(), ensure_ascii=self._dice.random() < 0.5)
        if pick == 4:
            return "[" + ",".join(self.json_text(depth + 1) for _ in range(self._dice.randrange(4))) + "]"
        return "{" + ",".join(f"{json.dumps(self.text())}:{self.json_text(depth + 1)}" for _ in range(self._dice.randrange(4))) + "}"

    def member(self, name):
        if self._dice.random() < 0.25:
            return self.json_text()
        if name in ("id", "product_id"):
            return json.dumps(self._dice.choice(PRODUCTS))
        return self._dice.choice(NUMBERS) if name in ("price", "quantity") else json.dumps(self.text())

    def body(self):
        pick = self._dice.random()
        if pick < 0.1:
            return None
        if pick < 0.2:
            return self.json_text()
        names = [name for name in ("id", "name", "price", "img", "product_id", "quantity", "statement") if self._dice.random() < 0.85]
        text = "{" + ",".join(f'"{name}":{self.member(name)}' for name in names) + "}"
        return text[:self._dice.randrange(len(text) + 1)] if pick > 0.95 else text

    def path(self, path):
        for name, good in (("user_id", USERS), ("product_id", PRODUCTS), ("order_id", PRODUCTS)):
            value = self._dice.choice(good) if self._dice.random() < 0.7 else self.text()
            path = path.replace("{" + name + "}", urllib.parse.quote(value, safe="") or "%20")
        names = [name for name in ("limit", "after", "q", "columns", "dry_run", "x") if self._dice.random() < 0.2]
        query = "&".join([f"{name}={urllib.parse.quote_plus(self.text())}" for name in names] + (["until=now"] if path == "/changes" else []))
        return path + ("?" + query if query else "")

    def headers(self):
        headers = {}
        if self._dice.random() < 0.8:
            headers["Content-Type"] = self._dice.choice(["application/json"] * 6 + ["text/csv", "text/plain", "application/x+json", "", ";", "a/b/c"])
        for name in ("Idempotency-Key", "If-Match", "If-None-Match", "Accept", "Accept-Encoding"):
            if self._dice.random() < 0.15:
                headers[name] = self._dice.choice(["*", '"x"', 'W/"x"', "abc", "", "k" * 300, "a, b", "gzip", '"'])
        return headers

    def call(self, client):
        (method, path), operation = self._dice.choice(sorted(operations(self._api).items(), key=lambda item: item[0]))
        sent = method.upper(), self.path(path), self.body(), self.headers()
        return sent, operation, client.request(*sent)


@pytest.fixture(scope="module")
def api(server):
    with Client(server) as client:
        return client.expect(200, "GET", "/openapi.json").json


@pytest.mark.parametrize("seed", range(20))
def test_random_calls_get_an_answer_that_is_described(client, api, seed):
    caller = Caller(api, seed)
    for _ in range(ROUNDS):
        sent, operation, reply = caller.call(client)
        assert reply.status < 500, (sent, reply)
        if reply.status not in (200, 304):
            assert reply.detail, (sent, reply)
        if (reply.header("content-type") or "").startswith("application/json") and reply.body:
            json.loads(reply.body.decode("utf-8"))
        # Any request may be bad as HTTP, too large, or for a path that is none once its parts are filled in.
        assert str(reply.status) in operation["responses"] or reply.status in (400, 404, 405, 413, 414), (sent, reply, sorted(operation["responses"]))
