"""Clients who fill, read and check out the same carts at the same time, through several processes, and the judgement on what they saw.

A Load owns its threads; what they find is read after its end. Several clients are at one user's cart together until it has seen enough,
then go on to another user.
"""
import itertools
import threading
import time

from cart_client import CartClient
from client import new_user
from history import OK, UNKNOWN, Cart, Order, Shop, simplified
from linearizability import find_violation


class User:
    def __init__(self, operations):
        self.name = new_user()
        self.history = []
        self.orders = {}  # as told: {order id: order}
        self.left = operations
        self.open = 0
        self.quantities = itertools.count(1)
        self.version = 0  # as last read


class Group:
    """Those who are at the same cart. Thread-safe."""

    def __init__(self, size, operations_each):
        self.size = size
        self._operations_each = operations_each
        self._lock = threading.Lock()
        self.users = [User(operations_each)]

    @property
    def is_alone(self):
        """One client, who sends one request after the other: nobody comes between."""
        return self.size == 1

    def next_user(self):
        with self._lock:
            user = self.users[-1]
            user.left -= 1
            if user.left <= 0:
                self.users.append(User(self._operations_each))
            return user


class Load:
    def __init__(self, servers, products, seed, groups=(4, 4, 4, 4), operations_each=60, pace=0.03):
        """`products` cost PRICE. `groups`: how many clients each has. `pace`: seconds between two requests of one client."""
        self.attempts, self.problems = [], []
        self._servers = servers
        self._start = time.monotonic()
        self._stopped = threading.Event()
        self.groups = [Group(size, operations_each) for size in groups]
        self._clients = [CartClient(self, servers, products, group, f"{seed} {number} {n}", number + n, pace)
                         for number, group in enumerate(self.groups) for n in range(group.size)]

    def __enter__(self):
        self._threads = [threading.Thread(target=client.run, args=(self._stopped,)) for client in self._clients]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def now(self):
        return time.monotonic() - self._start

    def go_on_until(self, moment):
        """While the clients are at it."""
        while (left := moment - self.now()) > 0 and not self.problems:
            self._stopped.wait(min(left, 0.2))
        assert not self.problems, self.problems[0]

    def go_on_for(self, seconds):
        self.go_on_until(self.now() + seconds)

    @property
    def users(self):
        return [user for group in self.groups for user in group.users]

    def pace_said(self):
        """For people: how many, and how fast."""
        seconds = sorted(attempt.seconds for attempt in self.attempts if attempt.is_answered)
        at = lambda share: f"{seconds[int(share * (len(seconds) - 1))] * 1000:.0f} ms"
        return f"{len(self.attempts)} requests, {len(seconds)} of them answered: p50 {at(0.5)}, p99 {at(0.99)}, slowest {at(1)}; {len(self.users)} users"

    def between(self, begin, end=float("inf"), is_alone=None):
        """The attempts that began then, in that order: all, or those of clients who are alone at their cart, or of the others."""
        alone = {user.name for group in self.groups if group.is_alone for user in group.users}
        return sorted((a for a in self.attempts if begin <= a.began < end and is_alone in (None, a.user in alone)), key=lambda a: a.began)

    def judge(self, through=None):
        """After the end: looks at every cart and all orders, through the same processes or others, and holds all against what was told."""
        assert not self.problems, self.problems[0]
        servers = through or self._servers
        last_look = CartClient(self, servers, [], None, "last look", 0, 0)
        users = [user for user in self.users if user.history]
        for number, user in enumerate(users):
            last_look.look_at(user, number % len(servers))
        assert not self.problems, self.problems[0]
        for user in users:
            check_ledger(user.history)
            violation = find_violation(simplified(user.history), Shop())
            assert violation is None, f"{user.name}: {violation}"
        return users


def check_ledger(history):
    """Without any model: each answered put is in the cart or in one order, unless something that was not over before it began took its
    place, and nothing is anywhere twice. The history ends with a look at the cart and at the orders."""
    cart = [operation for operation in history if operation.kind == "read"][-1].answer
    orders = [operation for operation in history if operation.kind == "orders"][-1].answer
    places = [order.lines for order in orders] + ([cart.lines] if isinstance(cart, Cart) else [])
    lines = [line for place in places for line in place]
    assert len(set(lines)) == len(lines), f"in two places: {sorted(lines)}"
    assert len({order.order_id for order in orders}) == len(orders), f"an order twice: {orders}"
    told = [operation.answer for operation in history if operation.kind == "check_out" and isinstance(operation.answer, Order)]
    assert len({order.order_id for order in told}) == len(told), f"an order told to two: {told}"
    assert set(told) <= set(orders), f"told {told}, there are {orders}"
    writes = [operation for operation in history if operation.kind in ("put", "remove") and operation.answer in (OK, UNKNOWN)]
    for put in writes:
        if put.kind == "put" and put.answer == OK and (put.product, put.quantity) not in lines:
            assert any(other.product == put.product and other is not put and (other.returned is None or other.returned >= put.called)
                       for other in writes), f"lost: {put}"
