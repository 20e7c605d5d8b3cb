"""Statements that a request sends to the cluster, by the service's own counters over an exact number of requests of one kind."""

import contextlib
import dataclasses
import itertools
import json
import random

import load
from cluster_shop import USERS, ClusterShop
from context import user_name
from counts import CLIENTS, Clients

SAME = "`POST /cart/{user}` of 64 users again and again"


@dataclasses.dataclass
class Count:
    kind: str
    requests: int
    statements: float  # for the request, and beside it: deliveries, and the probe of each second
    background: float
    at_most: int | None


class Shoppers:
    """Requests of each kind as text. Names of their own; `u` are the carts of the whole bench, filled with lines."""

    def __init__(self, shop: ClusterShop, names):
        self.shop, self.names, self.dice, self.keys = shop, names, random.Random(8), itertools.count()

    def get(self, path):
        return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()

    def send(self, method, path, body=None, header=""):
        text = json.dumps(body) if body else ""
        return (f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{header}"
                f"Content-Length: {len(text)}\r\n\r\n{text}").encode()

    def product(self):
        return self.dice.choice(self.shop.catalogue.ids)

    def anyone(self):
        return f"/cart/{user_name('u', USERS, self.dice.randrange(USERS))}"

    def own(self, number):
        return f"/cart/{self.names}{number}"

    def put(self, cart, header=""):
        return self.send("POST", cart, {"product_id": self.product(), "quantity": self.dice.randint(100, 999)}, header)


def count(shop: ClusterShop):
    rounds = 4 if shop.bench.quick else 16
    who = Shoppers(shop, f"counted{next(shop.numbers)}-")
    carts = rounds * CLIENTS
    fresh, removed, checked_out, again = (itertools.count() for _ in range(4))
    product = shop.catalogue.ids[0]
    ordering = f"ordering{next(shop.numbers)}-"
    shop.fill(ordering, carts, shop.lines)
    kinds = (
        ("`GET /products/{id}`", lambda: who.get(f"/products/{who.product()}"), 1),
        ("`GET /cart/{user}`", lambda: who.get(who.anyone()), 1),
        ("`GET /products?limit=50`", lambda: who.get("/products?limit=50"), None),
        ("`POST /cart/{user}`, which opens a cart", lambda: who.send("POST", who.own(next(fresh)), {"product_id": product, "quantity": 2}), 3),
        ("`POST /cart/{user}` into a cart", lambda: who.put(who.anyone()), 3),
        ("the same with an `Idempotency-Key`", lambda: who.put(who.anyone(), f"Idempotency-Key: {who.names}{next(who.keys)}\r\n"), 3),
        (SAME, lambda: who.put(who.own(next(again) % CLIENTS)), 3),
        ("`DELETE /cart/{user}` of a line", lambda: who.send("DELETE", who.own(next(removed)), {"product_id": product}), None),
        ("`POST /cart/{user}/checkout` of a cart with lines", lambda: who.send("POST", f"/cart/{user_name(ordering, carts, next(checked_out))}/checkout"), 5),
    )
    counts = []
    with contextlib.ExitStack() as stack:
        clients = Clients(shop.cartwheel, stack)
        for kind, make_request, at_most in kinds:
            before = shop.wait_until_delivered()
            requests = clients.ask(make_request, rounds)
            after = shop.wait_until_delivered()
            if requests != carts or after.get("requests_5xx", 0) != before.get("requests_5xx", 0):
                raise load.Void(f"{kind} was not answered as it should be")
            grown = [(after[name] - before[name]) / requests for name in
                     ("cartwheel_cluster_statements_total", "cartwheel_cluster_background_statements_total")]
            counts.append(Count(kind, requests, *grown, at_most))
            shop.bench.say(f"statements: {kind}: {grown[0]:.3f} a request, {grown[1]:.3f} beside it")
    return counts
