"""A shopper who fills a cart and checks it out again and again, each time with a new key, and remembers every order that it was told.

One thread a Buyer. What was sent and not answered is found out by its key: then it has its effect once, whether it had it before or not.
"""
import json
import uuid

from client import Client, new_user


class TurnedAway(Exception):
    """An answer 503, which says when to come back."""


class Buyer:
    def __init__(self, server, product_id):
        self.user = new_user()
        self.told = {}  # {key: the answer to the checkout that was sent with it}, oldest first
        self._open_key = None  # of a checkout that was not answered
        self._product_id = product_id
        self._client = Client(server)

    def move_to(self, server):
        self._client.close()
        self._client = Client(server)

    def step(self):
        self._ask(f"/cart/{self.user}", {"product_id": self._product_id, "quantity": len(self.told) + 1})
        self._open_key = str(uuid.uuid4())
        self._check_out()

    def check(self):
        """Every order that was told is listed, and no other."""
        if self._open_key:
            self._check_out()
        for key, body in self.told.items():
            again = self._client.post(f"/cart/{self.user}/checkout", idempotency_key=key)
            assert (again.status, again.body, again.header("idempotent-replayed")) == (200, body, "true"), again
        listed = self._client.expect(200, "GET", f"/orders/{self.user}?limit=1000").json
        assert [order["order_id"] for order in listed] == self.order_ids()[::-1], "orders that were told and orders that are listed differ"

    def order_ids(self):
        """Oldest first."""
        return [json.loads(body)["order_id"] for body in self.told.values()]

    def _check_out(self):
        self.told[self._open_key] = self._ask(f"/cart/{self.user}/checkout", None, idempotency_key=self._open_key).body
        self._open_key = None

    def _ask(self, path, body, **headers):
        reply = self._client.post(path, body, **headers)
        if reply.status == 503:
            assert reply.header("retry-after"), reply
            raise TurnedAway(reply.detail)
        assert reply.status == 200, reply
        return reply
