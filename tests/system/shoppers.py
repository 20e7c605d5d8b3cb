"""Shoppers who remember everything they were told, so that a server which was killed can be held to it.

A Shopper has users and products of its own and does one thing at a time, on one thread. So what its next answer must be is known
beforehand, and after a kill at most one request is open: done or not done, never half. `check` compares all of it.
"""
import dataclasses
import decimal
import http.client
import random
import uuid

from client import Client, new_user

BROKEN_OFF = (ConnectionError, http.client.HTTPException)
_PRICES = [decimal.Decimal(n) / 100 for n in (0, 5, 999, 1250, 79_61, 100_000, 999_999_999_999)]


@dataclasses.dataclass
class User:
    name: str
    cart: dict | None = None  # {product id: quantity}
    cart_id: str | None = None  # where it has been seen
    orders: dict = dataclasses.field(default_factory=dict)  # {order id: the order as it was first told}, oldest first
    answered: list = dataclasses.field(default_factory=list)  # [(action with a key, status, body)]


@dataclasses.dataclass
class Action:
    kind: str  # put, remove, check_out, price, withdraw
    method: str
    path: str
    body: dict | None
    user: User | None = None
    product: str | None = None
    value: object = None  # quantity or price
    key: str | None = None

    @property
    def headers(self):
        return {"idempotency-key": self.key} if self.key else {}


def outcome(action, cart, products):
    """(status, the cart after it, the lines of the order that it makes)."""
    if action.kind == "put":
        if products.get(action.product) is None:
            return 404, cart, None
        return 200, {**(cart or {}), action.product: action.value}, None
    if cart is None:
        return 404, None, None
    if action.kind == "remove":
        return 200, {p: q for p, q in cart.items() if p != action.product}, None
    if not cart or any(products.get(p) is None for p in cart):
        return 409, cart, None
    return 200, None, {p: (q, products[p]) for p, q in cart.items()}


class Shopper:
    def __init__(self, server, seed, users=5, products=6):
        self._client = Client(server)
        self._random = random.Random(seed)
        self.users = [User(new_user()) for _ in range(users)]
        self.products = {str(uuid.uuid4()): None for _ in range(products)}  # price; None where there is no such product
        self.open = None  # what was sent and not answered

    def step(self):
        """One request, whose answer must be the expected one."""
        action = self._next_action()
        self.open = action
        reply = self._client.request(action.method, action.path, action.body, action.headers)
        self._take(action, reply)
        self.open = None

    def _next_action(self):
        product = self._random.choice(list(self.products))
        kind = self._random.choices(["put", "remove", "check_out", "price", "withdraw"], [55, 10, 15, 17, 3])[0]
        if kind == "price":
            price = self._random.choice(_PRICES)
            return Action(kind, "PUT", f"/products/{product}", _product(product, price), product=product, value=price)
        if kind == "withdraw":
            return Action(kind, "DELETE", f"/products/{product}", None, product=product)
        user = self._random.choice(self.users)
        key = str(uuid.uuid4()) if self._random.random() < 0.5 else None
        if kind == "check_out":
            return Action(kind, "POST", f"/cart/{user.name}/checkout", None, user, key=key)
        item = f"/cart/{user.name}/items/{product}"
        if kind == "put":
            quantity = self._random.randint(1, 1000)
            if self._random.random() < 0.3:
                return Action(kind, "PUT", item, {"quantity": quantity}, user, product, quantity, key)
            return Action(kind, "POST", f"/cart/{user.name}", {"product_id": product, "quantity": quantity}, user, product, quantity, key)
        if self._random.random() < 0.3:
            return Action(kind, "DELETE", item, None, user, product, key=key)
        return Action(kind, "DELETE", f"/cart/{user.name}", {"product_id": product}, user, product, key=key)

    def _take(self, action, reply):
        """What the answer says becomes what is remembered."""
        if action.user is None:
            assert reply.status == 200, f"{action}: {reply}"
            self.products[action.product] = action.value
            return
        user = action.user
        status, cart, lines = outcome(action, user.cart, self.products)
        assert reply.status == status, f"{action} with {user.cart}: {reply}, expected {status}"
        if lines is not None:
            self._take_order(user, lines, reply.json)
        if action.key:
            user.answered.append((action, reply.status, reply.body))
        user.cart = cart

    def _take_order(self, user, lines, order):
        told = {line["product_id"]: (line["quantity"], line["unit_price"]) for line in order["items"]}
        assert told == lines and len(order["items"]) == len(lines), f"ordered {lines}, and was told {order}"
        assert order["total"] == sum(line["total"] for line in order["items"]) == sum(q * p for q, p in lines.values()), order
        assert order["order_id"] not in user.orders, f"ordered twice: {order}"
        assert user.cart_id in (None, order["order_id"]), f"the cart was {user.cart_id}, the order is {order['order_id']}"
        user.orders[order["order_id"]] = order
        user.cart_id = None

    def check(self):
        """After a restart: whatever was answered is there, and asking again with the same key changes nothing."""
        self._client.close()
        for user in self.users:
            self._check_answers(user)
        action, self.open = self.open, None
        if action is not None:
            self._settle(action)
        for product in self.products:
            assert self._price(product) == self.products[product], f"{product} should cost {self.products[product]}"
        for user in self.users:
            cart, orders = self._look_at(user)
            assert cart == user.cart, f"the cart of {user.name} should hold {user.cart}"
            assert orders == user.orders, f"orders of {user.name}: {orders}, should be {user.orders}"

    def _check_answers(self, user):
        # A few of the oldest, a few at random, and the last ones, which are the likeliest to be lost.
        some = user.answered[:1] + self._random.sample(user.answered, min(2, len(user.answered))) + user.answered[-3:]
        for action, status, body in some:
            reply = self._client.request(action.method, action.path, action.body, action.headers)
            assert (reply.status, reply.body) == (status, body), f"{action} was answered {status} {body!r}, and now {reply}"
            assert reply.header("idempotent-replayed") == "true", f"{action} was done again: {reply}"

    def _settle(self, action):
        """Finds out whether the open request was done; one with a key is sent again and has its effect once."""
        if action.user is None:
            found = self._price(action.product)
            assert found in (self.products[action.product], action.value), f"{action}: found {found}"
            self.products[action.product] = found
            return
        user = action.user
        status, cart_after, lines = outcome(action, user.cart, self.products)
        before, after = (user.cart, len(user.orders)), (cart_after, len(user.orders) + (lines is not None))
        cart, orders = self._look_at(user)
        found = (cart, len(orders))
        assert found in (before, after), f"{action}: found {found}, neither {before} nor {after}"
        if action.key:
            reply = self._client.request(action.method, action.path, action.body, action.headers)
            done_before = reply.header("idempotent-replayed") == "true"
            assert done_before or found == before, f"{action} was done, and is done again: {reply}"
            assert not done_before or found == after, f"{action} was not done, but is answered as if: {reply}"
            self._take(action, reply)
        elif found == after:
            if lines is not None:
                new = orders.keys() - user.orders.keys()
                self._take_order(user, lines, orders[new.pop()])
            user.cart = cart_after

    def _look_at(self, user):
        """(cart, orders) as the server has them now."""
        reply = self._client.get(f"/cart/{user.name}")
        cart = None
        if reply.status == 200:
            cart = {line["product_id"]: line["product_quantity"] for line in reply.json}
            assert len(cart) == len(reply.json), f"a product twice in one cart: {reply}"
            for line in reply.json:
                assert user.cart is None or user.cart_id in (None, line["cart_id"]), f"the cart of {user.name} became another one: {reply}"
                user.cart_id = line["cart_id"]
        else:
            assert reply.status == 404, reply
        orders, target = {}, f"/orders/{user.name}?limit=1000"
        while target:
            reply = self._client.expect(200, "GET", target)
            for order in reply.json:
                assert order["order_id"] not in orders, f"listed twice: {order}"
                orders[order["order_id"]] = order
            link = reply.header("link")
            target = link[1:link.index(">")] if link else None
        return cart, orders

    def _price(self, product):
        reply = self._client.get(f"/products/{product}")
        assert reply.status in (200, 404), reply
        return reply.json["price"] if reply.status == 200 else None

    def close(self):
        self._client.close()


def _product(product, price):
    return {"id": product, "name": "Tea", "price": str(price), "img": "https://example.com/tea.jpg"}
