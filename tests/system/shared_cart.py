"""One user's cart that many visitors fill and check out at the same time, each remembering what it was told.

A visitor puts a product of its own with a quantity that only rises, so that every quantity says which request it came from: a
quantity that is gone was lost, one that shows twice was sold twice.
"""
import random
import uuid

from client import Client, new_user


class Visitor:
    def __init__(self, server, user, seed):
        self.client = Client(server)
        self.user = user
        self.product = self.client.new_product()
        self.told = 0  # the last quantity that was answered
        self.open_quantity = None
        self.open_key = None  # of a checkout that was not answered
        self.orders = []  # as they were told
        self._random = random.Random(seed)

    def step(self):
        if self._random.random() < 0.1:
            self.open_key = str(uuid.uuid4())
            self.check_out_again()
        else:
            self.open_quantity = self.told + 1
            self.client.put_in_cart(self.user, self.product, self.open_quantity)
            self.told, self.open_quantity = self.open_quantity, None

    def check_out_again(self):
        reply = self.client.post(f"/cart/{self.user}/checkout", idempotency_key=self.open_key)
        # Another visitor may have been faster.
        assert reply.status in (200, 404, 409), reply
        if reply.status == 200:
            self.orders.append(reply.json)
        self.open_key = None

    def check(self, seen):
        """`seen` are the quantities of its product, in orders from old to new and then in the cart."""
        assert seen == sorted(set(seen)), f"sold twice: {seen}"
        newest = seen[-1] if seen else 0
        assert newest in (self.told, self.open_quantity), f"told {self.told}, open {self.open_quantity}, there is {newest}"
        self.told, self.open_quantity = newest, None


class SharedCart:
    def __init__(self, server, seed, visitors=8):
        self._user = new_user()
        self.visitors = [Visitor(server, self._user, f"{seed} visitor {number}") for number in range(visitors)]

    def check(self):
        """After a restart; no visitor may be at work."""
        client = self.visitors[0].client
        for visitor in self.visitors:
            visitor.client.close()
            if visitor.open_key:
                visitor.check_out_again()
        orders = self._orders(client)
        told = {order["order_id"]: order for visitor in self.visitors for order in visitor.orders}
        assert len(told) == sum(len(visitor.orders) for visitor in self.visitors), "two visitors were told the same order"
        assert told == {order["order_id"]: order for order in orders}, "orders that were told and orders that are there differ"
        baskets = [{line["product_id"]: line["quantity"] for line in order["items"]} for order in orders] + [client.cart(self._user) or {}]
        for visitor in self.visitors:
            visitor.check([basket[visitor.product] for basket in baskets if visitor.product in basket])

    def _orders(self, client):
        """Oldest first."""
        orders, target = [], f"/orders/{self._user}?limit=1000"
        while target:
            reply = client.expect(200, "GET", target)
            orders += reply.json
            link = reply.header("link")
            target = link[1:link.index(">")] if link else None
        assert len({order["order_id"] for order in orders}) == len(orders), "an order is listed twice"
        return orders[::-1]

    def close(self):
        for visitor in self.visitors:
            visitor.client.close()
